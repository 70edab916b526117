import {
  type Change,
  type Commit,
  type CommitResult,
  type Event,
  type EventObjects,
  type EventObjectType,
  METADATA_KEYS_MAX,
  type Metadata,
  type SetupAttempt,
  type SetupIntent,
  StorageFault,
  type Uuid,
} from '@onfile/core';
import { countLimits } from './limits.js';
import { idempotencyKeyOf, keyOf, OPEN, openAttemptOf, type Tables } from './tables.js';

type AnyObject = EventObjects[EventObjectType];
type Update = Extract<Change, { kind: 'update' }>;

/** What a commit does, all of it or nothing; said once more in plain steps, as `ports/storage.ts` describes it. */
export function runCommit(tables: Tables, commit: Commit): CommitResult {
  const { changes } = commit;
  if (!changes.every((change) => holds(tables, commit, change))) return { kind: 'stale' };
  const counted = countLimits(tables, commit);
  if (counted.reached) {
    writeCounters(tables, counted.counters);
    return counted.reached;
  }
  const taken = customerKeyTaken(tables, commit) ?? keyTaken(tables, commit) ?? attemptKeyTaken(tables, commit);
  if (taken) return { kind: taken };

  refuseBroken(tables, commit);
  writeCounters(tables, counted.counters);
  const objects = changes.map((change) => write(tables, commit, change));
  writeIdempotency(tables, commit, objects);
  tables.revision += 1;
  return { kind: 'committed', objects };
}

function writeCounters(tables: Tables, counters: ReturnType<typeof countLimits>['counters']): void {
  for (const [key, counter] of counters) tables.counters.set(key, counter);
}

function holds(tables: Tables, { scope }: Commit, change: Change): boolean {
  switch (change.kind) {
    case 'update':
      return isAsExpected(tables.objects[change.objectType].get(keyOf(scope, change.id)), change);
    case 'update_attempt':
      return tables.attempts.get(keyOf(scope, change.id))?.version === change.expectVersion;
    case 'require_customer': {
      const customer = tables.objects.customer.get(keyOf(scope, change.id));
      const { withoutDefault: method } = change;
      return customer?.deletedAt === null && (!method || customer.defaultPaymentMethodId !== method);
    }
    case 'require_payment_method': {
      const method = tables.objects.payment_method.get(keyOf(scope, change.id));
      return method?.state === 'usable' && method.customer?.id === change.customerId;
    }
    case 'require_cards_available':
      return areCardsAvailable(tables, scope);
    default:
      return true;
  }
}

export function areCardsAvailable({ objects }: Tables, scope: Commit['scope']): boolean {
  const prefix = keyOf(scope, '');
  for (const [key, { active, preferences }] of objects.payment_method_configuration) {
    if (key.startsWith(prefix) && active && preferences.card !== 'off') return true;
  }
  return false;
}

function isAsExpected(object: AnyObject | undefined, { expect, takesAttempt, patch }: Update): boolean {
  if (object === undefined) return false;
  if (takesAttempt && (object as SetupIntent).attemptsLeft === 0) return false;
  if (patch.metadata && Object.keys(metadataAfter(object, patch.metadata)).length > METADATA_KEYS_MAX) return false;
  if ('version' in expect) return object.version === expect.version;

  const { status, checkoutSessionId, draft, paymentMethodId, expiresAt } = object as SetupIntent;
  return (
    expect.statusIn.includes(status) &&
    !(expect.withoutCheckoutSession && checkoutSessionId !== null) &&
    !(expect.isPlain && (draft ?? paymentMethodId) !== null) &&
    !(expect.notExpiredAt !== undefined && expiresAt !== null && expiresAt <= expect.notExpiredAt)
  );
}

function metadataAfter(object: AnyObject, change: NonNullable<Update['patch']['metadata']>): Metadata {
  const merged = { ...(object as { readonly metadata: Metadata }).metadata, ...change.set };
  for (const key of change.remove) delete merged[key];
  return merged;
}

/** A key whose time is over is forgotten, and the commit made after all. */
function keyTaken(tables: Tables, { scope, at, idempotency }: Commit): 'key_taken' | null {
  if (idempotency === null || idempotency.step === 'finish') return null;
  const key = idempotencyKeyOf(scope, idempotency.entry);
  const known = tables.idempotency.get(key);
  if (known === undefined || known.expiresAt <= at) return null;
  return 'key_taken';
}

function customerKeyTaken(tables: Tables, { changes }: Commit): 'customer_id_taken' | 'stale' | null {
  for (const change of changes) {
    const taken = change.kind === 'insert' && change.objectType === 'customer' && customerTaken(tables, change.object);
    if (taken) return taken;
  }
  return null;
}

