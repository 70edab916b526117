import type {
  Change,
  Commit,
  CountedLimit,
  EventObjects,
  EventObjectType,
  Expectation,
  IdempotencyEntry,
  IdempotencyStep,
  Instant,
  Scope,
  SealedCard,
  SetupAttempt,
  SetupIntent,
  Uuid,
} from '@onfile/core';
import { EVENT_TYPES, SETUP_INTENT_STATUSES } from '@onfile/core';
import {
  aCheckoutSession,
  aCustomer,
  aPaymentMethod,
  aSetupAttempt,
  aSetupIntent,
} from '../../packages/core/testing/builders.js';
import type { SeededRandom } from './random.js';
import type { StorageModel } from './storage-model/storage-model.js';
import { keyOf } from './storage-model/tables.js';

/** Makes commits over so few objects that they meet: right and wrong versions, ids that are taken, limits that are reached. */
export interface Transactions {
  commit(at: Instant): Commit;
  entry(at: Instant): IdempotencyEntry;
  idOf(type: EventObjectType | 'attempt'): Uuid;
}

const IDS_PER_TYPE = 3;
/** So that later commits find something to change. */
const INSERTS_FIRST = 8;
const TYPES = ['setup_intent', 'payment_method', 'customer', 'checkout_session', 'mandate'] as const;

export function transactionsOn(
  model: StorageModel,
  { scope, random, next }: { readonly scope: Scope; readonly random: SeededRandom; readonly next: () => Uuid },
): Transactions {
  const ids = Object.fromEntries(
    [...TYPES, 'attempt'].map((type) => [type, Array.from({ length: IDS_PER_TYPE }, next)]),
  ) as unknown as Record<(typeof TYPES)[number] | 'attempt', readonly Uuid[]>;
  const idOf = (type: EventObjectType | 'attempt') => random.pick(ids[type as 'attempt']);
  const making: Making = { model, scope, random, next, idOf };
  let made = 0;
  return {
    idOf,
    entry: (at) => entryOf(random, at),
    commit(at) {
      made += 1;
      const any = () => (made <= INSERTS_FIRST ? insertOf(making, random.pick(TYPES), at) : anyChange(making, at));
      const changes = distinctRows(Array.from({ length: 1 + random.below(3) }, any));
      return { scope, at, changes, idempotency: random.chance(0.4) ? stepOf(making, changes, at) : null };
    },
  };
}

interface Making {
  readonly model: StorageModel;
  readonly scope: Scope;
  readonly random: SeededRandom;
  readonly next: () => Uuid;
  readonly idOf: Transactions['idOf'];
}

function anyChange(making: Making, at: Instant): Change {
  const { random, scope, idOf, next } = making;
  switch (random.below(19)) {
    case 0:
    case 1:
    case 2:
      return insertOf(making, random.pick(TYPES), at);
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
      return updateOf(making, random.pick(TYPES), at);
    case 8: {
      const paymentMethod = aPaymentMethod({ id: idOf('payment_method'), scope, state: 'draft', version: 0 });
      return { kind: 'insert_draft', paymentMethod, sealed: sealed(random) };
    }
    case 9:
      return { kind: 'delete_draft', id: idOf('payment_method') };
    case 10: {
      const isInsert = random.chance(0.5);
      const paymentMethodId = idOf('payment_method');
      return isInsert
        ? { kind: 'insert_sealed_card', paymentMethodId, sealed: sealed(random) }
        : { kind: 'delete_sealed_card', paymentMethodId };
    }
    case 11:
      return { kind: 'insert_attempt', attempt: anAttempt(making, at) };
    case 12:
      return attemptUpdate(making, at);
    case 13:
      return random.chance(0.5) ? aRequirement(making) : { kind: 'require_cards_available' };
    case 14:
    case 15:
    case 16:
    case 17:
      return { kind: 'count', limit: aLimit(making) };
    default:
      return random.chance(0.7)
        ? { kind: 'require_no_attack' }
        : { kind: 'note_card', attemptId: next(), card: 'c', neighbours: 'n' };
  }
}

function aRequirement({ random, idOf }: Making): Change {
  const [customerId, id] = [idOf('customer'), idOf('payment_method')];
  if (random.chance(0.3)) return { kind: 'require_payment_method', id, customerId };
  return { kind: 'require_customer', id: customerId, ...(random.chance(0.3) && { withoutDefault: id }) };
}

