import type { Clock, Storage } from '@onfile/core';
import { TOAST_SCOPES, type ToastClients } from '@onfile/dialects';
import { isClientSecret, parseClientId } from './api-clients.js';
import { cachedLookup } from './http/cached-lookup.js';

export { TOAST_SCOPES };

/** The API clients of this installation, as the dialect that gives them tokens asks for them. */
export function createToastClients(storage: Pick<Storage, 'loadApiClient' | 'renewToken'>, clock: Clock): ToastClients {
  const load = cachedLookup((merchantId, id) => storage.loadApiClient(merchantId, id), clock);
  return {
    async find(clientId) {
      const named = parseClientId(clientId);
      const client = named && (await load(named.merchantId, named.id));
      return client && client.revokedAt === null ? client : null;
    },
    isSecret: isClientSecret,
    renewToken: ({ scope, id }, token) => storage.renewToken(scope.merchantId, id, token),
  };
}
