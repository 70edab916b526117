import type { ApiKeyKind, Uuid } from '@onfile/core';
import { isClientSecret, issueApiClient, parseClientId, type RunningServer } from '@onfile/server';
import { type ClientCredentials, readDevKeys, type ToastCredentials } from './dev-file.js';

/** The credential sets of `onfile dev`: those that an earlier start wrote down, if they still work, or new ones. */
export async function ensureToastCredentials(
  ports: Pick<RunningServer, 'storage' | 'clock' | 'ids'>,
  merchantId: Uuid,
  directory: string,
): Promise<ToastCredentials> {
  const known = (await readDevKeys(directory))?.toast ?? null;
  const ensure = async (kind: ApiKeyKind, credentials: ClientCredentials | undefined): Promise<ClientCredentials> => {
    if (credentials && (await works(ports, merchantId, credentials))) return credentials;
    const made = await issueApiClient(ports, { merchantId, mode: 'test', kind, name: 'onfile dev' });
    return { clientId: made.clientId, clientSecret: made.clientSecret };
  };
  return {
    merchantId,
    payment: await ensure('secret', known?.payment),
    iframe: await ensure('public', known?.iframe),
  };
}

async function works(
  { storage }: Pick<RunningServer, 'storage'>,
  merchantId: Uuid,
  { clientId, clientSecret }: ClientCredentials,
): Promise<boolean> {
  const named = parseClientId(clientId);
  if (named?.merchantId !== merchantId) return false;
  const client = await storage.loadApiClient(merchantId, named.id);
  return client?.revokedAt === null && isClientSecret(client, clientSecret);
}