function insertOf({ random, scope, idOf, next }: Making, type: (typeof TYPES)[number], at: Instant): Change {
  const identity = { id: idOf(type), scope, createdAt: at, updatedAt: at };
  const customer = random.chance(0.5) ? { id: idOf('customer'), chosenId: null } : null;
  const objects = {
    setup_intent: aSetupIntent({
      ...identity,
      ...{ customer, status: random.pick(['requires_payment_method', 'requires_confirmation', 'processing']) },
      ...{ attemptsLeft: random.pick([null, 0, 1, 5]), expiresAt: random.pick([null, at - 1, at + 5_000]) },
      checkoutSessionId: random.chance(0.3) ? idOf('checkout_session') : null,
    }),
    payment_method: aPaymentMethod({ ...identity, customer, state: random.pick(['usable', 'detached']) }),
    customer: aCustomer({
      ...identity,
      chosenId: random.pick([null, null, 'chosen']),
      externalReference: random.pick([null, null, 'reference']),
    }),
    checkout_session: aCheckoutSession({ ...identity, setupIntentId: idOf('setup_intent'), expiresAt: at + 5_000 }),
    mandate: {
      ...{ ...identity, version: 1, status: 'active', setupIntentId: idOf('setup_intent') },
      ...{ setupAttemptId: idOf('attempt'), paymentMethodId: idOf('payment_method'), customer, usage: 'off_session' },
      ...{ standingInstruction: null, consent: aSetupAttempt().consent },
    },
  } as const;
  const event = { id: next(), type: EVENT_TYPES[type][0] };
  return { kind: 'insert', objectType: type, object: objects[type], event } as Change;
}

function updateOf(making: Making, type: (typeof TYPES)[number], at: Instant): Change {
  const { random, next, idOf } = making;
  const id = idOf(type);
  const event = { id: next(), type: random.pick(EVENT_TYPES[type]) };
  const takesAttempt = type === 'setup_intent' && random.chance(0.3);
  const expect = expectationOf(making, type, { id, at });
  const patch = patchOf(making, type, at);
  return {
    kind: 'update',
    objectType: type,
    id,
    expect,
    patch,
    event,
    ...(takesAttempt && { takesAttempt }),
  } as Change;
}

function expectationOf(
  { model, scope, random }: Making,
  type: EventObjectType,
  { id, at }: { readonly id: Uuid; readonly at: Instant },
): Expectation {
  if (type === 'setup_intent' && random.chance(0.4)) {
    const statusIn = SETUP_INTENT_STATUSES.filter(() => random.chance(0.6));
    return {
      statusIn,
      ...(random.chance(0.3) && { withoutCheckoutSession: true }),
      ...(random.chance(0.3) && { isPlain: true }),
      ...(random.chance(0.3) && { notExpiredAt: at }),
    };
  }
  const known = model.tables.objects[type].get(keyOf(scope, id))?.version ?? 1;
  return { version: random.chance(0.85) ? known : known + 1 };
}

function patchOf({ random, idOf }: Making, type: (typeof TYPES)[number], at: Instant): object {
  const key = `k${random.below(12)}`;
  const metadata = random.chance(0.5)
    ? { set: { [key]: random.below(9), [`${key}x`]: true }, remove: ['k1'] }
    : undefined;
  const patches: Record<typeof type, Partial<EventObjects[EventObjectType]>> = {
    setup_intent: {
      status: random.pick(SETUP_INTENT_STATUSES),
      ...(random.chance(0.6) && { paymentMethodId: idOf('payment_method') }),
      ...(random.chance(0.4) && { draft: random.chance(0.5) ? null : aDraft(idOf, at) }),
    } satisfies Partial<SetupIntent>,
    payment_method: {
      ...(random.chance(0.7) && { state: random.pick(['usable', 'detached'] as const) }),
      customer: random.chance(0.5) ? null : { id: idOf('customer'), chosenId: null },
    },
    customer: { description: `d${random.below(5)}`, ...(random.chance(0.2) && { deletedAt: at }) },
    checkout_session: { status: random.pick(['open', 'complete', 'expired'] as const) },
    mandate: { status: random.pick(['active', 'inactive'] as const) },
  };
  const hasMetadata = type !== 'mandate' && metadata !== undefined;
  return { ...patches[type], ...(hasMetadata && { metadata }) };
}

