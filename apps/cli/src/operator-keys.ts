import { createIds, describeOperatorKey, issueOperatorKey, systemClock } from '@onfile/server';
import { type MerchantOptions, withStorage } from './chosen-merchant.js';
import { CommandFault, EXIT_CODES } from './output.js';
import { parseUuid } from './parse-uuid.js';

type Options = Pick<MerchantOptions, 'json'>;

export async function createOperatorKey(options: Options & { readonly name?: string }): Promise<number> {
  return withStorage(options, async (storage, output) => {
    const { name = null } = options;
    const { id, text } = await issueOperatorKey({ storage, clock: systemClock, ids: createIds(systemClock) }, name);
    output.result(
      { id, name, key: text },
      `A key to the operator API, for every merchant's data; shown this once:\n\n${text}\n\nTo end it: onfile keys operator revoke ${id}`,
    );
  });
}

export async function listOperatorKeys(options: Options): Promise<number> {
  return withStorage(options, async (storage, output) => {
    for (const { id, name, createdAt, revokedAt } of await storage.listOperatorKeys()) {
      const state = revokedAt === null ? 'works' : `revoked ${new Date(revokedAt).toISOString()}`;
      output.result(
        {
          id,
          name,
          createdAt: new Date(createdAt).toISOString(),
          revokedAt: revokedAt === null ? null : new Date(revokedAt).toISOString(),
        },
        `${id}  ${describeOperatorKey({ id })}  ${state}${name === null ? '' : `  ${name}`}`,
      );
    }
  });
}

export async function revokeOperatorKey(keyId: string, options: Options): Promise<number> {
  const id = parseUuid(keyId, 'key id');
  return withStorage(options, async (storage, output) => {
    const isThere = await storage.revokeOperatorKey(id, systemClock.now());
    if (!isThere) {
      throw new CommandFault(`There is no operator key ${id}. See: onfile keys operator list`, EXIT_CODES.refused);
    }
    output.result({ id, revoked: true }, 'Revoked. Within 5 seconds no server accepts it any more.');
  });
}
