import type { ApiClient, ApiKeyKind, Merchant } from '@onfile/core';
import { createIds, createMerchant, issueApiClient, renderClientId, systemClock, TOAST_SCOPES } from '@onfile/server';
import { findMerchant, type MerchantOptions, withStorage } from './chosen-merchant.js';
import { CommandFault, EXIT_CODES } from './output.js';
import { parseUuid } from './parse-uuid.js';

/** A credential set, by the name that callers know it by. */
export type CredentialSet = 'payment' | 'iframe';

const KINDS = { payment: 'secret', iframe: 'public' } as const satisfies Record<CredentialSet, ApiKeyKind>;

interface NewClientOptions extends MerchantOptions {
  readonly set: CredentialSet;
  /** Those that its tokens have; all of the set unless given. */
  readonly scope?: readonly string[];
  readonly name?: string;
  readonly merchantName?: string;
}

export async function createClient(options: NewClientOptions): Promise<number> {
  const permissions = checkedScopes(options);
  return withStorage(options, async (storage, output) => {
    const ports = { storage, clock: systemClock, ids: createIds(systemClock) };
    const merchant =
      options.merchantName === undefined
        ? await findMerchant(storage, options.merchant)
        : await createMerchant(ports, options.merchantName);
    const { set, name = null } = options;
    const client = { merchantId: merchant.id, mode: 'test', kind: KINDS[set], name } as const;
    const made = await issueApiClient(ports, { ...client, ...(permissions && { permissions }) });
    const { id, clientId, clientSecret } = made;
    output.result(
      {
        merchantId: merchant.id,
        id,
        set,
        mode: 'test',
        name,
        scopes: permissions ?? TOAST_SCOPES[set],
        clientId,
        clientSecret,
      },
      `${set} credentials of ${merchant.name} (${merchant.id}), the secret shown this once:\n\n` +
        `clientId      ${clientId}\nclientSecret  ${clientSecret}\n\nTo end them: onfile keys clients revoke ${id}`,
    );
  });
}

function checkedScopes({ set, scope }: NewClientOptions): readonly string[] | null {
  if (scope === undefined) return null;
  const all: readonly string[] = TOAST_SCOPES[set];
  const unknown = scope.filter((each) => !all.includes(each));
  if (unknown.length === 0) return [...new Set(scope)];
  const advice = `The ${set} set has no scope ${unknown.join(', ')}. It has: ${all.join(', ')}.`;
  throw new CommandFault(advice, EXIT_CODES.misused);
}

export async function listClients(options: MerchantOptions): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const clients = await storage.listApiClients(merchant.id);
    if (output.isForPeople) process.stdout.write(`Credential sets of ${merchant.name} (${merchant.id})\n`);
    for (const client of clients) output.result(describe(client, merchant), line(client));
  });
}

export async function revokeClient(clientId: string, options: MerchantOptions): Promise<number> {
  const id = parseUuid(clientId, 'id');
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const isThere = await storage.revokeApiClient(merchant.id, id, systemClock.now());
    if (!isThere) {
      const advice = `${merchant.name} has no credential set ${id}. See: onfile keys clients list`;
      throw new CommandFault(advice, EXIT_CODES.refused);
    }
    output.result({ id, revoked: true }, 'Revoked. Within 5 seconds no server accepts its tokens any more.');
  });
}

function describe(client: ApiClient, merchant: Merchant): object {
  return {
    id: client.id,
    merchantId: merchant.id,
    set: setOf(client),
    mode: client.scope.mode,
    name: client.name,
    scopes: client.permissions ?? TOAST_SCOPES[setOf(client)],
    clientId: renderClientId(client),
    createdAt: new Date(client.createdAt).toISOString(),
    revokedAt: client.revokedAt === null ? null : new Date(client.revokedAt).toISOString(),
  };
}

function line(client: ApiClient): string {
  const state = client.revokedAt === null ? 'works' : `revoked ${new Date(client.revokedAt).toISOString()}`;
  const name = client.name === null ? '' : `  ${client.name}`;
  const scopes = client.permissions === null ? '' : `  only ${client.permissions.join(' ')}`;
  return `${client.id}  ${setOf(client).padEnd(7)}  ${renderClientId(client)}  ${state}${name}${scopes}`;
}

function setOf({ kind }: ApiClient): CredentialSet {
  return kind === 'secret' ? 'payment' : 'iframe';
}