function aDraft(idOf: Transactions['idOf'], at: Instant): NonNullable<SetupIntent['draft']> {
  const { card } = aPaymentMethod();
  const consent = { ...aSetupAttempt().consent, acceptedAt: at };
  return { paymentMethodId: idOf('payment_method'), attemptId: idOf('attempt'), usage: null, card, consent };
}

function anAttempt({ random, scope, idOf }: Making, at: Instant): SetupAttempt {
  return aSetupAttempt({
    ...{ id: idOf('attempt'), scope, setupIntentId: idOf('setup_intent'), paymentMethodId: idOf('payment_method') },
    ...{ startedAt: at, nextCheckAt: random.chance(0.3) ? null : at + random.below(9_000) },
    state: random.pick(['asking', 'asking', 'awaiting_authentication', 'voiding', 'closed']),
  });
}

function attemptUpdate({ model, random, scope, idOf }: Making, at: Instant): Change {
  const id = idOf('attempt');
  const version = model.tables.attempts.get(keyOf(scope, id))?.version ?? 1;
  const state = random.pick(['asking', 'awaiting_authentication', 'needs_review', 'voiding', 'closed'] as const);
  const nextCheckAt = random.chance(0.5) ? null : at + random.below(9_000);
  const expectVersion = random.chance(0.85) ? version : version + 1;
  return { kind: 'update_attempt', id, expectVersion, patch: { state, nextCheckAt, checks: random.below(9) } };
}

function aLimit({ random, scope }: Making): CountedLimit {
  const periodMs = 15_000;
  switch (random.below(4)) {
    case 0:
      return { name: 'card', subject: 'card', kind: 'count', max: 2, periodMs };
    case 1:
      return { name: 'card_everywhere', subject: `card of ${scope.merchantId}`, kind: 'count', max: 2, periodMs };
    case 2:
      return {
        name: 'cards_of_setup',
        subject: 'setup',
        kind: 'members',
        member: `m${random.below(5)}`,
        max: 2,
        periodMs,
      };
    default:
      return { name: 'merchant', subject: 'confirmations', kind: 'rate', perHour: 360, burst: 2 };
  }
}

function stepOf(making: Making, changes: readonly Change[], at: Instant): IdempotencyStep | null {
  const { random, idOf } = making;
  const entry = entryOf(random, at);
  if (random.chance(0.3)) return { step: 'begin', entry, attemptId: idOf('attempt') };
  const changeIndex = changes.findIndex(({ kind }) => kind === 'insert' || kind === 'update');
  if (changeIndex < 0) return null;
  return { step: random.pick(['done', 'finish'] as const), entry, changeIndex };
}

function entryOf(random: SeededRandom, at: Instant): IdempotencyEntry {
  const requestDigest = new Uint8Array([random.below(2)]);
  return {
    key: `key ${random.below(6)}`,
    operation: 'POST /x',
    requestDigest,
    expiresAt: at + 1 + random.below(20_000),
  };
}

function sealed(random: SeededRandom): SealedCard {
  return new Uint8Array([random.below(256)]) as unknown as SealedCard;
}

/** A commit that changes a row twice, counts one thing twice or makes two customers of one name is a mistake of its caller. */
function distinctRows(changes: readonly Change[]): readonly Change[] {
  const seen = new Set<string>();
  return changes.filter((change) => {
    const rows = [rowOf(change), isNewCustomer(change) ? 'a new customer' : rowOf(change)];
    const isNew = !rows.some((row) => seen.has(row));
    for (const row of rows) seen.add(row);
    return isNew;
  });
}

function isNewCustomer(change: Change): boolean {
  return change.kind === 'insert' && change.objectType === 'customer';
}

function rowOf(change: Change): string {
  switch (change.kind) {
    case 'insert':
      return change.object.id;
    case 'insert_draft':
      return change.paymentMethod.id;
    case 'insert_attempt':
      return change.attempt.id;
    case 'insert_sealed_card':
    case 'delete_sealed_card':
      return change.paymentMethodId;
    case 'update':
    case 'update_attempt':
    case 'delete_draft':
    case 'require_customer':
    case 'require_payment_method':
      return change.id;
    case 'count':
      return change.limit.subject;
    default:
      return change.kind;
  }
}
