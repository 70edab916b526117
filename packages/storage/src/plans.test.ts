import type { Change, Commit, IdempotencyEntry, SealedCard, Settlement, Storage } from '@onfile/core';
import {
  aCheckoutSession,
  aCustomer,
  aPaymentMethod,
  aSetupAttempt,
  aSetupIntent,
  NOON,
  SCOPE,
  uuid,
} from '@onfile/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type DatabasesForTests, singleServers } from '../testing/databases-for-tests.js';
import type { DatabaseAddress } from './database.js';
import { createPostgresStorage } from './postgres-storage.js';

const ENTRY: IdempotencyEntry = { key: 'k', operation: 'o', requestDigest: new Uint8Array([1]), expiresAt: NOON + 1 };
const PAGE = { limit: 10, startingAfter: uuid(7), endingBefore: null };
const event = (type: string) => ({ id: uuid(8), type }) as never;
const waiting = { statusIn: ['requires_payment_method'], withoutCheckoutSession: true, notExpiredAt: NOON } as const;

const CREATE: Change[] = [
  {
    kind: 'insert',
    objectType: 'setup_intent',
    object: aSetupIntent({ id: uuid(9) }),
    event: event('setup_intent.created'),
  },
  { kind: 'require_cards_available' },
  { kind: 'require_customer', id: uuid(40) },
];
const DEFAULT: Change[] = [
  {
    kind: 'update',
    objectType: 'customer',
    id: uuid(40),
    expect: { version: 1 },
    patch: { defaultPaymentMethodId: uuid(30) },
    event: event('customer.updated'),
  },
  { kind: 'require_payment_method', id: uuid(30), customerId: uuid(40) },
];
const DETACH: Change[] = [
  {
    kind: 'update',
    objectType: 'payment_method',
    id: uuid(30),
    expect: { version: 1 },
    patch: { state: 'detached' },
    event: event('payment_method.detached'),
  },
  { kind: 'require_customer', id: uuid(40), withoutDefault: uuid(30) },
];
const BEGIN: Change[] = [
  {
    kind: 'update',
    objectType: 'setup_intent',
    id: uuid(10),
    expect: waiting,
    patch: { status: 'processing' },
    event: event('setup_intent.processing'),
  },
  {
    kind: 'insert_draft',
    paymentMethod: aPaymentMethod({ version: 0, state: 'draft' }),
    sealed: new Uint8Array() as SealedCard,
  },
  { kind: 'insert_attempt', attempt: aSetupAttempt() },
];
const FINISH: Change[] = [
  { kind: 'update_attempt', id: uuid(20), expectVersion: 1, patch: { state: 'closed' } },
  {
    kind: 'update',
    objectType: 'setup_intent',
    id: uuid(10),
    expect: { version: 2 },
    patch: { status: 'canceled' },
    event: event('setup_intent.canceled'),
  },
  {
    kind: 'update',
    objectType: 'payment_method',
    id: uuid(30),
    expect: { version: 0 },
    patch: { state: 'usable' },
    event: event('payment_method.attached'),
  },
  {
    kind: 'update',
    objectType: 'checkout_session',
    id: uuid(50),
    expect: { version: 1 },
    patch: { status: 'complete' },
    event: event('checkout_session.completed'),
  },
];
const DECLINE: Change[] = [...FINISH.slice(0, 2), { kind: 'delete_draft', id: uuid(30) }];

const commit =
  (changes: Change[], idempotency: Commit['idempotency'] = null) =>
  (storage: Storage) =>
    storage.commit({ scope: SCOPE, at: NOON, changes, idempotency });

const HEALTH = {
  state: 'enabled',
  disabledReason: null,
  failures: 0,
  failingSince: null,
  probeAt: null,
  releasesWaiting: true,
} as const;
const settle = (endpoint: Settlement['endpoint']) => (storage: Storage) =>
  storage.settleDelivery({
    ...{ scope: SCOPE, endpointId: uuid(80), eventId: uuid(8), claim: 1, at: NOON, endpoint },
    outcome: { state: 'accepted' },
    attempt: { at: NOON, durationMs: 1, status: 200, fault: null, reply: '' },
    record: {
      ...{ at: NOON, durationMs: 1, answer: null, fault: 'timeout' },
      request: { url: 'https://shop.example/', headers: {}, body: '' },
    },
  });

