import {
  type Customer,
  type CustomerSelector,
  isSameScope,
  type LoadedAttempt,
  type LoadedSetupIntent,
  type Page,
  type PageRequest,
  type Scope,
  type SetupAttempt,
  type SetupIntent,
  type Storage,
  type Uuid,
} from '@onfile/core';
import { areCardsAvailable, runCommit } from './commit.js';
import {
  claimDeliveries,
  deliveriesOf,
  listEndpointsWithDueDeliveries,
  listWebhookEndpoints,
  settleDelivery,
} from './deliveries.js';
import { emptyTables, idempotencyKeyOf, keyOf, newestFirst, openAttemptOf, type Tables } from './tables.js';

/** What of the storage port is modelled: everything that setting up, keeping and telling of a card asks of it. */
export const MODELLED = [
  'commit',
  'loadSetupIntent',
  'listOpenSetupIntentsOfCustomer',
  'loadAttempt',
  'loadSealedCard',
  'loadDraft',
  'loadCustomer',
  'findDeletedCustomer',
  'findCustomerByReference',
  'loadPaymentMethod',
  'listPaymentMethods',
  'loadCheckoutSession',
  'areCardsAvailable',
  'loadMandate',
  'listMandates',
  'findIdempotencyRecord',
  'recordRefusal',
  'claimDueAttempts',
  'listExpiredSetupIntents',
  'listExpiredCheckoutSessions',
  'listSetupIntentsWithIdleCards',
  'listUnusedMethods',
  'insertWebhookEndpoint',
  'loadWebhookEndpoint',
  'listWebhookEndpoints',
  'listEndpointsWithDueDeliveries',
  'claimDeliveries',
  'settleDelivery',
] as const satisfies readonly (keyof Storage)[];

type Modelled = (typeof MODELLED)[number];
type Immediate<F> = F extends (...given: infer A) => Promise<infer R> ? (...given: A) => R : never;

/** A database in memory, where every statement happens at once, whole, and is durable from then on. */
export type StorageModel = { readonly [M in Modelled]: Immediate<Storage[M]> } & { readonly tables: Tables };