function attemptKeyTaken(tables: Tables, commit: Commit): 'stale' | null {
  return hasTwoOpen(tables, commit) ? 'stale' : null;
}

function customerTaken({ objects }: Tables, { scope, id, chosenId, externalReference }: EventObjects['customer']) {
  if (objects.customer.has(keyOf(scope, id))) return 'customer_id_taken';
  const prefix = keyOf(scope, '');
  for (const [key, other] of objects.customer) {
    if (!key.startsWith(prefix)) continue;
    if (chosenId !== null && other.chosenId === chosenId) return 'customer_id_taken';
    const isReferenced = externalReference !== null && other.externalReference === externalReference;
    if (isReferenced && other.deletedAt === null) return 'stale';
  }
  return null;
}

/** One open attempt per setup intent: as it would be after this commit. */
function hasTwoOpen(tables: Tables, { scope, changes }: Commit): boolean {
  const after = new Map<string, SetupAttempt>();
  for (const change of changes) {
    if (change.kind === 'insert_attempt') after.set(keyOf(scope, change.attempt.id), change.attempt);
    if (change.kind !== 'update_attempt') continue;
    const attempt = tables.attempts.get(keyOf(scope, change.id));
    if (attempt) after.set(keyOf(scope, change.id), { ...attempt, ...defined(change.patch) });
  }
  const intentsOfOpen = [...after.values()].filter(({ state }) => OPEN.has(state)).map((each) => each.setupIntentId);
  if (new Set(intentsOfOpen).size < intentsOfOpen.length) return true;
  return intentsOfOpen.some((intentId) => {
    const open = openAttemptOf(tables, scope, intentId);
    return open !== null && !after.has(keyOf(scope, open.id));
  });
}

/** Rows that no correct program writes; PostgreSQL answers them with a fault. */
function refuseBroken(tables: Tables, { scope, changes }: Commit): void {
  for (const change of changes) {
    if (change.kind === 'insert' && tables.objects[change.objectType].has(keyOf(scope, change.object.id))) {
      throw new StorageFault('The object is there already', { code: '23505' });
    }
    if (change.kind === 'insert_attempt' && tables.attempts.has(keyOf(scope, change.attempt.id))) {
      throw new StorageFault('The attempt is there already', { code: '23505' });
    }
    const cardId = cardInsertedBy(change);
    const isMethodThere =
      change.kind === 'insert_draft' && tables.objects.payment_method.has(keyOf(scope, cardId ?? ''));
    if (isMethodThere || (cardId !== null && tables.sealedCards.has(keyOf(scope, cardId)))) {
      throw new StorageFault('The card is there already', { code: '23505' });
    }
    if (change.kind === 'update')
      refuseBrokenUpdate(tables.objects[change.objectType].get(keyOf(scope, change.id)), change);
  }
}

function cardInsertedBy(change: Change): Uuid | null {
  if (change.kind === 'insert_draft') return change.paymentMethod.id;
  return change.kind === 'insert_sealed_card' ? change.paymentMethodId : null;
}

function refuseBrokenUpdate(before: AnyObject | undefined, { objectType, patch }: Update): void {
  const after = { ...before, ...defined(patch) } as AnyObject;
  const isIncomplete = objectType === 'setup_intent' && isSucceededWithoutMethod(after as SetupIntent);
  const isAnnouncedDraft =
    objectType === 'payment_method' && (after as EventObjects['payment_method']).state === 'draft';
  if (isIncomplete || isAnnouncedDraft) throw new StorageFault('A check of the table does not hold', { code: '23514' });
}

function isSucceededWithoutMethod({ status, paymentMethodId }: SetupIntent): boolean {
  return status === 'succeeded' && paymentMethodId === null;
}

function write(tables: Tables, commit: Commit, change: Change): Event['object'] | null {
  const { scope, at } = commit;
  switch (change.kind) {
    case 'insert':
      return writeObject(tables, commit, change, change.object);
    case 'update': {
      const before = tables.objects[change.objectType].get(keyOf(scope, change.id)) as AnyObject;
      return writeObject(tables, commit, change, updated(before, change, at));
    }
    case 'insert_draft':
      tables.objects.payment_method.set(keyOf(scope, change.paymentMethod.id), change.paymentMethod);
      tables.sealedCards.set(keyOf(scope, change.paymentMethod.id), change.sealed);
      return null;
    case 'delete_draft':
      deleteDraft(tables, keyOf(scope, change.id));
      return null;
    case 'insert_sealed_card':
      tables.sealedCards.set(keyOf(scope, change.paymentMethodId), change.sealed);
      return null;
    case 'delete_sealed_card':
      tables.sealedCards.delete(keyOf(scope, change.paymentMethodId));
      return null;
    case 'insert_attempt':
      insertAttempt(tables, change.attempt);
      return null;
    case 'update_attempt': {
      const before = tables.attempts.get(keyOf(scope, change.id)) as SetupAttempt;
      const after = { ...before, ...defined(change.patch), version: before.version + 1 };
      tables.attempts.set(keyOf(scope, change.id), after);
      return null;
    }
    default:
      return null;
  }
}

