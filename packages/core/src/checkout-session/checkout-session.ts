import type { CustomerRef } from '../customer/customer.js';
import type { Metadata } from '../metadata.js';
import type { Address, PaymentMethodType } from '../payment-method/payment-method.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import type { ThreeDSecureRequest } from '../setup-intent/setup-intent.js';

export type CheckoutSessionStatus = 'open' | 'complete' | 'expired';

/** What the cardholder told on the page. */
export interface CustomerDetails {
  readonly email: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  readonly address: Address;
}

/** A hosted page that drives one setup intent. Only setup mode exists: this system takes no payments. */
export interface CheckoutSession {
  readonly id: Uuid;
  readonly scope: Scope;
  /** Counts changes; equal to the sequence of the object's latest event. */
  readonly version: number;
  readonly status: CheckoutSessionStatus;
  readonly setupIntentId: Uuid;
  readonly customer: CustomerRef | null;
  readonly customerEmail: string | null;
  /** `always`: completion creates a customer when there is none. */
  readonly customerCreation: 'always' | 'if_required' | null;
  readonly customerDetails: CustomerDetails | null;
  readonly clientReferenceId: string | null;
  /** `{CHECKOUT_SESSION_ID}` in it stands for the session's id. */
  readonly successUrl: string | null;
  readonly cancelUrl: string | null;
  readonly locale: 'auto' | 'ja' | null;
  /** What the merchant asked for; `null` when nothing. */
  readonly paymentMethodTypes: readonly PaymentMethodType[] | null;
  readonly threeDSecureRequest: ThreeDSecureRequest | null;
  readonly metadata: Metadata;
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}
