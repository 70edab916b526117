import {
  type Commit,
  EVENT_TYPES,
  type PaymentMethodConfiguration,
  type Scope,
  type Storage,
  StorageFault,
  type Uuid,
  type WebhookEndpoint,
} from '@onfile/core';
import { createPostgresStorage, migrate } from '@onfile/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOON, sequentialIds } from '../../packages/core/testing/builders.js';
import { type ServerForTests, startServerForTests } from '../../packages/storage/testing/embedded-for-tests.js';
import { type SeededRandom, seededRandom } from './random.js';
import { createStorageModel, type MODELLED, type StorageModel } from './storage-model/storage-model.js';
import { keyOf } from './storage-model/tables.js';
import { type Transactions, transactionsOn } from './transactions.js';

const SEQUENCE_COUNT = Number(process.env.ONFILE_SIMULATION_TRANSACTIONS ?? 1_000) / 50;
const STATEMENTS_PER_SEQUENCE = 50;
const FIRST_SEED = 1;
const STEP_MS = 700;

type Methods = Pick<Storage, (typeof MODELLED)[number]>;

let server: ServerForTests;
let postgres: ReturnType<typeof createPostgresStorage>;
const { next } = sequentialIds();

beforeAll(async () => {
  server = await startServerForTests();
  await migrate({ connection: server.connection }, { log: () => {} });
  postgres = createPostgresStorage({ connection: server.connection, log: () => {} });
});
afterAll(async () => {
  await postgres?.close();
  await server?.stop();
});

test('PostgreSQL and the model answer the same to the same statements', { timeout: 600_000 }, async () => {
  const answers = new Map<string, number>();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCE_COUNT; seed += 1) {
    for (const said of await runOnBoth(seed, createStorageModel())) answers.set(said, (answers.get(said) ?? 0) + 1);
  }
  const told = [...answers].sort().map(([said, count]) => `${said} ${count}`);
  const seeds = `seeds ${FIRST_SEED} to ${FIRST_SEED + SEQUENCE_COUNT - 1}`;
  process.stdout.write(`storage model: ${seeds}: ${told.join(', ')}\n`);
  for (const kind of ['committed', 'stale', 'limited', 'key_taken', 'customer_id_taken', 'fault']) {
    expect(answers.get(`commit ${kind}`) ?? 0, kind).toBeGreaterThan(0);
  }
});

const MISTAKEN_MODELS: readonly (readonly [string, (model: StorageModel) => StorageModel])[] = [
  [
    'forgets the idempotency key of a commit',
    (model) => ({ ...model, commit: (commit) => model.commit({ ...commit, idempotency: null }) }),
  ],
  [
    'makes a commit whose expectation does not hold',
    (model) => ({
      ...model,
      commit(commit) {
        const isFree = ({ kind }: Commit['changes'][number]) => kind !== 'update' && kind !== 'update_attempt';
        const result = model.commit(commit);
        return result.kind === 'stale' ? model.commit({ ...commit, changes: commit.changes.filter(isFree) }) : result;
      },
    }),
  ],
  [
    'hands out deliveries in another order',
    (model) => ({
      ...model,
      claimDeliveries(claim) {
        const claimed = model.claimDeliveries(claim);
        return claimed && { ...claimed, deliveries: claimed.deliveries.toReversed() };
      },
    }),
  ],
];

for (const [mistake, mistaken] of MISTAKEN_MODELS) {
  test(`a model that ${mistake} is found out`, { timeout: 120_000 }, async () => {
    const tried = (async () => {
      for (let seed = 1; seed <= 10; seed += 1) await runOnBoth(seed, mistaken(createStorageModel()));
    })();
    await expect(tried).rejects.toThrow(/seed \d+/);
  });
}

/** Answers what was said to each statement, by PostgreSQL and by the model alike. */
async function runOnBoth(seed: number, model: StorageModel): Promise<readonly string[]> {
  const sequence = await startSequence(seed, model);
  const answers: string[] = [];
  for (let number = 1; number <= STATEMENTS_PER_SEQUENCE; number += 1) {
    const [name, given] = anyStatement(sequence, NOON + number * STEP_MS);
    const real = await answerOf(() => call(postgres, name, given));
    const modelled = await answerOf(() => modelCall(sequence, name, given));
    expectSame(modelled, real, `seed ${seed}, statement ${number}: ${name} ${JSON.stringify(given)}`);
    answers.push(name === 'commit' ? `commit ${kindOf(real)}` : name);
  }
  await expectSameRows(sequence, `after seed ${seed}`);
  return answers;
}

