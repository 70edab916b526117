import type { Scope } from '@onfile/core';
import { aCustomer, NOON, sequentialIds } from '@onfile/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DatabasesForTests, startEmbedded } from '../../testing/databases-for-tests.js';
import { createPostgresStorage, type PostgresStorage } from '../postgres-storage.js';

let databases: DatabasesForTests;
let storage: PostgresStorage;
let early: pg.Client;
let late: pg.Client;
const { next } = sequentialIds();
beforeAll(async () => {
  databases = await startEmbedded();
  const database = await databases.create();
  storage = createPostgresStorage({ ...database, log: () => {} });
  const clientOf = () => new pg.Client('connection' in database ? database.connection : database);
  [early, late] = [clientOf(), clientOf()];
  await Promise.all([early.connect(), late.connect()]);
  await early.query('ALTER SYSTEM SET autovacuum = off');
  await early.query('SELECT pg_reload_conf()');
});
afterAll(async () => {
  await Promise.all([early?.end(), late?.end(), storage?.close()]);
  await databases?.stop();
});

let scope: Scope;
beforeEach(() => {
  scope = { merchantId: next(), mode: 'test' };
});

describe('While a transaction is held open', () => {
  test('what others commit after it began waits for it, and nothing is passed over', async () => {
    await early.query('BEGIN');
    const slow = next();
    await insertEvent(early, { objectId: slow, sequence: 1 });
    const quick = next();
    await insertEvent(late, { objectId: quick, sequence: 1 });

    const before = await read(null);
    expect(before.names).toEqual([]);
    await early.query('COMMIT');
    const after = await read(before.position);
    expect(after.names).toEqual([`${slow} 1`, `${quick} 1`]);
    expect((await read(after.position)).names).toEqual([]);
  });

  test('and then rolled back, it leaves no gap', async () => {
    await early.query('BEGIN');
    await insertEvent(early, { objectId: next(), sequence: 1 });
    const quick = next();
    await insertEvent(late, { objectId: quick, sequence: 1 });
    const { position } = await read(null);
    await early.query('ROLLBACK');
    expect((await read(position)).names).toEqual([`${quick} 1`]);
  });
});

describe('Transactions that were numbered before they waited for one another', () => {
  for (const limit of [1, 2, 3, 100]) {
    test(`leave the events of their object in order, read by ${limit}`, async () => {
      const object = next();
      const other = next();
      await insertEvent(late, { objectId: object, sequence: 1 });
      await early.query('BEGIN');
      await early.query('SELECT pg_current_xact_id()');
      await insertEvent(late, { objectId: object, sequence: 2 });
      await insertEvent(late, { objectId: other, sequence: 1 });
      await insertEvent(early, { objectId: object, sequence: 3 });
      await early.query('COMMIT');
      await insertEvent(late, { objectId: object, sequence: 4 });

      const names = await readAllBy(limit);
      expect(names.filter((name) => name.startsWith(object))).toEqual([1, 2, 3, 4].map((n) => `${object} ${n}`));
      expect(names).toHaveLength(5);
      expect(new Set(names).size).toBe(5);
    });
  }
});

test('A filter that nothing fits looks at so many events at most, and its reader comes to the end all the same', async () => {
  await late.query(
    `INSERT INTO events (merchant_id, livemode, id, type, object_type, object_id, sequence, data, created_at)
    SELECT $1, false, gen_random_uuid(), 'customer.updated', 'customer', $2, n, '{}', now() FROM generate_series(1, 2500) AS n`,
    [scope.merchantId, next()],
  );
  let position: string | null = null;
  let reads = 0;
  for (let hasMore = true; hasMore; reads += 1) {
    const answer = await storage.followEvents(scope, { position, filter: { types: ['mandate.created'] } }, 10);
    if (answer.kind !== 'read') throw new Error(answer.kind);
    expect(answer.events).toEqual([]);
    ({ position, hasMore } = answer);
  }
  expect(reads).toBe(3);
});

async function insertEvent(client: pg.Client, { objectId, sequence }: { objectId: string; sequence: number }) {
  await client.query(
    `INSERT INTO events (merchant_id, livemode, id, type, object_type, object_id, sequence, data, created_at)
    VALUES ($1, false, $2, 'customer.updated', 'customer', $3, $4, $5, $6)`,
    [scope.merchantId, next(), objectId, sequence, JSON.stringify(ROW), new Date(NOON).toISOString()],
  );
}

const { version } = aCustomer();
const ROW = { version, metadata: {} };

async function read(position: string | null, limit = 100) {
  const answer = await storage.followEvents(scope, { position, filter: {} }, limit);
  if (answer.kind !== 'read') throw new Error(answer.kind);
  return { ...answer, names: answer.events.map(({ objectId, sequence }) => `${objectId} ${sequence}`) };
}

async function readAllBy(limit: number): Promise<readonly string[]> {
  const names: string[] = [];
  let position: string | null = null;
  for (let hasMore = true; hasMore; ) {
    const answer = await read(position, limit);
    names.push(...answer.names);
    ({ position, hasMore } = answer);
  }
  return names;
}
