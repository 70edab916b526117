import { timingSafeEqual } from 'node:crypto';
import type { ApiKey, Clock, Storage, Uuid } from '@onfile/core';
import { type ApiKeyParts, digestApiKey, parseApiKey } from '../api-keys.js';

/**
 * Finds out whose key came with a request. A loaded key is believed for {@link KEY_CACHE_MS}, so that a busy caller costs no
 * round trip of its own; that is also how long a revoked key can still work.
 */
export interface Authentication {
  /** `null`: no key, or one that is malformed, unknown or revoked; the caller cannot tell which. */
  authenticate(authorization: string | undefined): Promise<ApiKeyParts | null>;
}

export const KEY_CACHE_MS = 5_000;
/** Keys that do not exist are remembered too, so there has to be an end: the oldest are forgotten first. */
const CACHED_KEYS_MAX = 10_000;
const HEADER_LENGTH_MAX = 1_024;
const NO_DIGEST = new Uint8Array(32);

export function createAuthentication(ports: {
  readonly storage: Pick<Storage, 'loadApiKey'>;
  readonly clock: Clock;
}): Authentication {
  const loaded = new Map<Uuid, { readonly at: number; readonly key: Promise<ApiKey | null> }>();

  return {
    async authenticate(authorization) {
      const text = keyTextFrom(authorization);
      const parts = text === null ? null : parseApiKey(text);
      if (text === null || parts === null) return null;

      const stored = await load(parts);
      const isSame = timingSafeEqual(digestApiKey(text), stored?.digest ?? NO_DIGEST);
      return stored !== null && isSame && stored.revokedAt === null ? parts : null;
    },
  };

  function load({ id, scope }: ApiKeyParts): Promise<ApiKey | null> {
    const now = ports.clock.now();
    const known = loaded.get(id);
    if (known && now >= known.at && now < known.at + KEY_CACHE_MS) return known.key;

    const key = ports.storage.loadApiKey(scope.merchantId, id);
    remember(id, { at: now, key });
    // A fault is for those who wait for this answer; the next request asks again.
    key.catch(() => loaded.delete(id));
    return key;
  }

  function remember(id: Uuid, entry: { at: number; key: Promise<ApiKey | null> }): void {
    loaded.delete(id);
    loaded.set(id, entry);
    const [oldest] = loaded.keys();
    if (loaded.size > CACHED_KEYS_MAX && oldest !== undefined) loaded.delete(oldest);
  }
}

/** The key in `Bearer <key>`, or the user name in `Basic`, whose password means nothing. */
function keyTextFrom(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > HEADER_LENGTH_MAX) return null;
  const match = /^(bearer|basic) +([^\s]+) *$/i.exec(authorization);
  const [, scheme = '', credentials = ''] = match ?? [];
  if (credentials === '') return null;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  const [user = ''] = Buffer.from(credentials, 'base64').toString('latin1').split(':');
  return user;
}
