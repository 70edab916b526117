import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  type ApiKey,
  type ApiKeyKind,
  createUuidText,
  type Instant,
  type Mode,
  type Scope,
  type Uuid,
} from '@onfile/core';

/** What the text of a key says about it, before anything is looked up. */
export interface ApiKeyParts {
  readonly kind: ApiKeyKind;
  readonly scope: Scope;
  readonly id: Uuid;
}

/**
 * An API key is `sk_` or `pk_`, `test_` or `live_`, then 26 characters of the merchant's id and 26 of its own (UUIDs in
 * lower-case base32), 43 of secret (256 random bits in base62) and 6 of checksum (CRC-32 of everything before, base62).
 * So a mistyped key is known as one without asking the database, and a good one is found by primary key.
 */
const KEY_TEXT = /^(sk|pk)_(test|live)_([0-9a-v]{26})([0-9a-v]{26})([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
export const API_KEY_LENGTH = 8 + 26 + 26 + 43 + 6;
const CHECKSUM_LENGTH = 6;
const SECRET_LENGTH = 43;
const SECRET_BYTES = 32;

/** Makes a key. The text is the only copy: what is stored is its digest. */
export function makeApiKey(key: {
  readonly id: Uuid;
  readonly scope: Scope;
  readonly kind: ApiKeyKind;
  readonly name: string | null;
  readonly createdAt: Instant;
}): { readonly text: string; readonly apiKey: ApiKey } {
  const prefix = `${key.kind === 'secret' ? 'sk' : 'pk'}_${key.scope.mode}_`;
  const ids = uuidText.encode(key.scope.merchantId) + uuidText.encode(key.id);
  const unchecked = prefix + ids + encodeBase62(randomBytes(SECRET_BYTES), SECRET_LENGTH);
  const text = unchecked + checksum(unchecked);
  return { text, apiKey: { ...key, digest: digestApiKey(text), revokedAt: null } };
}

/** Reads the text of a key; `null` for anything that we cannot have made. */
export function parseApiKey(text: string): ApiKeyParts | null {
  if (text.length !== API_KEY_LENGTH) return null;
  const match = KEY_TEXT.exec(text);
  if (!match) return null;
  const [, kind, mode, merchant = '', own = ''] = match;
  if (checksum(text.slice(0, -CHECKSUM_LENGTH)) !== text.slice(-CHECKSUM_LENGTH)) return null;

  const merchantId = uuidText.decode(merchant);
  const id = uuidText.decode(own);
  if (merchantId === null || id === null) return null;
  return { kind: kind === 'sk' ? 'secret' : 'public', scope: { merchantId, mode: mode as Mode }, id };
}

/** SHA-256 of the whole text. A key holds 256 random bits, so a slow hash would add nothing. */
export function digestApiKey(text: string): Uint8Array {
  return hash('sha256', text, 'buffer');
}

/** How a key is named where it must not be shown: its kind, mode and the end of its id, never of its secret. */
export function describeApiKey(key: Pick<ApiKey, 'id' | 'kind' | 'scope'>): string {
  return `${key.kind === 'secret' ? 'sk' : 'pk'}_${key.scope.mode}_…${uuidText.encode(key.id).slice(-6)}`;
}

export function checksum(text: string): string {
  let rest = crc32(text);
  let encoded = '';
  while (encoded.length < CHECKSUM_LENGTH) {
    encoded = BASE62.charAt(rest % 62) + encoded;
    rest = Math.floor(rest / 62);
  }
  return encoded;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export function encodeBase62(bytes: Uint8Array, length: number): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  while (text.length < length) {
    text = BASE62.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

/** How the text of a key has its ids. */
export const uuidText = createUuidText('0123456789abcdefghijklmnopqrstuv');
