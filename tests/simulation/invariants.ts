import { isDeepStrictEqual } from 'node:util';
import type {
  CheckoutSession,
  EventObjects,
  EventObjectType,
  PaymentMethod,
  SetupAttempt,
  SetupIntent,
} from '@onfile/core';
import { Violation } from './activity.js';
import { type SimulatedProcessor, short } from './processor.js';
import type { Receivers } from './receivers.js';
import type { StorageModel } from './storage-model/storage-model.js';
import { type KeptDelivery, keyOf, OPEN } from './storage-model/tables.js';

type AnyObject = EventObjects[EventObjectType];

/** What has to be true after every step. It looks at rows, at the processor's ledger and at receivers, never at the program. */
export class Invariants {
  readonly #storage: StorageModel;
  readonly #processor: SimulatedProcessor;
  readonly #receivers: Receivers;
  readonly #seen = new Map<string, AnyObject>();
  readonly #seenAttempts = new Map<string, SetupAttempt>();
  readonly #madeFor = new Map<string, string>();
  readonly #endedDeliveries = new Map<string, KeptDelivery>();
  #revision = 0;
  #deliveryRevision = 0;

  constructor(storage: StorageModel, processor: SimulatedProcessor, receivers: Receivers) {
    this.#storage = storage;
    this.#processor = processor;
    this.#receivers = receivers;
  }

  check(): void {
    const { tables } = this.#storage;
    if (tables.deliveryRevision !== this.#deliveryRevision) this.#checkEndedDeliveries();
    if (tables.revision === this.#revision) return;
    this.#revision = tables.revision;
    const touched = new Set<string>();
    for (const type of Object.keys(tables.objects) as EventObjectType[]) this.#checkObjects(type, touched);
    this.#checkAttempts(touched);
    for (const key of touched) {
      const intent = tables.objects.setup_intent.get(key);
      if (intent) this.#checkIntent(intent);
    }
    this.#checkCards();
  }

  /** What an endpoint accepted stays accepted, whatever a worker still writes that was thought dead. */
  #checkEndedDeliveries(): void {
    const { deliveries, deliveryRevision } = this.#storage.tables;
    this.#deliveryRevision = deliveryRevision;
    for (const [key, delivery] of deliveries) {
      const ended = this.#endedDeliveries.get(key);
      if (ended !== undefined && ended !== delivery) {
        throw new Violation(`a delivery of ${short(delivery.objectId)} was ${ended.state}, and is written again`);
      }
      if (delivery.endedAt !== null) this.#endedDeliveries.set(key, delivery);
    }
  }

  #checkObjects(type: EventObjectType, touched: Set<string>): void {
    for (const [key, object] of this.#storage.tables.objects[type] as Map<string, AnyObject>) {
      const before = this.#seen.get(key);
      if (before === object) continue;
      this.#seen.set(key, object);
      this.#checkChange(key, type, { before, object });
      if (type === 'setup_intent') touched.add(key);
      if (type === 'checkout_session') touched.add(keyOf(object.scope, (object as CheckoutSession).setupIntentId));
    }
  }

