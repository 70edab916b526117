import { timingSafeEqual } from 'node:crypto';
import type { Clock, Storage } from '@onfile/core';
import type { OperatorCaller } from '@onfile/dialects';
import { digestOperatorKey, parseOperatorKey } from '../../operator-keys.js';
import { type Authentication, keyTextFrom } from '../authentication.js';
import { cachedLookup } from '../cached-lookup.js';

/** What came with a request: an operator's key, a merchant's secret or public key, or nothing that is good. */
export type OperatorCredential = OperatorCaller | { readonly kind: 'public' } | null;

export interface OperatorAuthentication {
  authenticate(authorization: string | undefined): Promise<OperatorCredential>;
}

const NO_DIGEST = new Uint8Array(32);

export function createOperatorAuthentication(ports: {
  readonly storage: Pick<Storage, 'loadOperatorKey'>;
  readonly clock: Clock;
  readonly merchants: Authentication;
}): OperatorAuthentication {
  const load = cachedLookup((_, id) => ports.storage.loadOperatorKey(id), ports.clock);
  return {
    async authenticate(authorization) {
      const text = keyTextFrom(authorization);
      if (text === null) return null;
      const id = parseOperatorKey(text);
      if (id === null) return merchantOf(await ports.merchants.authenticate(authorization));

      const stored = await load(id, id);
      const isSame = timingSafeEqual(digestOperatorKey(text), stored?.digest ?? NO_DIGEST);
      return stored !== null && isSame && stored.revokedAt === null ? { kind: 'operator' } : null;
    },
  };
}

function merchantOf(key: Awaited<ReturnType<Authentication['authenticate']>>): OperatorCredential {
  if (key === null) return null;
  return key.kind === 'secret' ? { kind: 'merchant', scope: key.scope } : { kind: 'public' };
}
