import type { ApiKeyKind, Merchant, Mode, Storage, Uuid } from '@onfile/core';
import {
  createIds,
  createMerchant,
  describeApiKey,
  issueApiKey,
  openStorage,
  readConfig,
  systemClock,
} from '@onfile/server';
import { CommandFault, createOutput, EXIT_CODES, type Output } from './output.js';
import { quietLog } from './quiet-log.js';

interface KeyOptions {
  readonly merchant?: string;
  readonly json?: boolean;
}

interface NewKeyOptions extends KeyOptions {
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

export async function listKeys(options: KeyOptions): Promise<number> {
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

export async function revokeKey(keyId: string, options: KeyOptions): Promise<number> {
  const id = parseUuid(keyId, 'key id');
  return withStorage(options, async (storage, output) => {
    const merchant = await findMerchant(storage, options.merchant);
    const isThere = await storage.revokeApiKey(merchant.id, id, systemClock.now());
    if (!isThere)
      throw new CommandFault(`${merchant.name} has no key ${keyId}. See: onfile keys list`, EXIT_CODES.refused);
    output.result({ id, revoked: true }, `Revoked. Within 5 seconds no server accepts it any more.`);
  });
}

async function withStorage(
  options: KeyOptions,
  work: (storage: Storage, output: Output) => Promise<void>,
): Promise<number> {
  const opened = await openStorage(readConfig(process.env, process.cwd()), quietLog());
  try {
    await work(opened.storage, createOutput({ json: options.json ?? false }));
    return EXIT_CODES.done;
  } finally {
    await opened.close();
  }
}

async function findMerchant(storage: Storage, id: string | undefined): Promise<Merchant> {
  if (id !== undefined) {
    const merchant = await storage.loadMerchant(parseUuid(id, 'merchant'));
    if (merchant === null) throw new CommandFault(`There is no merchant ${id}`, EXIT_CODES.refused);
    return merchant;
  }
  const [first, second] = await storage.listMerchants(2);
  if (first === undefined) {
    const advice =
      'There is no merchant yet. Make one with its first key: onfile keys create --merchant-name "My shop"';
    throw new CommandFault(advice, EXIT_CODES.refused);
  }
  if (second !== undefined) {
    throw new CommandFault('There are several merchants: say which with --merchant <id>', EXIT_CODES.misused);
  }
  return first;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function parseUuid(text: string, what: string): Uuid {
  if (UUID.test(text)) return text as Uuid;
  throw new CommandFault(
    `The ${what} has to be a UUID such as 0199c0de-0000-7000-8000-000000000001`,
    EXIT_CODES.misused,
  );
}