const PIPELINED = ', pipelined';

// Which indexes a statement may read by. What it inserts needs none.
// biome-ignore format: a table
const STATEMENTS: readonly (readonly [string, (storage: Storage) => Promise<unknown>, readonly string[]])[] = [
  ['create',                    commit(CREATE, { step: 'done', entry: ENTRY, changeIndex: 0 }),            ['payment_method_configurations_pkey', 'customers_pkey', 'webhook_endpoints_pkey']],
  ['begin an attempt',          commit(BEGIN, { step: 'begin', entry: ENTRY, attemptId: uuid(20) }),       ['setup_intents_pkey', 'webhook_endpoints_pkey']],
  ['finish an attempt',         commit(FINISH, { step: 'finish', entry: ENTRY, changeIndex: 1 }),          ['setup_attempts_pkey', 'setup_intents_pkey', 'payment_methods_pkey', 'checkout_sessions_pkey', 'idempotency_records_pkey', 'webhook_endpoints_pkey']],
  ['decline an attempt',        commit(DECLINE),                                                           ['setup_attempts_pkey', 'setup_intents_pkey', 'payment_methods_pkey', 'sealed_cards_pkey', 'webhook_endpoints_pkey']],
  ['update',                    commit(BEGIN.slice(0, 1)),                                                 ['setup_intents_pkey', 'webhook_endpoints_pkey']],
  ['make a default',            commit(DEFAULT),                                                           ['customers_pkey', 'payment_methods_pkey', 'webhook_endpoints_pkey']],
  ['detach a method',           commit(DETACH),                                                            ['customers_pkey', 'payment_methods_pkey', 'webhook_endpoints_pkey']],
  [`create${PIPELINED}`,        commit(CREATE, { step: 'done', entry: ENTRY, changeIndex: 0 }),            ['customers_pkey', 'payment_method_configurations_pkey', 'setup_intents_pkey', 'events_pkey', 'webhook_endpoints_pkey']],
  [`begin an attempt${PIPELINED}`, commit(BEGIN, { step: 'begin', entry: ENTRY, attemptId: uuid(20) }),    ['setup_intents_pkey', 'events_pkey', 'webhook_endpoints_pkey']],
  [`finish an attempt${PIPELINED}`, commit(FINISH, { step: 'finish', entry: ENTRY, changeIndex: 1 }),      ['setup_attempts_pkey', 'setup_intents_pkey', 'payment_methods_pkey', 'checkout_sessions_pkey', 'idempotency_records_pkey', 'events_pkey', 'webhook_endpoints_pkey']],
  [`decline an attempt${PIPELINED}`, commit(DECLINE),                                                      ['setup_attempts_pkey', 'setup_intents_pkey', 'payment_methods_pkey', 'sealed_cards_pkey', 'events_pkey', 'webhook_endpoints_pkey']],
  ['load an intent',            (s) => s.loadSetupIntent(SCOPE, uuid(10)),                                 ['setup_intents_pkey', 'setup_attempts_one_open']],
  ['load an attempt',           (s) => s.loadAttempt(SCOPE, uuid(20)),                                     ['setup_attempts_pkey', 'setup_intents_pkey', 'payment_methods_pkey', 'checkout_sessions_pkey']],
  ['load a sealed card',        (s) => s.loadSealedCard(SCOPE, uuid(30)),                                  ['sealed_cards_pkey']],
  ['load a customer',           (s) => s.loadCustomer(SCOPE, { id: uuid(40) }),                            ['customers_pkey']],
  ['find a customer',           (s) => s.loadCustomer(SCOPE, { chosenId: 'c' }),                           ['customers_chosen_id']],
  ['load a deleted customer',   (s) => s.findDeletedCustomer(SCOPE, { id: uuid(40) }),                     ['customers_pkey']],
  ['find a deleted customer',   (s) => s.findDeletedCustomer(SCOPE, { chosenId: 'c' }),                    ['customers_chosen_id']],
  ['load a method',             (s) => s.loadPaymentMethod(SCOPE, uuid(30)),                               ['payment_methods_pkey']],
  ['list expiring methods',     (s) => s.listExpiringMethods({ firstMonth: 1, lastMonth: 24_400, noticeDays: 30 }, { after: null, limit: 5 }), ['payment_methods_expiring', 'merchants_pkey']],
  ['find due attempts',         (s) => s.claimDueAttempts(0, 1, 5),                                         ['setup_attempts_due']],
  ['list unused methods',       (s) => s.listUnusedMethods(NOON, 5),                                       ['payment_methods_of_nobody', 'mandates_of_payment_method']],
  ['list idle cards',           (s) => s.listSetupIntentsWithIdleCards(NOON, 5),                           ['setup_intents_idle_drafts']],
  ['load a session',            (s) => s.loadCheckoutSession(SCOPE, uuid(50)),                             ['checkout_sessions_pkey', 'setup_intents_pkey']],
  ['find a session’s scope',    (s) => s.findCheckoutSessionScope(uuid(50)),                               ['checkout_sessions_by_id_alone']],
  ['load an event',             (s) => s.loadEvent(SCOPE, uuid(8)),                                        ['events_pkey']],
  ['find a key’s record',       (s) => s.findIdempotencyRecord(SCOPE, 'o', 'k', NOON),                     ['idempotency_records_pkey']],
  ['load an API key',           (s) => s.loadApiKey(SCOPE.merchantId, uuid(60)),                           ['api_keys_pkey']],
  ['load a merchant’s look',     (s) => s.loadBranding(SCOPE.merchantId),                                  ['merchant_branding_pkey']],
  ['load a merchant’s logo',     (s) => s.loadLogo(SCOPE.merchantId, 'ab'),                                ['merchant_branding_pkey']],
  ['list intents',              (s) => s.listSetupIntents(SCOPE, PAGE),                                    ['setup_intents_pkey']],
  ['list customers',            (s) => s.listCustomers(SCOPE, PAGE),                                       ['customers_pkey']],
  ['list methods',              (s) => s.listPaymentMethods(SCOPE, {}, PAGE),                              ['payment_methods_pkey']],
  ['list a customer’s methods', (s) => s.listPaymentMethods(SCOPE, { customerId: uuid(40) }, PAGE),        ['payment_methods_of_customer', 'payment_methods_pkey']],
  ['list sessions',             (s) => s.listCheckoutSessions(SCOPE, PAGE),                                ['checkout_sessions_pkey']],
  ['list a method’s mandates',  (s) => s.listMandates(SCOPE, { paymentMethodId: uuid(30) }, PAGE),         ['mandates_of_payment_method', 'mandates_pkey']],
  ['list events',               (s) => s.listEvents(SCOPE, { types: ['customer.created'] }, PAGE),         ['events_pkey']],
  ['list an object’s events',   (s) => s.listEvents(SCOPE, { types: ['customer.created'], objectId: uuid(40) }, PAGE), ['events_of_object', 'events_pkey']],
  ['a customer’s open intents', (s) => s.listOpenSetupIntentsOfCustomer(SCOPE, uuid(40), 5),               ['setup_intents_open_of_customer', 'setup_attempts_one_open']],
  ['list endpoints',            (s) => s.listWebhookEndpoints(SCOPE),                                      ['webhook_endpoints_pkey']],
  ['find due endpoints',        (s) => s.listEndpointsWithDueDeliveries(NOON, { after: null, limit: 5 }),  ['webhook_endpoints_pkey', 'deliveries_due']],
  ['claim deliveries',          (s) => s.claimDeliveries({ scope: SCOPE, endpointId: uuid(80), now: NOON, leaseUntil: NOON, inFlightMax: 5 }), ['webhook_endpoints_pkey', 'deliveries_under_way', 'deliveries_due', 'deliveries_of_object', 'deliveries_pkey', 'events_pkey']],
  ['settle a delivery',         settle(null),                                                              ['deliveries_pkey', 'delivery_attempts_pkey']],
  ['settle with its endpoint',  settle({ expectVersion: 1, change: HEALTH }),                              ['deliveries_pkey', 'webhook_endpoints_pkey', 'deliveries_due', 'delivery_attempts_pkey']],
  ['list deliveries',           (s) => s.listDeliveries(SCOPE, { endpointId: uuid(80) }, 5),               ['deliveries_of_endpoint', 'deliveries_pkey', 'events_pkey']],
  ['replay deliveries',         (s) => s.replayDeliveries(SCOPE, { endpointId: uuid(80), eventIds: null, since: NOON, until: null, states: null, after: null, limit: 5 }, NOON), ['events_pkey', 'webhook_endpoints_pkey', 'deliveries_pkey']],
  ['list an event’s deliveries', (s) => s.listDeliveries(SCOPE, { eventId: uuid(8) }, 5),                  ['deliveries_pkey', 'events_pkey']],
  ['list a delivery’s POSTs',   (s) => s.listDeliveryRecords(SCOPE, { eventId: uuid(8), endpointId: uuid(80) }), ['delivery_attempts_pkey']],
  ['delete an endpoint',        (s) => s.deleteWebhookEndpoint(SCOPE, uuid(80)),                           ['webhook_endpoints_pkey', 'deliveries_due', 'deliveries_of_object']],
  ['follow events',             (s) => s.followEvents(SCOPE, { position: null, filter: {} }, 5),           ['events_as_written', 'events_of_object']],
  ['follow an object’s events', (s) => s.followEvents(SCOPE, { position: null, filter: { objectId: uuid(40) } }, 5), ['events_of_object']],
  ['follow events since',       (s) => s.followEvents(SCOPE, { position: null, filter: { since: NOON } }, 5), ['events_pkey', 'events_as_written', 'events_of_object']],
  ['list an intent’s attempts', (s) => s.listAttempts(SCOPE, uuid(10), 5),                                 ['setup_attempts_of_intent']],
  ['find customers by e-mail',  (s) => s.findCustomersByEmail(SCOPE, 'a@shop.example', 5),                 ['customers_email']],
  ['find sessions by e-mail',   (s) => s.findCheckoutSessionsByEmail(SCOPE, 'a@shop.example', 5),          ['checkout_sessions_email']],
  ['find methods by last4',     (s) => s.findPaymentMethodsByLast4(SCOPE, '4242', 5),                      ['payment_methods_last4']],
  ['load an operator key',      (s) => s.loadOperatorKey(uuid(60)),                                        ['operator_keys_pkey']],
  ['count pending deliveries',  (s) => s.countPendingDeliveries(SCOPE, [uuid(8)]),                         ['deliveries_pkey']],
];