  #checkChange(
    key: string,
    type: EventObjectType,
    { before, object }: { readonly before: AnyObject | undefined; readonly object: AnyObject },
  ): void {
    const name = `${type} ${short(object.id)}`;
    const isUnannounced = object.version === 0;
    if (before !== undefined && object.version !== before.version + 1) {
      throw new Violation(`${name} went from version ${before.version} to ${object.version}`);
    }
    const events = this.#storage.tables.eventsOfObjects.get(key) ?? [];
    const latest = events.at(-1);
    if (events.length !== object.version) {
      throw new Violation(`${name} is at version ${object.version} and has ${events.length} events`);
    }
    if (!isUnannounced && (latest?.sequence !== object.version || !isDeepStrictEqual(latest.object, object))) {
      throw new Violation(`the latest event of ${name} does not tell of its latest change`);
    }
    if (type === 'payment_method') checkOwner(before as PaymentMethod | undefined, object as PaymentMethod);
    if (before === undefined) this.#checkTag(type, object);
    else if (isEnded(type, before) && !staysEnded(type, before, object))
      throw new Violation(`${name} had ended, and changed`);
    if (type === 'setup_intent' && (object as SetupIntent).status === 'succeeded')
      this.#checkSuccess(object as SetupIntent);
  }

  /** What a keyed request makes is tagged with its key, so that two of it would be seen. */
  #checkTag(type: EventObjectType, object: AnyObject): void {
    const tag = 'metadata' in object ? object.metadata.tag : undefined;
    if (typeof tag !== 'string') return;
    this.#checkOnce(`${type} of ${tag}`, object.id);
  }

  #checkOnce(what: string, id: string): void {
    const first = this.#madeFor.get(what);
    if (first !== undefined && first !== id) throw new Violation(`one idempotency key made two: ${what}`);
    this.#madeFor.set(what, id);
  }

  /** Chargeable: approved, authenticated where that is required, the customer's own, sealed, and agreed to. */
  #checkSuccess(intent: SetupIntent): void {
    const name = `setup_intent ${short(intent.id)} succeeded`;
    const { objects, attempts, sealedCards } = this.#storage.tables;
    const { scope, latestAttemptId, paymentMethodId, customer, mandateId } = intent;
    const attempt = attempts.get(keyOf(scope, latestAttemptId ?? ''));
    const standing = attempt && this.#processor.standingOf(attempt.id);
    if (attempt?.outcome !== 'approved' || standing?.kind !== 'approved')
      throw new Violation(`${name} without an approval`);
    const isRequired = mustAuthenticate(intent);
    if (isRequired && !standing.authenticated) throw new Violation(`${name} without authentication`);
    const method = objects.payment_method.get(keyOf(scope, paymentMethodId ?? ''));
    if (method?.state !== 'usable' || method.id !== attempt.paymentMethodId)
      throw new Violation(`${name} without a method`);
    if (customer && method.customer?.id !== customer.id)
      throw new Violation(`${name} with a method that is not attached`);
    if (!sealedCards.has(keyOf(scope, method.id))) throw new Violation(`${name} without a sealed card`);
    const mandate = objects.mandate.get(keyOf(scope, mandateId ?? ''));
    if (mandate?.setupAttemptId !== attempt.id) throw new Violation(`${name} without a mandate`);
  }

  #checkAttempts(touched: Set<string>): void {
    for (const [key, attempt] of this.#storage.tables.attempts) {
      const before = this.#seenAttempts.get(key);
      if (before === attempt) continue;
      this.#seenAttempts.set(key, attempt);
      touched.add(keyOf(attempt.scope, attempt.setupIntentId));
      const tag = attempt.consent.textVersion;
      if (before === undefined && tag !== null) this.#checkOnce(`attempt of ${tag}`, attempt.id);
      if (before !== undefined) this.#checkAttemptChange(before, attempt);
    }
  }

  #checkAttemptChange(before: SetupAttempt, { id, state, outcome, nextCheckAt }: SetupAttempt): void {
    const name = `attempt ${short(id)}`;
    if (FINISHED.has(state) && nextCheckAt !== null)
      throw new Violation(`${name} is ${state}, and still to be looked at`);
    if (before.outcome !== null && outcome !== before.outcome) {
      throw new Violation(`${name} ended ${before.outcome}, and became ${outcome}`);
    }
    if (!OPEN.has(before.state) && OPEN.has(state)) throw new Violation(`${name} was over, and is ${state} again`);
    if (before.outcome !== null || outcome === null) return;
    const standing = this.#processor.standingOf(id)?.kind ?? 'nothing';
    const expected = STANDING_FOR[outcome];
    if (expected && standing !== expected) {
      throw new Violation(`${name} ended ${outcome}, and the processor knows of ${standing}`);
    }
  }

  #checkIntent(intent: SetupIntent): void {
    const { tables } = this.#storage;
    const key = keyOf(intent.scope, intent.id);
    const name = `setup_intent ${short(intent.id)}`;
    const states = (tables.attemptsOfIntents.get(key) ?? [])
      .map((each) => (tables.attempts.get(each) as SetupAttempt).state)
      .filter((state) => OPEN.has(state));
    if (states.length > 1) throw new Violation(`${name} has ${states.length} open attempts`);
    const [open = 'none'] = states;
    if (!(OPEN_IN[intent.status] ?? ['none']).includes(open)) {
      throw new Violation(`${name} is ${intent.status} and its open attempt ${open}`);
    }
    const session = tables.objects.checkout_session.get(keyOf(intent.scope, intent.checkoutSessionId ?? ''));
    const status = { succeeded: 'complete', canceled: 'expired' }[intent.status as 'succeeded'] ?? 'open';
    if (session && session.status !== status) {
      throw new Violation(`${name} is ${intent.status} and its session ${session.status}`);
    }
  }

  /** A number is kept while its card may be used, or may still become usable, and no longer. */
  #checkCards(): void {
    const { objects, sealedCards } = this.#storage.tables;
    const wanted = this.#draftsInUse();
    for (const [key, method] of objects.payment_method) {
      const name = `payment_method ${short(method.id)}`;
      const isSealed = sealedCards.has(key);
      if (method.state === 'detached' && isSealed) throw new Violation(`${name} is detached, and its number is kept`);
      if (method.state !== 'detached' && !isSealed)
        throw new Violation(`${name} is ${method.state}, and has no number`);
      if (method.state === 'draft' && !wanted.has(key)) throw new Violation(`${name} is a draft that nobody needs`);
    }
    for (const key of sealedCards.keys()) {
      if (!objects.payment_method.has(key)) throw new Violation('a number is kept that belongs to no method');
    }
  }

  #draftsInUse(): ReadonlySet<string> {
    const { objects, attempts } = this.#storage.tables;
    const used = new Set<string>();
    for (const { scope, draft } of objects.setup_intent.values())
      if (draft) used.add(keyOf(scope, draft.paymentMethodId));
    for (const { scope, state, paymentMethodId } of attempts.values()) {
      if (OPEN.has(state)) used.add(keyOf(scope, paymentMethodId));
    }
    return used;
  }

  /** Once faults have ended and the clock has run on: nobody is stuck, and nothing is left anywhere that nobody knows of. */
  checkEnd(): void {
    const { objects, attempts } = this.#storage.tables;
    for (const { id, status, scope, latestAttemptId } of objects.setup_intent.values()) {
      const attempt = attempts.get(keyOf(scope, latestAttemptId ?? ''));
      const isFlagged = attempt?.state === 'needs_review';
      const isStuck = (status === 'processing' || status === 'requires_action') && !isFlagged;
      if (isStuck) throw new Violation(`setup_intent ${short(id)} is stuck in ${status}`);
    }
    for (const attempt of attempts.values()) this.#checkAttemptEnd(attempt);
    this.#checkDeliveries();
  }

  #checkAttemptEnd({ id, state, outcome }: SetupAttempt): void {
    const isFlagged = state === 'needs_review' || state === 'void_needs_review';
    if (state !== 'closed' && !isFlagged) throw new Violation(`attempt ${short(id)} is left ${state}`);
    const standing = this.#processor.standingOf(id)?.kind;
    const isLeft = standing === 'approved' || standing === 'action_required';
    if (isLeft && outcome !== 'approved' && !isFlagged) {
      throw new Violation(`attempt ${short(id)} ended ${outcome}, and the processor keeps it ${standing}`);
    }
  }

  #checkDeliveries(): void {
    const { deliveries, endpoints, journal } = this.#storage.tables;
    for (const endpoint of endpoints.values()) {
      for (const { id, scope, type, objectId, sequence } of journal) {
        if (!endpoint.eventTypes.includes(type)) continue;
        const delivery = deliveries.get(keyOf(scope, id, endpoint.id));
        const told = `event #${sequence} of ${short(objectId)}`;
        if (delivery?.state !== 'accepted') throw new Violation(`${told} was not delivered: ${delivery?.state}`);
        if (!this.#receivers.hasAccepted(endpoint.url, id))
          throw new Violation(`${told} counts as told, and nobody was`);
      }
    }
  }
}

