import type { CustomerRef } from '../customer/customer.js';
import type { Metadata } from '../metadata.js';
import type { PaymentMethodType } from '../payment-method/payment-method.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import type { SetupErrorCode } from '../setup-attempt/setup-attempt.js';

export const SETUP_INTENT_STATUSES = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'succeeded',
  'canceled',
] as const;
export type SetupIntentStatus = (typeof SETUP_INTENT_STATUSES)[number];

/** `off_session`: later charges may happen with the cardholder away. `on_session`: only while they are present. */
export type Usage = 'on_session' | 'off_session';

/** `any`: authenticate whenever possible. `automatic`: when needed. */
export type ThreeDSecureRequest = 'automatic' | 'any';

export type CancellationReason = 'abandoned' | 'duplicate' | 'requested_by_customer';

/** What the cardholder has to do: go to this address, which brings them back to `returnUrl`, if there is one. */
export interface NextAction {
  readonly type: 'redirect';
  readonly url: string;
  readonly returnUrl: string | null;
}

export interface SetupError {
  readonly code: SetupErrorCode;
  readonly occurredAt: Instant;
}

/** The wish to save a payment method for later. */
export interface SetupIntent {
  readonly id: Uuid;
  readonly scope: Scope;
  /** Counts changes; equal to the sequence of the object's latest event. */
  readonly version: number;
  readonly status: SetupIntentStatus;
  readonly customer: CustomerRef | null;
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly usage: Usage;
  readonly paymentMethodTypes: readonly PaymentMethodType[];
  /** `null` when the merchant did not say; treated as `automatic`. */
  readonly threeDSecureRequest: ThreeDSecureRequest | null;
  /** The method to confirm with, or, once succeeded, the saved one. Never a draft. */
  readonly paymentMethodId: Uuid | null;
  /** The checkout session that drives this intent, if one does. */
  readonly checkoutSessionId: Uuid | null;
  /** The open attempt, or else the last one. */
  readonly latestAttemptId: Uuid | null;
  readonly nextAction: NextAction | null;
  readonly returnUrl: string | null;
  readonly lastSetupError: SetupError | null;
  readonly cancellationReason: CancellationReason | null;
  /** From then on an intent that has not ended accepts nothing; `null` for no limit. */
  readonly expiresAt: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export function isTerminal(status: SetupIntentStatus): boolean {
  return status === 'succeeded' || status === 'canceled';
}

/**
 * Off-session use is authenticated when the method is saved, on-session use when it is first charged, unless the merchant
 * asks for it always. Source: PAY.JP API v2, setup flow guide (`usage`, `request_three_d_secure`).
 */
export function needsAuthentication({ usage, threeDSecureRequest }: SetupIntent): boolean {
  return threeDSecureRequest === 'any' || usage === 'off_session';
}