export function createStorageModel(): StorageModel {
  const tables = emptyTables();
  const { objects } = tables;
  return {
    tables,
    commit: (commit) => runCommit(tables, commit),

    loadSetupIntent: (scope, id) => loadedIntent(tables, objects.setup_intent.get(keyOf(scope, id))),
    listOpenSetupIntentsOfCustomer: (scope, customerId, limit) =>
      newestFirst(objects.setup_intent.values(), scope)
        .filter(({ customer, status }) => customer?.id === customerId && !ENDED.includes(status))
        .slice(0, limit)
        .map((intent) => loadedIntent(tables, intent) as LoadedSetupIntent),
    loadAttempt: (scope, id) => loadedAttempt(tables, tables.attempts.get(keyOf(scope, id))),
    loadSealedCard: (scope, id) => tables.sealedCards.get(keyOf(scope, id)) ?? null,
    loadDraft(scope, id) {
      const paymentMethod = objects.payment_method.get(keyOf(scope, id));
      const sealed = tables.sealedCards.get(keyOf(scope, id));
      return paymentMethod?.state === 'draft' && sealed ? { paymentMethod, sealed } : null;
    },

    loadCustomer: (scope, selector) => findCustomer(tables, scope, selector),
    findDeletedCustomer: (scope, selector) =>
      newestFirst(objects.customer.values(), scope).find(
        (each) => each.deletedAt !== null && isSelected(each, selector),
      ) ?? null,
    findCustomerByReference: (scope, reference) =>
      livingCustomers(tables, scope).find((each) => each.externalReference === reference) ?? null,
    loadPaymentMethod(scope, id) {
      const method = objects.payment_method.get(keyOf(scope, id));
      return method && method.state !== 'draft' ? method : null;
    },
    listPaymentMethods(scope, { customerId }, page) {
      const visible = newestFirst(objects.payment_method.values(), scope).filter(({ state }) => state !== 'draft');
      const wanted = visible.filter(({ customer }) => customerId === undefined || customer?.id === customerId);
      return pageOf(wanted, visible, page);
    },
    loadCheckoutSession(scope, id) {
      const session = objects.checkout_session.get(keyOf(scope, id));
      const intent = session && objects.setup_intent.get(keyOf(scope, session.setupIntentId));
      return session && intent ? { session, intent } : null;
    },
    areCardsAvailable: (scope) => areCardsAvailable(tables, scope),
    loadMandate: (scope, id) => objects.mandate.get(keyOf(scope, id)) ?? null,
    listMandates(scope, { paymentMethodId, setupIntentId }, page) {
      const all = newestFirst(objects.mandate.values(), scope);
      const wanted = all
        .filter((each) => paymentMethodId === undefined || each.paymentMethodId === paymentMethodId)
        .filter((each) => setupIntentId === undefined || each.setupIntentId === setupIntentId);
      return pageOf(wanted, all, page);
    },

    findIdempotencyRecord: (scope, operation, key, now) => findRecord(tables, scope, { operation, key }, now),
    recordRefusal(scope, entry, refusal, now) {
      const known = findRecord(tables, scope, entry, now);
      if (known) return known;
      const { requestDigest, expiresAt } = entry;
      const nothing = { attemptId: null, answer: null, answerType: null };
      tables.idempotency.set(idempotencyKeyOf(scope, entry), {
        ...{ requestDigest, expiresAt, state: 'done', refusal },
        ...nothing,
      });
      tables.revision += 1;
      return null;
    },

    claimDueAttempts: (now, leaseUntil, limit) => claimDueAttempts(tables, { now, leaseUntil, limit }),
    listExpiredSetupIntents: (now, limit) =>
      placesOf(objects.setup_intent.values(), limit, ({ expiresAt, status, checkoutSessionId }) => {
        const isOpen = status !== 'processing' && !ENDED.includes(status) && checkoutSessionId === null;
        return isOpen && expiresAt !== null && expiresAt <= now ? expiresAt : null;
      }),
    listExpiredCheckoutSessions: (now, limit) =>
      placesOf(objects.checkout_session.values(), limit, ({ scope, setupIntentId, expiresAt, status }) => {
        const isAsked = objects.setup_intent.get(keyOf(scope, setupIntentId))?.status === 'processing';
        return status === 'open' && !isAsked && expiresAt <= now ? expiresAt : null;
      }),
    listSetupIntentsWithIdleCards: (enteredBefore, limit) =>
      placesOf(objects.setup_intent.values(), limit, ({ draft, status }) => {
        const isWaiting = status === 'requires_payment_method' || status === 'requires_confirmation';
        return isWaiting && draft && draft.consent.acceptedAt <= enteredBefore ? draft.consent.acceptedAt : null;
      }),
    listUnusedMethods: (before, limit) =>
      placesOf(objects.payment_method.values(), limit, ({ scope, id, state, customer, createdAt }) => {
        const mandates = [...objects.mandate.values()].filter(
          (each) => each.paymentMethodId === id && isSameScope(each.scope, scope),
        );
        const isMandated = mandates.some((each) => each.status === 'active' || each.updatedAt > before);
        return state === 'usable' && customer === null && createdAt <= before && !isMandated ? createdAt : null;
      }),

    insertWebhookEndpoint(endpoint) {
      tables.endpoints.set(keyOf(endpoint.scope, endpoint.id), endpoint);
      tables.revision += 1;
    },
    loadWebhookEndpoint: (scope, id) => tables.endpoints.get(keyOf(scope, id)) ?? null,
    listWebhookEndpoints: (scope) => listWebhookEndpoints(tables, scope),
    listEndpointsWithDueDeliveries: (now, page) => listEndpointsWithDueDeliveries(tables, now, page),
    claimDeliveries: (claim) => claimDeliveries(tables, claim),
    settleDelivery: (settlement) => settleDelivery(tables, settlement),
  };
}

const ENDED: readonly SetupIntent['status'][] = ['succeeded', 'canceled'];

/** The earliest moment at which a job would find something to do; `null` when nothing is left. */
export function nextDueAt({ tables }: StorageModel): number | null {
  const moments: number[] = [];
  for (const { nextCheckAt } of tables.attempts.values()) if (nextCheckAt !== null) moments.push(nextCheckAt);
  for (const { expiresAt, status, checkoutSessionId } of tables.objects.setup_intent.values()) {
    const isExpiring = !ENDED.includes(status) && status !== 'processing' && checkoutSessionId === null;
    if (isExpiring && expiresAt !== null) moments.push(expiresAt);
  }
  for (const { scope, expiresAt, status, setupIntentId } of tables.objects.checkout_session.values()) {
    const intent = tables.objects.setup_intent.get(keyOf(scope, setupIntentId));
    // What a processor was asked is waited for.
    if (status === 'open' && intent?.status !== 'processing') moments.push(expiresAt);
  }
  for (const endpoint of tables.endpoints.values()) {
    if (endpoint.state === 'disabled') continue;
    for (const { state, dueAt, leasedUntil } of deliveriesOf(tables, endpoint)) {
      if (state === 'pending') moments.push(Math.max(endpoint.probeAt ?? dueAt, leasedUntil ?? 0));
    }
  }
  return moments.length === 0 ? null : Math.min(...moments);
}