function expectSame(modelled: unknown, real: unknown, label: string): void {
  const isBroken = [real, modelled].some((answer) => kindOf(answer) === 'fault');
  if (!isBroken) expect(modelled, label).toEqual(real);
  else for (const answer of [real, modelled]) expect(NO_EFFECT, label).toContain(kindOf(answer));
}

/** A commit that no correct program makes may also be one that is refused; which of the two is said is PostgreSQL's own affair. */
const NO_EFFECT = ['fault', 'stale', 'key_taken', 'customer_id_taken'];

function kindOf(answer: unknown): string | undefined {
  return (answer as { readonly kind?: string } | null)?.kind;
}

interface Sequence {
  readonly scope: Scope;
  readonly random: SeededRandom;
  readonly model: StorageModel;
  readonly transactions: Transactions;
  readonly endpointIds: readonly Uuid[];
  /** What was claimed, and may still be settled. */
  readonly claims: {
    readonly endpointId: Uuid;
    readonly eventId: Uuid;
    readonly claim: number;
    readonly version: number;
  }[];
}

/** A merchant of its own for each sequence; both databases begin with the same rows. */
async function startSequence(seed: number, model: StorageModel): Promise<Sequence> {
  const random = seededRandom(seed);
  const scope: Scope = { merchantId: next(), mode: 'test' };
  const configuration = aConfiguration(scope);
  await postgres.createMerchant({ id: scope.merchantId, name: 'A shop', createdAt: NOON }, [configuration]);
  model.tables.objects.payment_method_configuration.set(keyOf(scope, configuration.id), configuration);
  const endpointIds = [next(), next()];
  for (const [index, id] of endpointIds.entries()) {
    const eventTypes = Object.values(EVENT_TYPES)
      .flat()
      .slice(index * 9);
    const endpoint: WebhookEndpoint = {
      ...{ id, scope, version: 1, url: 'https://shop.example', dialect: 'plain', eventTypes, wantsAllEvents: false },
      ...{ secrets: [], state: 'enabled', disabledReason: null, failures: 0, failingSince: null, probeAt: null },
      ...{ createdAt: NOON, updatedAt: NOON },
    };
    await postgres.insertWebhookEndpoint(endpoint);
    model.insertWebhookEndpoint(endpoint);
  }
  const transactions = transactionsOn(model, { scope, random, next });
  return { scope, random, model, transactions, endpointIds, claims: [] };
}

type Statement = { [M in keyof Methods]: readonly [M, Parameters<Methods[M]>] }[keyof Methods];

function anyStatement({ scope, random, transactions, endpointIds, claims }: Sequence, at: number): Statement {
  const { idOf } = transactions;
  const entry = transactions.entry(at);
  const claim = claims.at(-1 - random.below(4));
  switch (random.below(20)) {
    case 0:
      return ['loadSetupIntent', [scope, idOf('setup_intent')]];
    case 1:
      return ['loadAttempt', [scope, idOf('attempt')]];
    case 2:
      return ['loadDraft', [scope, idOf('payment_method')]];
    case 3:
      return ['recordRefusal', [scope, entry, { code: 'payment_method_missing', facts: {} }, at]];
    case 4:
      return ['findIdempotencyRecord', [scope, entry.operation, entry.key, at]];
    case 5:
      return ['listOpenSetupIntentsOfCustomer', [scope, idOf('customer'), 3]];
    case 6:
      return ['findCustomerByReference', [scope, 'reference']];
    case 7:
    case 8:
      return [
        'claimDeliveries',
        [{ scope, endpointId: random.pick(endpointIds), now: at, leaseUntil: at + 3_000, inFlightMax: 3 }],
      ];
    case 9:
    case 10:
      return claim
        ? ['settleDelivery', [settlementOf(scope, claim, { random, at })]]
        : ['listWebhookEndpoints', [scope]];
    default:
      return ['commit', [transactions.commit(at)]];
  }
}

