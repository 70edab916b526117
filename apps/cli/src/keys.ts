import type { ApiKeyKind, Mode } from '@onfile/core';
import { createIds, createMerchant, describeApiKey, issueApiKey, systemClock } from '@onfile/server';
import { findMerchant, type MerchantOptions, withStorage } from './chosen-merchant.js';
import { CommandFault, EXIT_CODES } from './output.js';
import { parseUuid } from './parse-uuid.js';

interface NewKeyOptions extends MerchantOptions {
  readonly kind: ApiKeyKind;
  readonly mode: Mode;
  readonly name?: string;
  readonly merchantName?: string;
}

export async function createKey(options: NewKeyOptions): Promise<number> {
  if (options.mode === 'live') {
    const reason = 'Live keys come with the first live processor and key provider; this release has test mode only.';
    throw new CommandFault(reason, EXIT_CODES.refused);
  }
  return withStorage(options, async (storage, output) => {
    const ports = { storage, clock: systemClock, ids: createIds(systemClock) };
    const merchant =
      options.merchantName === undefined
        ? await findMerchant(storage, options.merchant)
        : await createMerchant(ports, options.merchantName);
    const { kind, mode, name = null } = options;
    const { id, text } = await issueApiKey(ports, { merchantId: merchant.id, mode, kind, name });
    output.result(
      { merchantId: merchant.id, id, kind, mode, name, key: text },
      `A ${kind} key of ${merchant.name} (${merchant.id}), shown this once:\n\n${text}\n\nTo end it: onfile keys revoke ${id}`,
    );
  });
}

export async function listKeys(options: MerchantOptions): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const keys = await storage.listApiKeys(merchant.id);
    if (output.isForPeople) process.stdout.write(`Keys of ${merchant.name} (${merchant.id})\n`);
    for (const key of keys) {
      const shown = describeApiKey(key);
      const state = key.revokedAt === null ? 'works' : `revoked ${new Date(key.revokedAt).toISOString()}`;
      output.result(
        {
          id: key.id,
          merchantId: merchant.id,
          kind: key.kind,
          mode: key.scope.mode,
          name: key.name,
          createdAt: new Date(key.createdAt).toISOString(),
          revokedAt: key.revokedAt === null ? null : new Date(key.revokedAt).toISOString(),
        },
        `${key.id}  ${shown}  ${key.kind.padEnd(6)}  ${state}${key.name === null ? '' : `  ${key.name}`}`,
      );
    }
  });
}

export async function revokeKey(keyId: string, options: MerchantOptions): Promise<number> {
  const id = parseUuid(keyId, 'key id');
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const isThere = await storage.revokeApiKey(merchant.id, id, systemClock.now());
    if (!isThere)
      throw new CommandFault(`${merchant.name} has no key ${keyId}. See: onfile keys list`, EXIT_CODES.refused);
    output.result({ id, revoked: true }, `Revoked. Within 5 seconds no server accepts it any more.`);
  });
}
