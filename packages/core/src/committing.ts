import type { Call } from './call.js';
import type { EventObjects, EventObjectType } from './event/event.js';
import type { LimitReached } from './limits/limits.js';
import type { Change, Commit, IdempotencyRecord, IdempotencyStep } from './ports/storage.js';
import { CARD_FAULTS } from './ports/vault.js';
import type { Ports } from './ports.js';
import { type Done, done, type Outcome, type RefusalCode, type Refused, refuse } from './refusals.js';
import type { Scope } from './scope.js';

/** How often a decision is made anew when others change the same objects at the same time. */
const DECISIONS_MAX = 6;

/** What to commit, decided on what was loaded; the object of the change at `answerIndex` is the answer. */
export interface Plan {
  readonly kind: 'plan';
  readonly changes: readonly Change[];
  readonly answerIndex: number;
}

/** Nothing is left to change: this is the answer as it stands. */
export type Settled<T extends EventObjectType> = Done<EventObjects[T]>;

/**
 * Decides and commits; when others were faster, decides again on what is there now. `decide` gets the number of the try:
 * the first may rest on guards instead of loading, the later ones have to load and explain.
 * The caller's idempotency key is used up in the same commit, and refusals are remembered under it.
 */
export async function decideAndCommit<T extends EventObjectType>(
  ports: Ports,
  call: Call,
  type: T,
  decide: (attempt: number) => Promise<Plan | Settled<T> | Refused>,
): Promise<Outcome<EventObjects[T]>> {
  const outcome = await commitDecision(ports, call, decide);
  if (outcome.kind === 'done' || call.idempotency === null) return outcome as Outcome<EventObjects[T]>;

  return answerUnderKey(ports, call, type, outcome);
}

/** Refusals that a correct repetition of the same request may not meet again; the key stays free for it. */
const NOT_REMEMBERED: readonly RefusalCode[] = [
  'idempotency_key_in_use',
  'confirmation_limit_reached',
  'return_url_missing',
  'checkout_session_expiry_out_of_range',
  ...CARD_FAULTS,
  'processor_missing',
  'too_many_changes_at_once',
];

/** The commit found the caller's idempotency key in use, and changed nothing. */
export interface KeyTaken {
  readonly kind: 'key_taken';
}

async function commitDecision<T extends EventObjectType>(
  ports: Ports,
  call: Call,
  decide: (attempt: number) => Promise<Plan | Settled<T> | Refused>,
): Promise<Outcome<EventObjects[T]> | KeyTaken> {
  for (let attempt = 0; attempt < DECISIONS_MAX; attempt += 1) {
    const plan = await decide(attempt);
    if (plan.kind !== 'plan') return plan;

    const result = await ports.storage.commit(commitOf(ports, call, plan));
    if (result.kind === 'committed') return done(result.objects[plan.answerIndex] as EventObjects[T]);
    if (result.kind === 'key_taken') return result;
    if (result.kind === 'limited') return refuseLimited(ports, result);
    if (result.kind === 'customer_id_taken') return refuse('customer_id_taken', { id: chosenIdIn(plan.changes) });
  }
  return refuse('too_many_changes_at_once', {});
}

function commitOf({ clock }: Ports, { scope, idempotency: entry }: Call, { changes, answerIndex }: Plan): Commit {
  const step: IdempotencyStep | null = entry && { step: 'done', entry, changeIndex: answerIndex };
  return { scope, at: clock.now(), changes, idempotency: step };
}

/**
 * What to answer to a request whose idempotency key may have been used before: the first answer, if there is one;
 * otherwise this refusal, which the key remembers from now on. The first answer goes before every refusal, since time alone
 * makes some: a card expires, an expiry time comes near.
 */
export async function answerUnderKey<T extends EventObjectType>(
  ports: Ports,
  call: Call,
  type: T,
  outcome: Refused | KeyTaken,
): Promise<Outcome<EventObjects[T]>> {
  const { idempotency: entry, scope } = call;
  if (entry === null) return outcome.kind === 'refused' ? outcome : refuse('too_many_changes_at_once', {});

  const now = ports.clock.now();
  const record =
    outcome.kind === 'refused' && !NOT_REMEMBERED.includes(outcome.refusal.code)
      ? await ports.storage.recordRefusal(scope, entry, outcome.refusal, now)
      : await ports.storage.findIdempotencyRecord(scope, entry.operation, entry.key, now);
  if (record) return replay(ports, call, type, record);

  return outcome.kind === 'refused' ? outcome : refuse('too_many_changes_at_once', {});
}

/** The first answer to the same request; `null` when there was none, or the request has no idempotency key. */
export async function firstAnswer<T extends EventObjectType>(
  ports: Ports,
  call: Call,
  type: T,
): Promise<Outcome<EventObjects[T]> | null> {
  const { idempotency: entry, scope } = call;
  const now = ports.clock.now();
  const record = entry && (await ports.storage.findIdempotencyRecord(scope, entry.operation, entry.key, now));
  return record && replay(ports, call, type, record);
}

async function replay<T extends EventObjectType>(
  ports: Ports,
  call: Call,
  type: T,
  record: IdempotencyRecord,
): Promise<Outcome<EventObjects[T]>> {
  if (!isSameDigest(record.requestDigest, call.idempotency?.requestDigest)) return refuse('idempotency_key_reused', {});
  if (record.refusal) return { kind: 'refused', refusal: record.refusal };
  if (record.answer && record.answerType === type) {
    return { kind: 'done', value: record.answer as EventObjects[T], replayed: true };
  }
  return (await answerOfRunning(ports, call.scope, record)) as Outcome<EventObjects[T]>;
}

/**
 * The first request began an attempt and never said how it ended: it is still at it, or it stopped in the middle. Its
 * attempt is on record, so nothing is repeated: a later request is told how the setup intent stands.
 */
async function answerOfRunning(
  { storage, connectors, clock }: Ports,
  scope: Scope,
  record: IdempotencyRecord,
): Promise<Outcome<EventObjects['setup_intent']>> {
  const loaded = record.attemptId ? await storage.loadAttempt(scope, record.attemptId) : null;
  const timeoutMs = connectors[scope.mode]?.verifyTimeoutMs ?? 0;
  const stillRunning =
    loaded === null || (loaded.attempt.state === 'asking' && clock.now() < loaded.attempt.startedAt + timeoutMs);
  return stillRunning ? refuse('idempotency_key_in_use', {}) : { kind: 'done', value: loaded.intent, replayed: true };
}

function isSameDigest(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function refuseLimited({ clock }: Ports, { limit, retryAt }: Omit<LimitReached, 'kind'>): Refused {
  const retryAfterSeconds = Math.max(1, Math.ceil((retryAt - clock.now()) / 1_000));
  return refuse('confirmation_limit_reached', { limit, retryAfterSeconds });
}

function chosenIdIn(changes: readonly Change[]): string {
  const insert = changes.find((change) => change.kind === 'insert' && change.objectType === 'customer');
  const customer = insert?.kind === 'insert' && insert.objectType === 'customer' ? insert.object : null;
  return customer?.chosenId ?? customer?.id ?? '';
}