function updated(before: AnyObject, { patch, takesAttempt }: Update, at: number): AnyObject {
  const { metadata, ...fields } = patch;
  const after = { ...before, ...defined(fields), version: before.version + 1, updatedAt: at } as AnyObject;
  const left = takesAttempt ? (before as SetupIntent).attemptsLeft : null;
  return {
    ...after,
    ...(metadata && { metadata: metadataAfter(before, metadata) }),
    ...(left !== null && { attemptsLeft: left - 1 }),
  } as AnyObject;
}

function writeObject(
  tables: Tables,
  { scope, at }: Commit,
  { objectType, event: { id, type } }: Extract<Change, { kind: 'insert' | 'update' }>,
  object: AnyObject,
): AnyObject {
  const key = keyOf(scope, object.id);
  (tables.objects[objectType] as Map<string, AnyObject>).set(key, object);
  const event = { id, scope, type, objectType, objectId: object.id, sequence: object.version, object, createdAt: at };
  tables.events.set(keyOf(scope, id), event as Event);
  tables.eventsOfObjects.set(key, [...(tables.eventsOfObjects.get(key) ?? []), event as Event]);
  tables.journal.push(event as Event);
  makeDeliveries(tables, event as Event);
  return object;
}

function makeDeliveries(tables: Tables, { id, scope, type, objectId, sequence, createdAt: at }: Event): void {
  const prefix = keyOf(scope, '');
  for (const [key, endpoint] of tables.endpoints) {
    if (!key.startsWith(prefix) || endpoint.state !== 'enabled' || !endpoint.eventTypes.includes(type)) continue;
    tables.deliveries.set(keyOf(scope, id, endpoint.id), {
      ...{ scope, endpointId: endpoint.id, eventId: id, objectId, sequence, state: 'pending' },
      ...{ attempts: 0, claim: 0, scheduledAt: at, dueAt: at, leasedUntil: null },
      ...{ lastAttempt: null, createdAt: at, endedAt: null },
    });
  }
}

function insertAttempt(tables: Tables, attempt: SetupAttempt): void {
  const key = keyOf(attempt.scope, attempt.id);
  const intentKey = keyOf(attempt.scope, attempt.setupIntentId);
  tables.attempts.set(key, attempt);
  tables.attemptsOfIntents.set(intentKey, [...(tables.attemptsOfIntents.get(intentKey) ?? []), key]);
}

function deleteDraft(tables: Tables, key: string): void {
  if (tables.objects.payment_method.get(key)?.state !== 'draft') return;
  tables.objects.payment_method.delete(key);
  tables.sealedCards.delete(key);
}

function writeIdempotency(
  tables: Tables,
  { scope, changes, idempotency: step }: Commit,
  objects: readonly (AnyObject | null)[],
): void {
  if (step === null) return;
  const { entry } = step;
  const key = idempotencyKeyOf(scope, entry);
  const { requestDigest, expiresAt } = entry;
  if (step.step === 'begin') {
    const { attemptId } = step;
    const nothing = { answer: null, answerType: null, refusal: null };
    tables.idempotency.set(key, { requestDigest, expiresAt, state: 'running', attemptId, ...nothing });
    return;
  }
  const known = tables.idempotency.get(key);
  if (step.step === 'finish' && !(known?.state === 'running' && isSame(known.requestDigest, requestDigest))) return;
  const change = changes[step.changeIndex] as Update;
  const answered = { answer: objects[step.changeIndex] ?? null, answerType: change.objectType, refusal: null };
  const attemptId: Uuid | null = step.step === 'finish' ? (known?.attemptId ?? null) : null;
  const kept = step.step === 'finish' && known ? known.expiresAt : expiresAt;
  tables.idempotency.set(key, { requestDigest, expiresAt: kept, state: 'done', attemptId, ...answered });
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function defined<T extends object>(patch: T): Partial<T> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Partial<T>;
}
