import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { CustomerRef } from '../customer/customer.js';
import { customerRefOf, refuseMissingCustomer } from '../customer/find.js';
import { ATTEMPTS_PER_SETUP_MAX } from '../limits/limits.js';
import { checkMetadataSize } from '../metadata.js';
import type { NewSetupIntent } from '../operations.js';
import { findUsableMethod } from '../payment-method/find.js';
import { type PaymentMethodType, SAVABLE_TYPES } from '../payment-method/payment-method.js';
import type { Change } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { type Outcome, type Refused, refuse } from '../refusals.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import type { SetupIntent } from './setup-intent.js';

/** One round trip, unless the customer goes by an id that the merchant chose, or a saved method is given. */
export function createSetupIntent(ports: Ports, call: Call, input: NewSetupIntent): Promise<Outcome<SetupIntent>> {
  return decideAndCommit(ports, call, 'setup_intent', async (attempt) => {
    const refused =
      checkMetadataSize(input.metadata) ??
      refuseUnsavableTypes(input.paymentMethodTypes) ??
      (attempt > 0 ? await refuseUnavailableTypes(ports, call.scope) : null);
    if (refused) return refused;
    const customer = input.customer && (await customerRefOf(ports, call.scope, input.customer));
    if (customer && 'kind' in customer) return customer;
    const missing = attempt > 0 ? await refuseMissingCustomer(ports, call.scope, customer) : null;
    if (missing) return missing;
    const unusable = await refuseUnusableMethod(ports, call.scope, input.paymentMethodId, customer);
    if (unusable) return unusable;

    const object = newSetupIntent(input, { scope: call.scope, id: ports.ids.next(), now: ports.clock.now(), customer });
    const changes: Change[] = [
      {
        kind: 'insert',
        objectType: 'setup_intent',
        object,
        event: { id: ports.ids.next(), type: 'setup_intent.created' },
      },
      { kind: 'require_cards_available' },
    ];
    if (customer) changes.push({ kind: 'require_customer', id: customer.id });
    return { kind: 'plan', changes, answerIndex: 0 };
  });
}

/** A new intent, at version 1. With a saved method it waits for confirmation only. */
export function newSetupIntent(
  input: Omit<NewSetupIntent, 'customer'>,
  { scope, id, now, customer }: { scope: Scope; id: Uuid; now: Instant; customer: CustomerRef | null },
): SetupIntent {
  return {
    id,
    scope,
    version: 1,
    status: input.paymentMethodId === null ? 'requires_payment_method' : 'requires_confirmation',
    customer,
    description: input.description,
    metadata: input.metadata,
    usage: input.usage,
    standingInstruction: input.standingInstruction ?? null,
    externalReference: input.externalReference ?? null,
    paymentMethodTypes: input.paymentMethodTypes ?? SAVABLE_TYPES,
    threeDSecureRequest: input.threeDSecureRequest,
    paymentMethodId: input.paymentMethodId,
    draft: null,
    mandateId: null,
    checkoutSessionId: null,
    attemptsLeft: input.attemptsMax ?? ATTEMPTS_PER_SETUP_MAX,
    latestAttemptId: null,
    nextAction: null,
    returnUrl: null,
    lastSetupError: null,
    cancellationReason: null,
    expiresAt: input.expiresAt ?? null,
    createdAt: now,
    updatedAt: now,
  };
}

/** Refuses types that cannot be saved at all. */
export function refuseUnsavableTypes(types: readonly PaymentMethodType[] | null | undefined): Refused | null {
  const unsavable = types?.filter((type) => !SAVABLE_TYPES.includes(type)) ?? [];
  return unsavable.length > 0 ? refuse('payment_method_types_unavailable', { types: unsavable }) : null;
}

/** Refuses when the merchant has switched cards off; storage holds the same at commit. */
export async function refuseUnavailableTypes({ storage }: Ports, scope: Scope): Promise<Refused | null> {
  const available = await storage.areCardsAvailable(scope);
  return available ? null : refuse('payment_method_types_unavailable', { types: SAVABLE_TYPES });
}

async function refuseUnusableMethod(
  ports: Ports,
  scope: Scope,
  id: Uuid | null,
  customer: CustomerRef | null,
): Promise<Refused | null> {
  const method = id && (await findUsableMethod(ports, scope, id, { customer }));
  return method && 'kind' in method ? method : null;
}
