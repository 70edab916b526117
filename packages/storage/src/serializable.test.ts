import {
  aSetupIntent,
  NOON,
  SCOPE,
  type StorageContractPart,
  sequentialIds,
  storageContract,
} from '@onfile/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DatabasesForTests, singleServers } from '../testing/databases-for-tests.js';
import { COMMIT_FORMS, type DatabaseAddress, type DatabaseSettings, type StorageEvent } from './database.js';
import { createPostgresStorage, type PostgresStorage } from './postgres-storage.js';

// Some distributed databases have nothing weaker than SERIALIZABLE. PostgreSQL's own tells the same: whoever meets another is
// given up with 40001 and has to come again.

const { ONFILE_SERIALIZABLE_CONTRACT: EXTENT = 'concurrent' } = process.env;
const CONCURRENT: readonly StorageContractPart[] = ['concurrency', 'limits', 'idempotency', 'sweeps'];
const parts = EXTENT === 'whole' ? undefined : CONCURRENT;
if (EXTENT !== 'whole') {
  console.info(
    `Of the contract, ${CONCURRENT.join(', ')} run under SERIALIZABLE; ONFILE_SERIALIZABLE_CONTRACT=whole runs all.`,
  );
}

for (const { name, start } of singleServers('The contract under SERIALIZABLE')) {
  describe(`Under SERIALIZABLE on ${name}`, () => {
    let databases: DatabasesForTests;
    beforeAll(async () => {
      databases = await start();
    });
    afterAll(() => databases?.stop());

    for (const commitForm of COMMIT_FORMS) {
      const retries = new Map<string, number>();
      const count = (event: StorageEvent) => {
        if (event.event === 'statement_retried') retries.set(event.code, (retries.get(event.code) ?? 0) + 1);
      };
      storageContract(
        `storage whose commits are ${commitForm}`,
        async () => {
          const storage = await openSerializable(await databases.create(), { commitForm, log: count });
          return {
            storage,
            async close() {
              await storage.close();
              const counted = [...retries].map(([code, times]) => `${times} for ${code}`).join(', ') || 'none';
              console.info(`Under SERIALIZABLE on ${name}, ${commitForm}: sent again ${counted}.`);
              expect(retries.get('40001') ?? 0).toBeGreaterThan(0);
            },
          };
        },
        parts,
      );

      test(`without coming again, commits that meet are given up: ${commitForm}`, async () => {
        const storage = await openSerializable(await databases.create(), { commitForm, retriesMax: 0, log: () => {} });
        try {
          const results = await Promise.allSettled(changesOfOneIntent(storage, await anIntentIn(storage)));
          const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
          expect(faults.length).toBeGreaterThan(0);
          for (const fault of faults) expect(fault).toMatchObject({ name: 'StorageFault', code: '40001' });
        } finally {
          await storage.close();
        }
      });
    }

    async function openSerializable(database: DatabaseAddress, settings: DatabaseSettings): Promise<PostgresStorage> {
      await databases.query(
        database,
        `DO $$ BEGIN
          EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database());
        END $$`,
      );
      return createPostgresStorage({ ...database, ...settings, isolation: 'serializable', poolSize: 16 });
    }
  });
}

const { next } = sequentialIds();

async function anIntentIn(storage: PostgresStorage) {
  const intent = aSetupIntent({ id: next() });
  const event = { id: next(), type: 'setup_intent.created' } as const;
  const changes = [{ kind: 'insert', objectType: 'setup_intent', object: intent, event }] as const;
  await storage.commit({ scope: SCOPE, at: NOON, changes, idempotency: null });
  return intent;
}

function changesOfOneIntent(storage: PostgresStorage, { id }: { readonly id: ReturnType<typeof next> }) {
  return Array.from({ length: 30 }, (_, turn) => {
    const event = { id: next(), type: 'setup_intent.updated' } as const;
    const expected = { statusIn: ['requires_payment_method'] } as const;
    const patch = { description: `${turn}` };
    const changes = [{ kind: 'update', objectType: 'setup_intent', id, expect: expected, patch, event }] as const;
    return storage.commit({ scope: SCOPE, at: NOON, changes, idempotency: null });
  });
}
