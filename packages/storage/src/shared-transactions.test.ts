import type { Change, CommitResult, IdempotencyStep } from '@onfile/core';
import { aCustomer, aSetupIntent, NOON, SCOPE, sequentialIds } from '@onfile/core/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../testing/cutting-proxy.js';
import { type DatabasesForTests, startEmbedded } from '../testing/databases-for-tests.js';
import { Database, type DatabaseAddress, type StorageEvent } from './database.js';
import { createPostgresStorage } from './postgres-storage.js';

const AT_ONCE = 20;
/** Longer than any test may take. */
const FOR_EVER_MS = 3_600_000;
const { next } = sequentialIds();

let databases: DatabasesForTests;
let database: DatabaseAddress;
let proxy: CuttingProxy;
let storage: ReturnType<typeof createPostgresStorage>;
let events: StorageEvent[];

beforeAll(async () => {
  databases = await startEmbedded();
});
afterAll(() => databases?.stop());
beforeEach(async () => {
  database = await databases.create();
  proxy = await startCuttingProxy(database);
  events = [];
  storage = createPostgresStorage({ ...proxy.address, log: (event) => events.push(event) });
  await storage.ping();
});
afterEach(async () => {
  await storage.close();
  await proxy.close();
});

function commit(changes: readonly Change[], idempotency: IdempotencyStep | null = null): Promise<CommitResult> {
  return storage.commit({ scope: SCOPE, at: NOON, changes: [...changes], idempotency });
}

function inserting(intent: ReturnType<typeof aSetupIntent>): Change {
  const event = { id: next(), type: 'setup_intent.created' } as const;
  return { kind: 'insert', objectType: 'setup_intent', object: intent, event };
}

function insertingCustomer(customer: ReturnType<typeof aCustomer>): Change {
  const event = { id: next(), type: 'customer.created' } as const;
  return { kind: 'insert', objectType: 'customer', object: customer, event };
}

function someIntents(): readonly ReturnType<typeof aSetupIntent>[] {
  return Array.from({ length: AT_ONCE }, () => aSetupIntent({ id: next() }));
}

function done(key: string): IdempotencyStep {
  const entry = { key, operation: 'o', requestDigest: new Uint8Array([1]), expiresAt: NOON + 1 };
  return { step: 'done', entry, changeIndex: 0 };
}