/** A method is given to a customer once: it never goes from one to another. */
function checkOwner(before: PaymentMethod | undefined, { id, customer }: PaymentMethod): void {
  if (before?.customer && customer && customer.id !== before.customer.id) {
    throw new Violation(`payment_method ${short(id)} went from one customer to another`);
  }
}

/** Said again here, so that the domain's own rule is not what it is measured by. */
function mustAuthenticate({ usage, threeDSecureRequest }: SetupIntent): boolean {
  return threeDSecureRequest === 'any' || (usage === 'off_session' && threeDSecureRequest !== 'none');
}

const FINISHED: ReadonlySet<SetupAttempt['state']> = new Set(['closed', 'needs_review', 'void_needs_review']);

const OPEN_IN: Readonly<Partial<Record<SetupIntent['status'], readonly string[]>>> = {
  processing: ['asking', 'needs_review'],
  requires_action: ['awaiting_authentication', 'needs_review'],
};

const STANDING_FOR: Readonly<Partial<Record<NonNullable<SetupAttempt['outcome']>, string>>> = {
  approved: 'approved',
  declined: 'declined',
  authentication_failed: 'authentication_failed',
};

function isEnded(type: EventObjectType, object: AnyObject): boolean {
  switch (type) {
    case 'setup_intent':
      return ['succeeded', 'canceled'].includes((object as SetupIntent).status);
    case 'checkout_session':
      return (object as CheckoutSession).status !== 'open';
    case 'payment_method':
      return (object as PaymentMethod).state === 'detached';
    default:
      return 'deletedAt' in object ? object.deletedAt !== null : 'status' in object && object.status === 'inactive';
  }
}

/** A session that ended can still be noted on; everything else is final. */
function staysEnded(type: EventObjectType, before: AnyObject, after: AnyObject): boolean {
  return type === 'checkout_session' && (before as CheckoutSession).status === (after as CheckoutSession).status;
}
