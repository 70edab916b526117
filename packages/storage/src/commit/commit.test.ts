import { inspect } from 'node:util';
import {
  type Change,
  type Commit,
  type CommitResult,
  type IdempotencyStep,
  StorageFault,
  type Uuid,
} from '@onfile/core';
import {
  aCustomer,
  aPaymentMethod,
  aSetupAttempt,
  aSetupIntent,
  NOON,
  SCOPE,
  sequentialIds,
} from '@onfile/core/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Cut, type CuttingProxy, startCuttingProxy } from '../../testing/cutting-proxy.js';
import { type DatabasesForTests, startEmbedded } from '../../testing/databases-for-tests.js';
import { COMMIT_FORMS, type CommitForm, type DatabaseAddress, type StorageEvent } from '../database.js';
import { createPostgresStorage } from '../postgres-storage.js';

const { next } = sequentialIds();
let databases: DatabasesForTests;
let database: DatabaseAddress;
let proxy: CuttingProxy;
let storage: ReturnType<typeof createPostgresStorage>;
let events: StorageEvent[];
/** A session beside storage's, to stand in its way. */
let other: pg.Client;

beforeAll(async () => {
  databases = await startEmbedded();
});
afterAll(() => databases?.stop());

/** To be called where tests are collected, before those that storage is opened for. */
function openingStorage(commitForm: CommitForm) {
  beforeAll(async () => {
    database = await databases.create();
  });
  beforeEach(() => {
    storage = createPostgresStorage({ ...proxy.address, commitForm, log: (event) => events.push(event) });
  });
  afterEach(() => storage.close());
}

beforeEach(async () => {
  proxy = await startCuttingProxy(database);
  events = [];
  other = new pg.Client('connection' in database ? database.connection : database);
  other.on('error', () => {});
  await other.connect();
});
afterEach(async () => {
  await other.end();
  await proxy.close();
});

describe.each(COMMIT_FORMS)('A commit, %s, whose connection is lost', (commitForm) => {
  openingStorage(commitForm);
  const cuts: readonly Cut[] =
    commitForm === 'pipelined'
      ? ['before_statement', 'before_answer', 'before_answer_to_commit']
      : ['before_statement', 'before_answer'];
  /** Commits that differ in what they leave behind, each with the id that is on the wire only in it. */
  const commits: readonly (readonly [string, () => Promise<{ changes: Change[]; id: Uuid }>])[] = [
    ['an insert', async () => inserting(aSetupIntent({ id: next() }))],
    [
      'an update that expects a version',
      async () => updating({ id: (await inserted(aSetupIntent({ id: next() }))).id, expect: { version: 1 } }),
    ],
    [
      'an update that expects a status',
      async () =>
        updating({
          id: (await inserted(aSetupIntent({ id: next() }))).id,
          expect: { statusIn: ['requires_payment_method'] },
        }),
    ],
    [
      'an attempt',
      async () => {
        const attempt = aSetupAttempt({ id: next(), setupIntentId: next() });
        return { changes: [{ kind: 'insert_attempt', attempt }], id: attempt.id };
      },
    ],
    [
      'a draft',
      async () => {
        const paymentMethod = aPaymentMethod({ id: next(), state: 'draft', version: 0 });
        const sealed = new Uint8Array([1]) as never;
        return { changes: [{ kind: 'insert_draft', paymentMethod, sealed }], id: paymentMethod.id };
      },
    ],
  ];
  for (const [what, prepare] of commits) {
    for (const cut of cuts) {
      test(`${cut.replace('_', ' its ').replaceAll('_', ' ')} is made once and answered, where it is ${what}`, async () => {
        const { changes, id } = await prepare();
        proxy.cutNext(id, cut);
        const result = await commit(changes);

        expect(result.kind).toBe('committed');
        expect(events).toContainEqual({ event: 'commit_looked_up' });
        expect(await countOf(changes)).toBe(1);
        const [change] = changes;
        if (change?.kind === 'insert' || change?.kind === 'update') {
          const objectId = change.kind === 'insert' ? change.object.id : change.id;
          const loaded = await storage.loadSetupIntent(SCOPE, objectId);
          expect(result).toEqual({ kind: 'committed', objects: [loaded?.intent] });
          expect(loaded?.intent.version).toBe(change.kind === 'insert' ? 1 : 2);
        }
      });
    }
  }

  test('before its answer says that it was made, and not that its key is taken', async () => {
    const intent = aSetupIntent({ id: next() });
    const { changes, id } = inserting(intent);
    const entry = { key: 'k', operation: 'o', requestDigest: new Uint8Array([1]), expiresAt: NOON + 1 };
    proxy.cutNext(id, 'before_answer');
    const result = await commit(changes, { step: 'done', entry, changeIndex: 0 });
    expect(result).toEqual({ kind: 'committed', objects: [intent] });
    expect(
      await commit(inserting(aSetupIntent({ id: next() })).changes, { step: 'done', entry, changeIndex: 0 }),
    ).toEqual({
      kind: 'key_taken',
    });
  });

  test('has its caller look, where nothing tells whose change it was', async () => {
    const attempt = aSetupAttempt({ id: next(), setupIntentId: next() });
    await commit([{ kind: 'insert_attempt', attempt }]);
    const check: Change = { kind: 'update_attempt', id: attempt.id, expectVersion: 1, patch: { checks: 1 } };
    proxy.cutNext(attempt.id, 'before_answer');
    expect(await commit([check])).toEqual({ kind: 'stale' });
    const { rows } = await other.query('SELECT version, checks FROM setup_attempts WHERE id = $1', [attempt.id]);
    expect(rows).toEqual([{ version: 2, checks: 1 }]);
  });

  test('because its session was ended while it waited is made once', async () => {
    const intent = await inserted(aSetupIntent({ id: next() }));
    await other.query('BEGIN');
    await other.query('SELECT FROM setup_intents FOR UPDATE');
    const result = commit(updating({ id: intent.id, expect: { statusIn: ['requires_payment_method'] } }).changes);
    await sessionsWaiting(1);
    await other.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
    await other.query('COMMIT');

    expect((await result).kind).toBe('committed');
    expect((await storage.loadSetupIntent(SCOPE, intent.id))?.intent.version).toBe(2);
    expect(events).toContainEqual({ event: 'connection_lost', code: '57P01' });
  });

  test('for good is a fault, for then nobody knows', async () => {
    const { changes, id } = inserting(aSetupIntent({ id: next() }));
    proxy.cutNext(id, 'before_answer', { forGood: true });
    await expect(commit(changes)).rejects.toMatchObject({ name: 'StorageFault', code: 'connection' });
    expect(events).toContainEqual({ event: 'commit_looked_up' });
  });
});