function settlementOf(
  scope: Scope,
  { endpointId, eventId, claim, version }: Sequence['claims'][number],
  { random, at }: { readonly random: SeededRandom; readonly at: number },
): Parameters<Storage['settleDelivery']>[0] {
  const outcome = random.pick([
    { state: 'accepted' },
    { state: 'dead' },
    { state: 'pending', scheduledAt: at + 2_000 },
  ] as const);
  const health = { failures: 1, failingSince: at, probeAt: random.chance(0.3) ? at + 1_000 : null };
  const change = { state: 'enabled', disabledReason: null, ...health, releasesWaiting: random.chance(0.5) } as const;
  return {
    ...{ scope, endpointId, eventId, claim, at, outcome, record: null },
    attempt: { at, durationMs: 5, status: 200, fault: null, reply: '' },
    endpoint: random.chance(0.4) ? { expectVersion: version, change } : null,
  };
}

function call(storage: Storage, name: keyof Methods, given: readonly unknown[]): Promise<unknown> {
  return (storage[name] as (...all: readonly unknown[]) => Promise<unknown>)(...given);
}

async function modelCall(
  { model, claims }: Sequence,
  name: keyof Methods,
  given: readonly unknown[],
): Promise<unknown> {
  const answer = (model[name] as (...all: readonly unknown[]) => unknown)(...given);
  if (name === 'claimDeliveries' && answer !== null) {
    const { endpoint, deliveries } = answer as NonNullable<ReturnType<StorageModel['claimDeliveries']>>;
    for (const { event, claim } of deliveries) {
      claims.push({ endpointId: endpoint.id, eventId: event.id, claim, version: endpoint.version });
    }
  }
  return answer;
}

/** Faults are answers too. */
async function answerOf(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (fault) {
    if (fault instanceof StorageFault) return { kind: 'fault' };
    throw fault;
  }
}

/** Everything that can be read of what the statements left. */
async function expectSameRows({ scope, model, transactions: { idOf } }: Sequence, when: string): Promise<void> {
  const { tables } = model;
  const types = Object.values(EVENT_TYPES).flat();
  const everything = { limit: 1_000, startingAfter: null, endingBefore: null };
  const events = await postgres.listEvents(scope, { types }, everything);
  const written = [...tables.journal].sort((a, b) => (a.id < b.id ? 1 : -1));
  expect(written, when).toEqual(events.kind === 'page' ? events.items : []);

  const deliveries = await postgres.listDeliveries(scope, {}, 1_000);
  const kept = [...tables.deliveries.values()].map(({ claim: _, scheduledAt: __, leasedUntil: ___, ...delivery }) => ({
    ...delivery,
    eventType: tables.events.get(keyOf(scope, delivery.eventId))?.type,
  }));
  const newest = (a: { eventId: string; endpointId: string }, b: { eventId: string; endpointId: string }) =>
    `${a.eventId}${a.endpointId}` < `${b.eventId}${b.endpointId}` ? 1 : -1;
  expect(kept.sort(newest), when).toEqual([...deliveries].sort(newest));

  for (let looks = 0; looks < 12; looks += 1) {
    for (const [name, given] of readsOf(scope, idOf)) {
      const label = `${when}: ${name} ${JSON.stringify(given)}`;
      expect(
        await answerOf(async () => (model[name] as (...all: readonly unknown[]) => unknown)(...given)),
        label,
      ).toEqual(await answerOf(() => call(postgres, name, given)));
    }
  }
}

function readsOf(scope: Scope, idOf: Transactions['idOf']): readonly Statement[] {
  const everything = { limit: 100, startingAfter: null, endingBefore: null };
  return [
    ['loadSetupIntent', [scope, idOf('setup_intent')]],
    ['loadAttempt', [scope, idOf('attempt')]],
    ['loadSealedCard', [scope, idOf('payment_method')]],
    ['loadDraft', [scope, idOf('payment_method')]],
    ['loadCustomer', [scope, { id: idOf('customer') }]],
    ['loadCustomer', [scope, { chosenId: 'chosen' }]],
    ['loadPaymentMethod', [scope, idOf('payment_method')]],
    ['listPaymentMethods', [scope, { customerId: idOf('customer') }, everything]],
    ['listPaymentMethods', [scope, {}, { ...everything, limit: 2, startingAfter: idOf('payment_method') }]],
    ['loadCheckoutSession', [scope, idOf('checkout_session')]],
    ['loadMandate', [scope, idOf('mandate')]],
    ['listMandates', [scope, { paymentMethodId: idOf('payment_method') }, everything]],
  ];
}

function aConfiguration(scope: Scope): PaymentMethodConfiguration {
  const preferences = { card: 'on', apple_pay: 'off', paypay: 'off' } as const;
  return { id: next(), scope, version: 0, active: true, name: null, preferences, createdAt: NOON, updatedAt: NOON };
}
