import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { CustomerRef } from '../customer/customer.js';
import { customerRefOf, refuseMissingCustomer } from '../customer/find.js';
import { checkMetadataSize } from '../metadata.js';
import type { CheckoutSessionWithIntent, NewCheckoutSession } from '../operations.js';
import type { Change } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { type Outcome, type Refused, refuse } from '../refusals.js';
import type { Instant } from '../scope.js';
import { newSetupIntent, refuseUnavailableTypes, refuseUnsavableTypes } from '../setup-intent/create.js';
import type { SetupIntent } from '../setup-intent/setup-intent.js';
import type { CheckoutSession } from './checkout-session.js';
import { withIntent } from './find.js';

/** How long a session may stay open; the longest when the merchant does not say. Source: none published; ours. */
export const SESSION_LIFETIME_MS_MIN = 30 * 60_000;
export const SESSION_LIFETIME_MS_MAX = 24 * 60 * 60_000;

/** Makes the session and the setup intent that it drives, together. */
export async function createCheckoutSession(
  ports: Ports,
  call: Call,
  input: NewCheckoutSession,
): Promise<Outcome<CheckoutSessionWithIntent>> {
  const outcome = await decideAndCommit(ports, call, 'checkout_session', async (attempt) => {
    const refused =
      checkMetadataSize(input.metadata) ??
      checkMetadataSize(input.setupIntent.metadata) ??
      refuseExpiry(input.expiresAt, ports.clock.now()) ??
      refuseUnsavableTypes(input.paymentMethodTypes) ??
      (attempt > 0 ? await refuseUnavailableTypes(ports, call.scope) : null);
    if (refused) return refused;
    const customer = input.customer && (await customerRefOf(ports, call.scope, input.customer));
    if (customer && 'kind' in customer) return customer;
    const missing = attempt > 0 ? await refuseMissingCustomer(ports, call.scope, customer) : null;
    if (missing) return missing;

    const now = ports.clock.now();
    return {
      kind: 'plan',
      changes: insertBoth(ports, drivenIntent(ports, call, input, { customer, now }), input),
      answerIndex: 1,
    };
  });
  return withIntent(ports, outcome);
}

/** Here and not where the request is read: sent again under its idempotency key, it has an answer however late it is. */
function refuseExpiry(expiresAt: Instant | null, now: Instant): Refused | null {
  const [leastMs, mostMs] = [SESSION_LIFETIME_MS_MIN, SESSION_LIFETIME_MS_MAX];
  if (expiresAt === null || (expiresAt >= now + leastMs && expiresAt <= now + mostMs)) return null;
  return refuse('checkout_session_expiry_out_of_range', { leastMs, mostMs });
}

function drivenIntent(
  ports: Ports,
  { scope }: Call,
  input: NewCheckoutSession,
  { customer, now }: { customer: CustomerRef | null; now: Instant },
): SetupIntent {
  const { paymentMethodTypes, threeDSecureRequest } = input;
  const intent = newSetupIntent(
    { ...input.setupIntent, usage: 'off_session', paymentMethodTypes, threeDSecureRequest, paymentMethodId: null },
    { scope, id: ports.ids.next(), now, customer },
  );
  return {
    ...intent,
    checkoutSessionId: ports.ids.next(),
    expiresAt: input.expiresAt ?? now + SESSION_LIFETIME_MS_MAX,
  };
}

function insertBoth(ports: Ports, intent: SetupIntent, input: NewCheckoutSession): Change[] {
  const session = newSession(intent, input);
  const created = { id: ports.ids.next(), type: 'setup_intent.created' } as const;
  const opened = { id: ports.ids.next(), type: 'checkout_session.created' } as const;
  return [
    { kind: 'insert', objectType: 'setup_intent', object: intent, event: created },
    { kind: 'insert', objectType: 'checkout_session', object: session, event: opened },
    { kind: 'require_cards_available' },
    ...(intent.customer ? [{ kind: 'require_customer', id: intent.customer.id } as const] : []),
  ];
}

function newSession(intent: SetupIntent, input: NewCheckoutSession): CheckoutSession {
  const { setupIntent: _, ...asked } = input;
  return {
    ...asked,
    id: intent.checkoutSessionId as CheckoutSession['id'],
    scope: intent.scope,
    version: 1,
    status: 'open',
    setupIntentId: intent.id,
    customer: intent.customer,
    customerDetails: null,
    expiresAt: intent.expiresAt as number,
    createdAt: intent.createdAt,
    updatedAt: intent.updatedAt,
  };
}
