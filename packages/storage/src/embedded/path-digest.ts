import { createHash } from 'node:crypto';

/** A short name for a path: 12 hexadecimal digits, the same at every start. */
export function pathDigest(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 12);
}
