import { timingSafeEqual } from 'node:crypto';
import type { Clock, Storage } from '@onfile/core';
import { type ApiKeyParts, digestApiKey, parseApiKey } from '../api-keys.js';
import { cachedLookup } from './cached-lookup.js';

/** Finds out whose key came with a request. */
export interface Authentication {
  /** `null`: no key, or one that is malformed, unknown or revoked; the caller cannot tell which. */
  authenticate(authorization: string | undefined): Promise<ApiKeyParts | null>;
}

const HEADER_LENGTH_MAX = 1_024;
const NO_DIGEST = new Uint8Array(32);

export function createAuthentication(ports: {
  readonly storage: Pick<Storage, 'loadApiKey'>;
  readonly clock: Clock;
}): Authentication {
  const load = cachedLookup((merchantId, id) => ports.storage.loadApiKey(merchantId, id), ports.clock);
  return {
    async authenticate(authorization) {
      const text = keyTextFrom(authorization);
      const parts = text === null ? null : parseApiKey(text);
      if (text === null || parts === null) return null;

      const stored = await load(parts.scope.merchantId, parts.id);
      const isSame = timingSafeEqual(digestApiKey(text), stored?.digest ?? NO_DIGEST);
      return stored !== null && isSame && stored.revokedAt === null ? parts : null;
    },
  };
}

/** The key in `Bearer <key>`, or the user name in `Basic`, whose password means nothing. */
export function keyTextFrom(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > HEADER_LENGTH_MAX) return null;
  const match = /^(bearer|basic) +([^\s]+) *$/i.exec(authorization);
  const [, scheme = '', credentials = ''] = match ?? [];
  if (credentials === '') return null;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  const [user = ''] = Buffer.from(credentials, 'base64').toString('latin1').split(':');
  return user;
}
