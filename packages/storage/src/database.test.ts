import type { Change } from '@onfile/core';
import { aSetupIntent, NOON, SCOPE, sequentialIds } from '@onfile/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../testing/cutting-proxy.js';
import { type DatabasesForTests, startEmbedded } from '../testing/databases-for-tests.js';
import { Database, type DatabaseAddress, type DatabaseSettings } from './database.js';
import { createPostgresStorage, type PostgresStorage } from './postgres-storage.js';

const AT_ONCE = 32;
const { next } = sequentialIds();
const SHORT: DatabaseSettings = { log: () => {}, statementTimeoutMs: 500, lockTimeoutMs: 300, connectTimeoutMs: 500 };

let databases: DatabasesForTests;
let address: DatabaseAddress;
let proxy: CuttingProxy;
beforeAll(async () => {
  databases = await startEmbedded();
});
afterAll(() => databases?.stop());
beforeEach(async () => {
  address = await databases.create();
  proxy = await startCuttingProxy(address);
});
afterEach(() => proxy.close());

function insertSome(storage: PostgresStorage): { ids: readonly string[]; results: Promise<readonly unknown[]> } {
  const intents = Array.from({ length: AT_ONCE }, () => aSetupIntent({ id: next() }));
  const inserting = (object: (typeof intents)[number]): Change => {
    const event = { id: next(), type: 'setup_intent.created' } as const;
    return { kind: 'insert', objectType: 'setup_intent', object, event };
  };
  const commits = intents.map((intent) =>
    storage.commit({ scope: SCOPE, at: NOON, changes: [inserting(intent)], idempotency: null }),
  );
  return { ids: intents.map(({ id }) => id), results: Promise.all(commits) };
}

describe('where the network falls silent', () => {
  test('in the middle of a group of commits, the server gives it up, and each is made', {
    timeout: 60_000,
  }, async () => {
    const storage = createPostgresStorage({ ...proxy.address, ...SHORT });
    await insertSome(storage).results;
    const { ids, results } = insertSome(storage);
    proxy.cutNext(ids[0] ?? '', 'silently_halfway');
    expect(await results).toEqual(ids.map((id) => ({ kind: 'committed', objects: [expect.objectContaining({ id })] })));
    const left = `SELECT state FROM pg_stat_activity WHERE xact_start IS NOT NULL AND application_name = 'onfile'
      AND datname = current_database()`;
    expect(await databases.query(address, left)).toEqual([]);
    await storage.close();
  });

  test('while a connection is made ready, what waits for it is refused', async () => {
    const storage = createPostgresStorage({ ...proxy.address, ...SHORT });
    proxy.cutNext('SET SESSION', 'silently_halfway');
    await expect(storage.loadSetupIntent(SCOPE, next())).rejects.toThrow('The connection to PostgreSQL failed');
    await storage.close();
  });
});

test('statements that share a transaction may each take as long as one may', { timeout: 60_000 }, async () => {
  const database = new Database({ ...address, ...SHORT });
  const sleeping = (index: number) => ({
    name: `sleep_${index}`,
    text: `SELECT pg_sleep(0.2), ${index} AS i`,
    values: [],
  });
  const answers = Array.from({ length: AT_ONCE }, (_, index) =>
    database.sendTogether(sleeping(index), SCOPE.merchantId),
  );
  for (const [index, rows] of (await Promise.all(answers)).entries()) expect(rows).toMatchObject([{ i: index }]);
  await database.close();
});

test('closing waits for whatever was asked for before', async () => {
  const storage = createPostgresStorage({ ...address, log: () => {} });
  await storage.ping();
  const loads = Array.from({ length: 200 }, () => storage.loadSetupIntent(SCOPE, next()));
  const { ids, results } = insertSome(storage);
  const pinged = storage.ping();
  await storage.close();
  expect(await Promise.all(loads)).toEqual(loads.map(() => null));
  expect(await results).toHaveLength(ids.length);
  await pinged;
});
