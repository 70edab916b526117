import { type Customer, type CustomerRef, customerRef } from '../customer/customer.js';
import type { PaymentMethod } from '../payment-method/payment-method.js';
import type { Ids } from '../ports/ids.js';
import type { Change, LoadedAttempt } from '../ports/storage.js';
import type { Instant } from '../scope.js';
import type { CheckoutSession, CustomerDetails } from './checkout-session.js';

/**
 * Whose the saved method will be when an intent succeeds. A session may have a customer made for it; the change that makes
 * them comes first, so that the method can be theirs.
 */
export function customerOnSuccess(
  { intent, checkoutSession: session, paymentMethod }: LoadedAttempt,
  at: { readonly now: Instant; readonly ids: Ids },
): { readonly customer: CustomerRef | null; readonly created: readonly Change[] } {
  if (session === null || !createsCustomer(session)) return { customer: intent.customer, created: [] };

  const object = newCustomer(session, paymentMethod?.billingDetails.email ?? null, at);
  const event = { id: at.ids.next(), type: 'customer.created' } as const;
  return { customer: customerRef(object), created: [{ kind: 'insert', objectType: 'customer', object, event }] };
}

/** The change that completes the session of an intent that succeeded; nothing when no session drives it. */
export function completeSession(
  { checkoutSession: session, paymentMethod }: LoadedAttempt,
  customer: CustomerRef | null,
  ids: Ids,
): readonly Change[] {
  if (session === null) return [];

  return [
    {
      kind: 'update',
      objectType: 'checkout_session',
      id: session.id,
      expect: { version: session.version },
      patch: { status: 'complete', customer, customerDetails: paymentMethod && customerDetailsIn(paymentMethod) },
      event: { id: ids.next(), type: 'checkout_session.completed' },
    },
  ];
}

function customerDetailsIn({ billingDetails: { name, email, phone, address } }: PaymentMethod): CustomerDetails {
  return { email, name, phone, address };
}

function createsCustomer(session: CheckoutSession): boolean {
  return session.customer === null && session.customerCreation === 'always';
}

function newCustomer(
  session: CheckoutSession,
  email: string | null,
  { now, ids }: { readonly now: Instant; readonly ids: Ids },
): Customer {
  return {
    id: ids.next(),
    scope: session.scope,
    version: 1,
    chosenId: null,
    externalReference: null,
    email: session.customerEmail ?? email,
    description: null,
    metadata: {},
    defaultPaymentMethodId: null,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}
