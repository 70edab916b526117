import type { CustomerRef } from '../customer/customer.js';
import type { Metadata } from '../metadata.js';
import type { CardDetails, MethodUsage, PaymentMethodType } from '../payment-method/payment-method.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import type { Consent, SetupErrorCode } from '../setup-attempt/setup-attempt.js';

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

/**
 * Why the merchant will charge later, as the card networks have it told: an amount that is not planned, a part of a known
 * total, or the same charge again and again.
 */
export type StandingInstruction = 'unscheduled' | 'installment' | 'recurring';

/** `any`: authenticate whenever possible. `automatic`: when needed. `none`: never, for callers who have no such step. */
export type ThreeDSecureRequest = 'automatic' | 'any' | 'none';

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

/**
 * A card that was entered for an intent ahead of its confirmation. The method is a draft: nobody finds it, and it goes with
 * the intent's end, with another card, or with a decline.
 */
export interface IntentDraft {
  readonly paymentMethodId: Uuid;
  /** The attempt that may use the card's security code: the id is chosen when the card is entered. */
  readonly attemptId: Uuid;
  readonly usage: MethodUsage | null;
  readonly card: CardDetails;
  readonly consent: Consent;
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
  /** `null` where the merchant did not say. */
  readonly standingInstruction: StandingInstruction | null;
  /** The merchant's own name for it; need not be unique. */
  readonly externalReference: string | null;
  readonly paymentMethodTypes: readonly PaymentMethodType[];
  /** `null` when the merchant did not say; treated as `automatic`. */
  readonly threeDSecureRequest: ThreeDSecureRequest | null;
  /** The method to confirm with, or, once succeeded, the saved one. Never a draft. */
  readonly paymentMethodId: Uuid | null;
  /** The card that was entered ahead of its confirmation, until the confirmation ends. */
  readonly draft: IntentDraft | null;
  /** The mandate that its success granted. Stays when the mandate ends. */
  readonly mandateId: Uuid | null;
  /** The checkout session that drives this intent, if one does. */
  readonly checkoutSessionId: Uuid | null;
  /** How many more attempts may begin; `null` for no limit. */
  readonly attemptsLeft: number | null;
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

/** Whether its time was up before it was confirmed. What a processor was asked is waited for, whatever the time. */
export function hasExpired({ status, expiresAt }: SetupIntent, now: Instant): boolean {
  const isUnconfirmed = status === 'requires_payment_method' || status === 'requires_confirmation';
  return isUnconfirmed && expiresAt !== null && now >= expiresAt;
}

/**
 * Off-session use is authenticated when the method is saved, on-session use when it is first charged, unless the merchant
 * asks for it always. Source: PAY.JP API v2, setup flow guide (`usage`, `request_three_d_secure`).
 */
export function needsAuthentication({ usage, threeDSecureRequest }: SetupIntent): boolean {
  if (threeDSecureRequest === 'none') return false;
  return threeDSecureRequest === 'any' || usage === 'off_session';
}