for (const { name, start } of singleServers('Which indexes statements read by')) {
  describe(`On ${name}, tables never having been analyzed`, () => {
    let databases: DatabasesForTests;
    beforeAll(async () => {
      databases = await start();
    });
    afterAll(() => databases?.stop());

    for (const [size, prepare] of [
      ['empty', async () => {}],
      ['of three thousand rows', fill],
    ] as const) {
      describe(size, () => {
        let plans: Record<string, readonly PlanNode[]>;
        beforeAll(async () => {
          const database = await databases.create();
          await databases.query(database, NO_ANALYZE);
          await prepare(databases, database);
          plans = await explainAll(database);
        });

        for (const [what, , indexes] of STATEMENTS) {
          test(`${what} reads by ${indexes.join(', ')} alone`, () => {
            const read = new Set((plans[what] ?? []).flatMap(whatIsRead));
            expect([...read].filter((index) => !indexes.includes(index))).toEqual([]);
            expect([...read]).toContain(indexes[0]);
          });
        }
      });
    }
  });
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Runs every statement once, and asks for the plan of what was really sent, made as our connections make it. */
async function explainAll(database: DatabaseAddress): Promise<Record<string, readonly PlanNode[]>> {
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  const storage = createPostgresStorage({ ...database, poolSize: 1, log: () => {} });
  const pipelining = createPostgresStorage({ ...database, poolSize: 1, commitForm: 'pipelined', log: () => {} });
  const sentBy: [what: string, texts: string[]][] = [];
  for (const [what, run] of STATEMENTS) {
    sent.mockClear();
    await run(what.endsWith(PIPELINED) ? pipelining : storage);
    const queries = sent.mock.calls.map(([query]) => query as unknown as { text?: string; name?: string });
    sentBy.push([what, queries.flatMap(({ name, text }) => (name?.startsWith('onfile_') ? [text ?? ''] : []))]);
  }
  await Promise.all([storage.close(), pipelining.close()]);
  sent.mockRestore();

  const client = new pg.Client('connection' in database ? database.connection : database);
  await client.connect();
  await client.query('SET plan_cache_mode = force_generic_plan');
  const plans: Record<string, readonly PlanNode[]> = {};
  for (const [what, texts] of sentBy) {
    const nodes: PlanNode[] = [];
    for (const text of texts) nodes.push(...(await explain(client, text)));
    plans[what] = nodes;
  }
  await client.end();
  return plans;
}

let prepared = 0;
async function explain(client: pg.Client, text: string): Promise<readonly PlanNode[]> {
  prepared += 1;
  const statement = `statement_${prepared}`;
  await client.query(`PREPARE ${statement} AS ${text}`);
  const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n)));
  const nulls = Array.from({ length: count }, () => 'NULL').join(', ');
  const executed = count === 0 ? statement : `${statement}(${nulls})`;
  const { rows } = await client.query(`EXPLAIN (FORMAT JSON) EXECUTE ${executed}`);
  return nodesOf(rows[0]['QUERY PLAN'][0].Plan);
}

