import { timingSafeEqual } from 'node:crypto';
import { digestOperatorKey, issueOperatorKey, parseOperatorKey, type RunningServer } from '@onfile/server';
import { readDevFile } from './dev-file.js';

/** The operator key of `onfile dev`: the one that an earlier start wrote down, if it still works, or a new one. */
export async function ensureOperatorKey(
  ports: Pick<RunningServer, 'storage' | 'clock' | 'ids'>,
  directory: string,
): Promise<string> {
  const known = (await readDevFile(directory))?.operatorKey;
  if (typeof known === 'string' && (await works(ports, known))) return known;
  return (await issueOperatorKey(ports, 'onfile dev')).text;
}

async function works({ storage }: Pick<RunningServer, 'storage'>, text: string): Promise<boolean> {
  const id = parseOperatorKey(text);
  const stored = id && (await storage.loadOperatorKey(id));
  return stored?.revokedAt === null && timingSafeEqual(stored.digest, digestOperatorKey(text));
}
