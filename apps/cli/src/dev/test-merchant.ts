import { timingSafeEqual } from 'node:crypto';
import type { ApiKeyKind, Uuid } from '@onfile/core';
import { createMerchant, digestApiKey, issueApiKey, parseApiKey, type RunningServer } from '@onfile/server';
import { readDevKeys, type ToastCredentials } from './dev-file.js';
import { ensureToastCredentials } from './toast-credentials.js';

export interface TestMerchant {
  readonly id: Uuid;
  readonly secretKey: string;
  readonly publicKey: string;
  readonly toast: ToastCredentials;
}

const NAME = 'Demo shop';

/** The merchant of `onfile dev`: the one whose keys an earlier start wrote down, if they still work, or a new one. */
export async function ensureTestMerchant(
  ports: Pick<RunningServer, 'storage' | 'clock' | 'ids'>,
  directory: string,
): Promise<TestMerchant> {
  const keys = await ensureKeys(ports, directory);
  return { ...keys, toast: await ensureToastCredentials(ports, keys.id, directory) };
}

async function ensureKeys(
  ports: Pick<RunningServer, 'storage' | 'clock' | 'ids'>,
  directory: string,
): Promise<Omit<TestMerchant, 'toast'>> {
  const known = await readDevKeys(directory);
  const merchantId = known === null ? null : await ownerOf(ports, known);
  if (known !== null && merchantId !== null) return { ...known, id: merchantId };

  const [first] = await ports.storage.listMerchants(1);
  const { id } = first ?? (await createMerchant(ports, NAME));
  const issue = async (kind: ApiKeyKind) =>
    (await issueApiKey(ports, { merchantId: id, mode: 'test', kind, name: 'onfile dev' })).text;
  return { id, secretKey: await issue('secret'), publicKey: await issue('public') };
}

async function ownerOf(
  ports: Pick<RunningServer, 'storage'>,
  keys: { readonly secretKey: string; readonly publicKey: string },
): Promise<Uuid | null> {
  const secret = await workingKey(ports, keys.secretKey, 'secret');
  const shown = await workingKey(ports, keys.publicKey, 'public');
  return secret !== null && secret === shown ? secret : null;
}

async function workingKey(
  { storage }: Pick<RunningServer, 'storage'>,
  text: string,
  kind: ApiKeyKind,
): Promise<Uuid | null> {
  const parts = parseApiKey(text);
  if (parts === null || parts.kind !== kind) return null;
  const stored = await storage.loadApiKey(parts.scope.merchantId, parts.id);
  const works = stored !== null && stored.revokedAt === null && timingSafeEqual(stored.digest, digestApiKey(text));
  return works ? parts.scope.merchantId : null;
}
