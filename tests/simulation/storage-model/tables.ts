import type {
  Delivery,
  Event,
  EventObjects,
  EventObjectType,
  IdempotencyEntry,
  IdempotencyRecord,
  Instant,
  Rate,
  Scope,
  SealedCard,
  SetupAttempt,
  Uuid,
  WebhookEndpoint,
} from '@onfile/core';
import { isSameScope } from '@onfile/core';

/** What the database holds, in memory. Objects are never changed in place, so whoever has read one keeps it as it was. */
export interface Tables {
  readonly objects: { readonly [T in EventObjectType]: Map<string, EventObjects[T]> };
  readonly attempts: Map<string, SetupAttempt>;
  /** Keys of attempts by the key of their setup intent. */
  readonly attemptsOfIntents: Map<string, string[]>;
  readonly sealedCards: Map<string, SealedCard>;
  readonly events: Map<string, Event>;
  /** Of each object, in the order in which they were written. */
  readonly eventsOfObjects: Map<string, Event[]>;
  /** All of them, in the order in which they were written. */
  readonly journal: Event[];
  readonly idempotency: Map<string, KeptRecord>;
  readonly counters: Map<string, Counter>;
  readonly attacks: Map<string, Instant>;
  readonly rates: Map<string, Rate>;
  readonly endpoints: Map<string, WebhookEndpoint>;
  readonly deliveries: Map<string, KeptDelivery>;
  /** Goes up by one with each change of a row that is no delivery. */
  revision: number;
  /** Goes up by one whenever a delivery is claimed or settled. */
  deliveryRevision: number;
}

interface KeptRecord extends IdempotencyRecord {
  readonly expiresAt: Instant;
}

export interface KeptDelivery extends Omit<Delivery, 'eventType'> {
  readonly claim: number;
  readonly scheduledAt: Instant;
  readonly leasedUntil: Instant | null;
}

/** How far a limit is used up, until when; as the table `limit_counters`. */
export interface Counter {
  readonly count: number;
  readonly members: readonly string[];
  readonly endsAt: Instant;
}

export function emptyTables(): Tables {
  return {
    objects: {
      setup_intent: new Map(),
      payment_method: new Map(),
      customer: new Map(),
      checkout_session: new Map(),
      mandate: new Map(),
      payment_method_configuration: new Map(),
    },
    attempts: new Map(),
    attemptsOfIntents: new Map(),
    sealedCards: new Map(),
    events: new Map(),
    eventsOfObjects: new Map(),
    journal: [],
    idempotency: new Map(),
    counters: new Map(),
    attacks: new Map(),
    rates: new Map(),
    endpoints: new Map(),
    deliveries: new Map(),
    revision: 0,
    deliveryRevision: 0,
  };
}

/** The primary key of a row: whose it is goes before everything else. */
export function keyOf({ merchantId, mode }: Scope, ...rest: readonly string[]): string {
  return [merchantId, mode, ...rest].join(' ');
}

export function idempotencyKeyOf(scope: Scope, { operation, key }: Pick<IdempotencyEntry, 'operation' | 'key'>) {
  return keyOf(scope, operation, key);
}

/** The rows of a scope, newest first, as every list has them. */
export function newestFirst<T extends { readonly id: Uuid; readonly scope: Scope }>(
  rows: Iterable<T>,
  scope: Scope,
): T[] {
  return [...rows].filter((row) => isSameScope(row.scope, scope)).sort((a, b) => (a.id < b.id ? 1 : -1));
}

export function openAttemptOf(tables: Tables, scope: Scope, intentId: Uuid): SetupAttempt | null {
  for (const key of tables.attemptsOfIntents.get(keyOf(scope, intentId)) ?? []) {
    const attempt = tables.attempts.get(key);
    if (attempt && OPEN.has(attempt.state)) return attempt;
  }
  return null;
}

/** Said again here: the model must not inherit a mistake of the domain. */
export const OPEN: ReadonlySet<SetupAttempt['state']> = new Set(['asking', 'awaiting_authentication', 'needs_review']);