describe.each(COMMIT_FORMS)('Beside others, %s,', (commitForm) => {
  openingStorage(commitForm);
  test('a commit that a deadlock ended is sent again', async () => {
    const [a, b] = [await inserted(aSetupIntent({ id: next() })), await inserted(aSetupIntent({ id: next() }))];
    await other.query("SET deadlock_timeout = '1min'");
    await other.query('BEGIN');
    await other.query('UPDATE setup_intents SET description = $1 WHERE id = $2', ['other', b.id]);
    const expected = { statusIn: ['requires_payment_method'] } as const;
    const result = commit([a, b].flatMap(({ id }) => updating({ id, expect: expected }).changes));
    await sessionsWaiting(1);
    await other.query('UPDATE setup_intents SET description = $1 WHERE id = $2', ['other', a.id]);
    await other.query('COMMIT');

    expect((await result).kind).toBe('committed');
    expect(events).toContainEqual({ event: 'statement_retried', code: '40P01' });
    for (const { id } of [a, b]) {
      expect((await storage.loadSetupIntent(SCOPE, id))?.intent).toMatchObject({ version: 2, description: 'changed' });
    }
  });

  test('a customer that a commit requires is not deleted before that commit’s end', async () => {
    const customer = aCustomer({ id: next() });
    await commit([insertOf('customer', customer)]);
    const intent = aSetupIntent({ id: next(), customer: { id: customer.id, chosenId: null } });
    const entry = { key: 'k', operation: 'o', requestDigest: new Uint8Array([1]), expiresAt: NOON + 1 };
    // The commit locks the customer, then waits for this key.
    await other.query('BEGIN');
    await other.query(
      `INSERT INTO idempotency_records (merchant_id, livemode, operation, key, request_digest, state, attempt_id, created_at, expires_at)
      VALUES ($1, false, 'o', 'k', '', 'running', $1, now(), now())`,
      [SCOPE.merchantId],
    );
    const creation = commit([insertOf('setup_intent', intent), { kind: 'require_customer', id: customer.id }], {
      step: 'done',
      entry,
      changeIndex: 0,
    });
    await sessionsWaiting(1);
    const deletion = commit([
      {
        kind: 'update',
        objectType: 'customer',
        id: customer.id,
        expect: { version: 1 },
        patch: { deletedAt: NOON },
        event: { id: next(), type: 'customer.deleted' },
      },
    ]);
    await sessionsWaiting(2);
    await other.query('ROLLBACK');
    expect([(await creation).kind, (await deletion).kind]).toEqual(['committed', 'committed']);
  });

  test('who waits too long for a lock is told so by a fault', async () => {
    const impatient = createPostgresStorage({ ...database, commitForm, lockTimeoutMs: 50, log: () => {} });
    const intent = await inserted(aSetupIntent({ id: next() }));
    await other.query('BEGIN');
    await other.query('SELECT FROM setup_intents FOR UPDATE');
    const { changes } = updating({ id: intent.id, expect: { version: 1 } });
    const waiting = impatient.commit({ scope: SCOPE, at: NOON, changes, idempotency: null });
    await expect(waiting).rejects.toMatchObject({ name: 'StorageFault', code: '55P03' });
    await other.query('COMMIT');
    await impatient.close();
  });
});