function loadedIntent(tables: Tables, intent: SetupIntent | undefined): LoadedSetupIntent | null {
  return intent ? { intent, openAttempt: openAttemptOf(tables, intent.scope, intent.id) } : null;
}

function loadedAttempt(tables: Tables, attempt: SetupAttempt | undefined): LoadedAttempt | null {
  const { objects } = tables;
  const intent = attempt && objects.setup_intent.get(keyOf(attempt.scope, attempt.setupIntentId));
  if (!attempt || !intent) return null;
  const { scope, paymentMethodId } = attempt;
  const session = intent.checkoutSessionId;
  return {
    attempt,
    intent,
    paymentMethod: objects.payment_method.get(keyOf(scope, paymentMethodId)) ?? null,
    checkoutSession: (session && objects.checkout_session.get(keyOf(scope, session))) || null,
  };
}

function claimDueAttempts(
  tables: Tables,
  { now, leaseUntil, limit }: { readonly now: number; readonly leaseUntil: number; readonly limit: number },
): LoadedAttempt[] {
  const due = [...tables.attempts.values()]
    .filter(({ nextCheckAt }) => nextCheckAt !== null && nextCheckAt <= now)
    .sort((a, b) => (a.nextCheckAt as number) - (b.nextCheckAt as number) || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
  if (due.length > 0) tables.revision += 1;
  return due.flatMap((attempt) => {
    const claimed = { ...attempt, nextCheckAt: leaseUntil, version: attempt.version + 1 };
    tables.attempts.set(keyOf(attempt.scope, attempt.id), claimed);
    return loadedAttempt(tables, claimed) ?? [];
  });
}

function findRecord(tables: Tables, scope: Scope, entry: { operation: string; key: string }, now: number) {
  const known = tables.idempotency.get(idempotencyKeyOf(scope, entry));
  if (known === undefined || known.expiresAt <= now) return null;
  const { expiresAt: _, ...record } = known;
  return record;
}

function livingCustomers({ objects }: Tables, scope: Scope): Customer[] {
  return newestFirst(objects.customer.values(), scope).filter(({ deletedAt }) => deletedAt === null);
}

function findCustomer(tables: Tables, scope: Scope, selector: CustomerSelector): Customer | null {
  if ('chosenId' in selector) {
    return livingCustomers(tables, scope).find(({ chosenId }) => chosenId === selector.chosenId) ?? null;
  }
  const customer = tables.objects.customer.get(keyOf(scope, selector.id));
  return customer?.deletedAt === null ? customer : null;
}

function isSelected({ id, chosenId }: Customer, selector: CustomerSelector): boolean {
  return 'id' in selector ? id === selector.id : chosenId === selector.chosenId;
}

/** The rows for which `momentOf` has a moment, by that moment. */
function placesOf<T extends { readonly scope: Scope; readonly id: Uuid }>(
  rows: Iterable<T>,
  limit: number,
  momentOf: (row: T) => number | null,
): { readonly scope: Scope; readonly id: Uuid }[] {
  return [...rows]
    .map((row) => ({ row, moment: momentOf(row) }))
    .filter((each): each is { row: T; moment: number } => each.moment !== null)
    .sort((a, b) => a.moment - b.moment || (a.row.id < b.row.id ? -1 : 1))
    .slice(0, limit)
    .map(({ row: { scope, id } }) => ({ scope, id }));
}

function pageOf<T extends { readonly id: Uuid }>(
  wanted: readonly T[],
  visible: readonly T[],
  { limit, startingAfter, endingBefore }: PageRequest,
): Page<T> {
  const cursor = startingAfter ?? endingBefore;
  if (cursor !== null && !visible.some(({ id }) => id === cursor)) return { kind: 'cursor_not_found' };
  if (endingBefore !== null) {
    const newer = wanted.filter(({ id }) => id > endingBefore);
    return { kind: 'page', items: newer.slice(-limit), hasMore: newer.length > limit };
  }
  const older = wanted.filter(({ id }) => startingAfter === null || id < startingAfter);
  return { kind: 'page', items: older.slice(0, limit), hasMore: older.length > limit };
}