/** The index that a node reads by, or the kind of a scan that uses none. */
function whatIsRead({ 'Node Type': type, 'Index Name': index }: PlanNode): readonly string[] {
  return /^(Seq|Index|Bitmap Index|Tid)/.test(type) ? [index ?? type] : [];
}

function nodesOf(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

const NO_ANALYZE = `DO $$
  DECLARE t text;
  BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
      EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = false)', t);
    END LOOP;
  END $$`;

/** One of each by the storage port, then copies of it under other ids. */
async function fill(databases: DatabasesForTests, database: DatabaseAddress): Promise<void> {
  const storage = createPostgresStorage({ ...database, log: () => {} });
  await storage.createMerchant({ id: SCOPE.merchantId, name: 'A shop', createdAt: NOON }, []);
  const insert = (objectType: string, object: { id: string }) =>
    ({
      kind: 'insert',
      objectType,
      object,
      event: { id: object.id, type: `${objectType}.created` },
    }) as unknown as Change;
  const customer = { id: uuid(40), chosenId: null };
  await storage.commit({
    scope: SCOPE,
    at: NOON,
    changes: [
      insert('setup_intent', aSetupIntent({ id: uuid(11), customer })),
      insert('customer', aCustomer({ id: uuid(41) })),
      insert('payment_method', aPaymentMethod({ id: uuid(31), customer })),
      insert('checkout_session', aCheckoutSession({ id: uuid(51) })),
      { kind: 'insert_attempt', attempt: aSetupAttempt({ id: uuid(21) }) },
      { kind: 'insert_sealed_card', paymentMethodId: uuid(31), sealed: new Uint8Array(100) as SealedCard },
    ],
    idempotency: { step: 'done', entry: ENTRY, changeIndex: 0 },
  });
  await storage.close();
  const copies = {
    setup_intents: ['id'],
    customers: ['id'],
    payment_methods: ['id'],
    checkout_sessions: ['id'],
    setup_attempts: ['id', 'setup_intent_id'],
    sealed_cards: ['payment_method_id'],
    events: ['id', 'object_id'],
    idempotency_records: ['key'],
  };
  for (const [table, ids] of Object.entries(copies)) {
    const others = ids.map((column) => `'${column}', gen_random_uuid()`).join(', ');
    const copy = `jsonb_populate_record(t, jsonb_build_object(${others}))`;
    await databases.query(
      database,
      `INSERT INTO ${table} SELECT (c).* FROM (SELECT ${copy} AS c FROM ${table} AS t, generate_series(1, 3000)) AS copies`,
    );
  }
}