describe('A broken connection', () => {
  openingStorage('one-statement');
  test('is replaced, and reads are sent again', async () => {
    const intent = await inserted(aSetupIntent({ id: next() }));
    for (const cut of ['before_statement', 'before_answer'] as const) {
      proxy.cutNext(intent.id, cut);
      expect((await storage.loadSetupIntent(SCOPE, intent.id))?.intent).toEqual(intent);
    }
  });

  test('that was idle is no fault', async () => {
    await storage.ping();
    proxy.refuse(true);
    proxy.refuse(false);
    await expect(storage.ping().catch(() => storage.ping())).resolves.toBeUndefined();
  });

  test('that cannot be replaced is a fault, until it can be', async () => {
    proxy.refuse(true);
    await expect(storage.ping()).rejects.toMatchObject({ name: 'StorageFault', code: 'connection' });
    await expect(commit(inserting(aSetupIntent({ id: next() })).changes)).rejects.toThrow(StorageFault);
    proxy.refuse(false);
    await expect(storage.ping()).resolves.toBeUndefined();
  });
});

describe.each(COMMIT_FORMS)('A commit that fails, %s,', (commitForm) => {
  openingStorage(commitForm);
  test('tells SQLSTATE and constraint, and nothing that was sent', async () => {
    const secret = 'do-not-tell-4242';
    const intent = aSetupIntent({ id: next(), status: secret as never, description: secret });
    const fault = await commit(inserting(intent).changes).catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: 'StorageFault', code: '23514' });
    const told = inspect(fault, { depth: 10, showHidden: true });
    expect(told).toContain('setup_intents_status_check');
    expect(told).not.toContain(secret);
    expect(told).not.toContain(intent.id);
  });
});

function commit(changes: Change[], idempotency: IdempotencyStep | null = null): Promise<CommitResult> {
  const all: Commit = { scope: SCOPE, at: NOON, changes, idempotency };
  return storage.commit(all);
}

function insertOf(objectType: 'setup_intent' | 'customer', object: { readonly id: Uuid }): Change {
  return { kind: 'insert', objectType, object, event: { id: next(), type: `${objectType}.created` } } as Change;
}

function inserting(intent: ReturnType<typeof aSetupIntent>): { changes: Change[]; id: Uuid } {
  return { changes: [insertOf('setup_intent', intent)], id: intent.id };
}

async function inserted(intent: ReturnType<typeof aSetupIntent>) {
  await commit(inserting(intent).changes);
  return intent;
}

function updating({ id, expect }: Pick<Extract<Change, { kind: 'update' }>, 'id' | 'expect'>) {
  const event = { id: next(), type: 'setup_intent.updated' } as const;
  const patch = { description: 'changed' };
  const changes: Change[] = [{ kind: 'update', objectType: 'setup_intent', id, expect, patch, event }];
  return { changes, id: event.id };
}

/** How many rows the first of these changes left. */
async function countOf([change]: readonly Change[]): Promise<number> {
  const count = async (table: string, id: Uuid) =>
    (await other.query(`SELECT FROM ${table} WHERE id = $1`, [id])).rowCount;
  switch (change?.kind) {
    case 'insert':
    case 'update':
      return (await count('events', change.event.id)) ?? 0;
    case 'insert_attempt':
      return (await count('setup_attempts', change.attempt.id)) ?? 0;
    case 'insert_draft':
      return (await count('payment_methods', change.paymentMethod.id)) ?? 0;
    default:
      throw new Error('not counted');
  }
}

/** Resolves as soon as that many sessions wait for a lock. */
async function sessionsWaiting(count: number): Promise<void> {
  const text = `SELECT count(*)::int AS waiting FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  // Not asked by `other`: within a transaction it would see the same sessions each time.
  for (;;) {
    const [row] = await databases.query(database, text);
    if (row?.waiting === count) return;
  }
}
