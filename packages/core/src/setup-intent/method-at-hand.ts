import type { Call } from '../call.js';
import type { EnteredCard, MethodToConfirm } from '../operations.js';
import { findUsableMethod } from '../payment-method/find.js';
import type { PaymentMethod } from '../payment-method/payment-method.js';
import type { Stale } from '../ports/storage.js';
import type { CardFault, CardTraces, SealedCard } from '../ports/vault.js';
import type { Ports } from '../ports.js';
import { type Refused, refuse } from '../refusals.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import { refuseUnkept } from './draft.js';
import type { IntentDraft, SetupIntent } from './setup-intent.js';

/** The method that an attempt is about, with its sealed card, ready to be sent. */
export interface MethodAtHand {
  readonly kind: 'at_hand';
  readonly origin: 'entered' | 'saved';
  readonly paymentMethod: PaymentMethod;
  readonly sealed: SealedCard;
  /** Set for a card that was entered ahead: its row is there already. */
  readonly draft: IntentDraft | null;
  /** Set for a card that was entered in this very request. */
  readonly sighting: CardSighting | null;
}

/** Which card was entered for which attempt, as far as may be counted: {@link CardTraces}. */
export interface CardSighting extends CardTraces {
  readonly attemptId: Uuid;
  readonly card: string;
}

/** Seals a card that was entered for this attempt, as a draft. */
export async function sealEnteredCard(
  ports: Ports,
  { scope }: Call,
  card: EnteredCard,
  attemptId: Uuid | null,
): Promise<MethodAtHand | Refused> {
  const paymentMethodId = ports.ids.next();
  const now = ports.clock.now();
  const { reference, expMonth, expYear } = card;
  const result = await ports.vault.seal({ reference, scope, paymentMethodId, expMonth, expYear, now, attemptId });
  if (result.kind === 'fault') return refuseCard(result.fault);

  const paymentMethod = draftOf({ id: paymentMethodId, scope, now, card: result.card, entered: card });
  const sighting = attemptId && { attemptId, card: result.card.fingerprint, ...result.traces };
  return { kind: 'at_hand', origin: 'entered', paymentMethod, sealed: result.sealed, draft: null, sighting };
}

/**
 * A method that is there before the confirmation; an intent that has none, and is given none, has nothing to confirm.
 * `stale`: the intent was loaded with a draft that is gone since, so that it is to be loaded anew.
 */
export function findMethodToConfirm(
  ports: Ports,
  intent: SetupIntent,
  method: Exclude<MethodToConfirm, { kind: 'entered' }>,
): Promise<MethodAtHand | Refused | Stale> {
  if (method.kind === 'draft') return findDraft(ports, intent, method.paymentMethodId);
  if (method.kind === 'current' && intent.draft !== null) return findDraft(ports, intent, null);
  return findSavedMethod(ports, intent, method);
}

async function findDraft(
  { storage }: Ports,
  { scope, draft }: SetupIntent,
  paymentMethodId: Uuid | null,
): Promise<MethodAtHand | Refused | Stale> {
  const isOther = paymentMethodId !== null && paymentMethodId !== draft?.paymentMethodId;
  if (isOther) return refuse('payment_method_not_of_intent', {});
  if (draft === null) return refuse('payment_method_missing', {});
  const unkept = refuseUnkept(draft);
  if (unkept) return unkept;

  const found = await storage.loadDraft(scope, draft.paymentMethodId);
  return found ? { kind: 'at_hand', origin: 'entered', ...found, draft, sighting: null } : { kind: 'stale' };
}

async function findSavedMethod(
  ports: Ports,
  intent: SetupIntent,
  method: Exclude<MethodToConfirm, { kind: 'entered' | 'draft' }>,
): Promise<MethodAtHand | Refused> {
  const id = method.kind === 'saved' ? method.paymentMethodId : intent.paymentMethodId;
  if (id === null) return refuse('payment_method_missing', {});

  const { scope, customer } = intent;
  const paymentMethod = await findUsableMethod(ports, scope, id, { customer });
  if ('kind' in paymentMethod) return paymentMethod;
  const sealed = await ports.storage.loadSealedCard(scope, id);
  return sealed
    ? { kind: 'at_hand', origin: 'saved', paymentMethod, sealed, draft: null, sighting: null }
    : refuse('payment_method_missing', {});
}

function refuseCard(fault: CardFault): Refused {
  return refuse(fault, {});
}

function draftOf(draft: {
  id: Uuid;
  scope: Scope;
  now: Instant;
  card: PaymentMethod['card'];
  entered: EnteredCard;
}): PaymentMethod {
  return {
    id: draft.id,
    scope: draft.scope,
    version: 0,
    state: 'draft',
    type: 'card',
    usage: null,
    customer: null,
    formerCustomer: null,
    card: draft.card,
    billingDetails: draft.entered.billingDetails,
    metadata: {},
    verifiedAt: null,
    networkTransactionId: null,
    expiryNoticeDays: null,
    detachedAt: null,
    createdAt: draft.now,
    updatedAt: draft.now,
  };
}
