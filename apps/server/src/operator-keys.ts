import { createHash, randomBytes } from 'node:crypto';
import type { Clock, Ids, OperatorKey, Storage, Uuid } from '@onfile/core';
import { checksum, encodeBase62, uuidText } from './api-keys.js';

/**
 * A key to the operator API is `op_`, 26 characters of its id (a UUID in lower-case base32), 43 of secret (256 random bits in
 * base62) and 6 of checksum, as in API keys.
 */
const KEY_TEXT = /^op_([0-9a-v]{26})([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
const CHECKSUM_LENGTH = 6;
const SECRET_LENGTH = 43;
const SECRET_BYTES = 32;

/** Makes a key and stores its digest. The text is answered once and kept nowhere. */
export async function issueOperatorKey(
  {
    storage,
    clock,
    ids,
  }: { readonly storage: Pick<Storage, 'insertOperatorKey'>; readonly clock: Clock; readonly ids: Ids },
  name: string | null,
): Promise<{ readonly id: Uuid; readonly text: string }> {
  const id = ids.next();
  const unchecked = `op_${uuidText.encode(id)}${encodeBase62(randomBytes(SECRET_BYTES), SECRET_LENGTH)}`;
  const text = unchecked + checksum(unchecked);
  const digest = digestOperatorKey(text);
  await storage.insertOperatorKey({ id, name, digest, createdAt: clock.now(), revokedAt: null });
  return { id, text };
}

/** The id in the text of a key; `null` for anything that we cannot have made. */
export function parseOperatorKey(text: string): Uuid | null {
  const [, id = ''] = KEY_TEXT.exec(text) ?? [];
  if (id === '' || checksum(text.slice(0, -CHECKSUM_LENGTH)) !== text.slice(-CHECKSUM_LENGTH)) return null;
  return uuidText.decode(id);
}

/** SHA-256 of the whole text. A key holds 256 random bits, so a slow hash would add nothing. */
export function digestOperatorKey(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

/** How a key is named where it must not be shown: the end of its id, never of its secret. */
export function describeOperatorKey({ id }: Pick<OperatorKey, 'id'>): string {
  return `op_…${uuidText.encode(id).slice(-6)}`;
}