/** How many events each transaction wrote, the most first. */
async function eventsByTransaction(type: string): Promise<readonly number[]> {
  const rows = await databases.query(
    database,
    'SELECT count(*)::int AS written FROM events WHERE type = $1 GROUP BY written_by ORDER BY 1 DESC',
    [type],
  );
  return rows.map(({ written }) => written as number);
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

describe('commits that only add rows', () => {
  test('share transactions when there are many at once, and each is answered with what is its own', async () => {
    const intents = someIntents();
    const results = await Promise.all(intents.map((intent) => commit([inserting(intent)])));
    expect(results).toEqual(intents.map((intent) => ({ kind: 'committed', objects: [intent] })));
    const written = await eventsByTransaction('setup_intent.created');
    expect(sum(written)).toBe(AT_ONCE);
    expect(written[0]).toBeGreaterThan(AT_ONCE / 2);
  });

  test('have a transaction each when they come one after the other', async () => {
    for (const intent of someIntents()) await commit([inserting(intent)]);
    expect(await eventsByTransaction('setup_intent.created')).toEqual(Array(AT_ONCE).fill(1));
  });

  test('are not kept back by one among them that cannot be, nor by two that cannot both be', async () => {
    const taken = aCustomer({ id: next(), chosenId: 'taken' });
    await commit([insertingCustomer(taken)]);
    const others = someIntents();
    const committing = (intent = aSetupIntent({ id: next() }), key = intent.id as string) =>
      commit([inserting(intent)], done(key));
    const [failed, first, second, ...results] = await Promise.all([
      commit([insertingCustomer(aCustomer({ id: next(), chosenId: 'taken' }))]),
      committing(undefined, 'one'),
      committing(undefined, 'one'),
      ...others.map((intent) => committing(intent)),
    ]);
    expect(failed?.kind).toBe('customer_id_taken');
    expect([first?.kind, second?.kind].sort()).toEqual(['committed', 'key_taken']);
    expect(results).toEqual(others.map((intent) => ({ kind: 'committed', objects: [intent] })));
    expect(sum(await eventsByTransaction('setup_intent.created'))).toBe(AT_ONCE + 1);
  });

  test('and find one thing not as they expect, are told so one by one', async () => {
    const customer = aCustomer({ id: next(), deletedAt: NOON });
    const requiring: Change = { kind: 'require_customer', id: customer.id };
    await commit([insertingCustomer(customer)]);
    const results = await Promise.all(
      someIntents().map((intent, index) => commit([inserting(intent), ...(index % 2 === 0 ? [requiring] : [])])),
    );
    expect(results.map(({ kind }) => kind)).toEqual(results.map((_, index) => (index % 2 ? 'committed' : 'stale')));
  });

  test('are known to their connection from then on, whatever fails on it later', async () => {
    const narrow = createPostgresStorage({ ...database, poolSize: 1, log: () => {} });
    const commitOn = (key: string | null) => {
      const changes = [inserting(aSetupIntent({ id: next() }))];
      return narrow.commit({ scope: SCOPE, at: NOON, changes, idempotency: key === null ? null : done(key) });
    };
    await commitOn(null);
    await Promise.all(['a', 'b', 'c'].map(commitOn));
    const results = [await commitOn('a'), await commitOn('d'), await commitOn('d'), await commitOn('e')];
    expect(results.map(({ kind }) => kind)).toEqual(['key_taken', 'committed', 'key_taken', 'committed']);
    await narrow.close();
  });

  test('do not wait for one among them that waits for a customer whom somebody has locked', async () => {
    const patient = createPostgresStorage({
      ...database,
      statementTimeoutMs: FOR_EVER_MS,
      lockTimeoutMs: FOR_EVER_MS,
      log: () => {},
    });
    const customer = aCustomer({ id: next() });
    await commit([insertingCustomer(customer)]);
    const locker = new pg.Client('connection' in database ? database.connection : database);
    await locker.connect();
    await locker.query('BEGIN');
    await locker.query('SELECT FROM customers WHERE id = $1 FOR UPDATE', [customer.id]);

    let isHeldUp = true;
    const create = (...changes: Change[]) =>
      patient.commit({
        scope: SCOPE,
        at: NOON,
        changes: [inserting(aSetupIntent({ id: next() })), ...changes],
        idempotency: null,
      });
    const heldUp = create({ kind: 'require_customer', id: customer.id }).finally(() => {
      isHeldUp = false;
    });
    const results = await Promise.all([create(), create(), create()]);
    expect(results.map(({ kind }) => kind)).toEqual(['committed', 'committed', 'committed']);
    expect(isHeldUp).toBe(true);
    await locker.query('COMMIT');
    await locker.end();
    expect((await heldUp).kind).toBe('committed');
    await patient.close();
  });

  for (const cut of ['before_statement', 'before_answer'] as const) {
    test(`whose connection is lost ${cut.replace('_', ' their ')} are each made once`, async () => {
      const intents = someIntents();
      proxy.cutNext(intents.at(-1)?.id ?? '', cut);
      const results = await Promise.all(intents.map((intent) => commit([inserting(intent)])));
      expect(results).toEqual(intents.map((intent) => ({ kind: 'committed', objects: [intent] })));
      expect(sum(await eventsByTransaction('setup_intent.created'))).toBe(AT_ONCE);
      expect(events.filter(({ event }) => event === 'commit_looked_up').length).toBeGreaterThan(AT_ONCE / 2);
    });
  }
});

test('commits that change rows have a transaction each, however many there are at once', async () => {
  const intents = someIntents();
  for (const intent of intents) await commit([inserting(intent)]);
  const update = ({ id }: ReturnType<typeof aSetupIntent>): Change => {
    const event = { id: next(), type: 'setup_intent.updated' } as const;
    return {
      kind: 'update',
      objectType: 'setup_intent',
      id,
      expect: { version: 1 },
      patch: { description: 'x' },
      event,
    };
  };
  await Promise.all(intents.map((intent) => commit([update(intent)])));
  expect(await eventsByTransaction('setup_intent.updated')).toEqual(Array(AT_ONCE).fill(1));
});

test('a statement that cannot even be sent leaves nobody with another one’s answer', async () => {
  const connected = new Database({ ...database, log: () => {} });
  const unsendable = {
    toPostgres() {
      throw new Error('no such value');
    },
  };
  const echo = (value: unknown) =>
    connected.sendTogether({ name: 'echo', text: 'SELECT $1::text AS own', values: [value] }, SCOPE.merchantId);
  const values = Array.from({ length: AT_ONCE }, (_, index) => (index === 5 ? unsendable : String(index)));
  const settled = await Promise.allSettled(values.map(echo));
  for (const [index, { status, ...rest }] of settled.entries()) {
    if (status === 'fulfilled') expect(rest).toEqual({ value: [{ own: String(index) }] });
  }
  expect(settled[5]?.status).toBe('rejected');
  expect(await echo('afterwards')).toEqual([{ own: 'afterwards' }]);
  await connected.close();
});
