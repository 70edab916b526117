import type { Change, Scope, Uuid } from '@onfile/core';
import { aSetupIntent, NOON, SCOPE, sequentialIds } from '@onfile/core/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../../testing/cutting-proxy.js';
import { type DatabasesForTests, startEmbedded } from '../../testing/databases-for-tests.js';
import { createPostgresStorage, type PostgresStorage } from '../postgres-storage.js';

const AT_ONCE = 20;
const { next } = sequentialIds();
const OTHERS: Scope = { merchantId: next(), mode: 'test' };

let databases: DatabasesForTests;
let proxy: CuttingProxy;
let storage: PostgresStorage;

beforeAll(async () => {
  databases = await startEmbedded();
});
afterAll(() => databases?.stop());
beforeEach(async () => {
  proxy = await startCuttingProxy(await databases.create());
  storage = createPostgresStorage({ ...proxy.address, log: () => {} });
  await storage.ping();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await storage.close();
  await proxy.close();
});

async function insertIntents(scope: Scope, count = AT_ONCE): Promise<readonly Uuid[]> {
  const ids = Array.from({ length: count }, next);
  for (const id of ids) {
    const event = { id: next(), type: 'setup_intent.created' } as const;
    const change: Change = {
      kind: 'insert',
      objectType: 'setup_intent',
      object: aSetupIntent({ id, scope }),
      event,
    };
    await storage.commit({ scope, at: NOON, changes: [change], idempotency: null });
  }
  return ids;
}

async function describeIntent(id: Uuid, description: string): Promise<void> {
  const event = { id: next(), type: 'setup_intent.updated' } as const;
  const change: Change = {
    kind: 'update',
    objectType: 'setup_intent',
    id,
    expect: { statusIn: ['requires_payment_method'] },
    patch: { description },
    event,
  };
  expect(await storage.commit({ scope: SCOPE, at: NOON, changes: [change], idempotency: null })).toMatchObject({
    kind: 'committed',
  });
}

async function load(ids: readonly Uuid[], scope = SCOPE): Promise<readonly (Uuid | null)[]> {
  const found = await Promise.all(ids.map((id) => storage.loadSetupIntent(scope, id)));
  return found.map((each) => each?.intent.id ?? null);
}

/** The statements that are sent from now on, without those that make a connection ready. */
function watchStatements(): () => readonly unknown[] {
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  const queries = () => sent.mock.calls.map(([query]) => query as { readonly name?: string });
  return () => queries().filter(({ name }) => name !== undefined);
}

describe('objects that are loaded at once', () => {
  test('are loaded by one statement, and each is answered to whom it was for', async () => {
    const ids = await insertIntents(SCOPE);
    const statements = watchStatements();
    const asked = [...ids, next(), ...ids.slice(0, 3)];
    expect(await load(asked)).toEqual([...ids, null, ...ids.slice(0, 3)]);
    expect(statements()).toHaveLength(1);
  });

  test('are loaded by one statement for each merchant, who gets none of another one’s', async () => {
    const own = await insertIntents(SCOPE, 3);
    const theirs = await insertIntents(OTHERS, 3);
    const statements = watchStatements();
    const both = [...own, ...theirs];
    const none = [null, null, null];
    expect(await Promise.all([load(both), load(both, OTHERS), load(both, { ...SCOPE, mode: 'live' })])).toEqual([
      [...own, ...none],
      [...none, ...theirs],
      [...none, ...none],
    ]);
    expect(statements()).toHaveLength(3);
  });

  for (const cut of ['before_statement', 'before_answer'] as const) {
    test(`are asked for again when the connection is lost ${cut.replace('_', ' their ')}`, async () => {
      const ids = await insertIntents(SCOPE);
      proxy.cutNext(ids[7] ?? '', cut);
      expect(await load(ids)).toEqual(ids);
    });
  }

  test('are each refused while there is no database, and are loaded when it is back', async () => {
    const ids = await insertIntents(SCOPE, 3);
    proxy.cutNext(ids[1] ?? '', 'before_statement', { forGood: true });
    const settled = await Promise.allSettled(ids.map((id) => storage.loadSetupIntent(SCOPE, id)));
    expect(settled.map((each) => each.status === 'rejected' && each.reason.name)).toEqual(
      ids.map(() => 'StorageFault'),
    );
    proxy.refuse(false);
    expect(await load(ids)).toEqual(ids);
  });
});

test('a load that begins after a commit was answered sees it, whatever else is being loaded', async () => {
  const [id] = (await insertIntents(SCOPE, 1)) as readonly [Uuid];
  for (const description of ['one', 'two', 'three']) {
    const busy = Array.from({ length: AT_ONCE }, () => storage.loadSetupIntent(SCOPE, id));
    await describeIntent(id, description);
    const stillBusy = Array.from({ length: AT_ONCE }, () => storage.loadSetupIntent(SCOPE, id));
    for (const found of await Promise.all(stillBusy)) expect(found?.intent.description).toBe(description);
    await Promise.all(busy);
  }
});
