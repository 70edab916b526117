import type { BillingDetails } from '../payment-method/payment-method.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import type { DeclineCode } from '../setup-attempt/setup-attempt.js';
import type { CardToSend } from './vault.js';

export interface VerificationRequest {
  readonly scope: Scope;
  /** Our reference at the processor: the attempt's id. */
  readonly reference: Uuid;
  /** The same for every repetition of this request. */
  readonly idempotencyKey: string;
  readonly card: CardToSend;
  readonly billingDetails: BillingDetails;
  /** `required`: the cardholder must authenticate. `none`: not now. */
  readonly authentication: 'required' | 'none';
  /** Where the processor's page brings the cardholder back to. */
  readonly returnUrl: string;
}

export interface Approved {
  readonly kind: 'approved';
  readonly processorReference: string;
  readonly networkTransactionId: string | null;
  /** Issuing country, ISO 3166-1 alpha-2, when the processor tells it. */
  readonly country: string | null;
  /** Whether the cardholder was authenticated. */
  readonly authenticated: boolean;
}

export interface Declined {
  readonly kind: 'declined';
  readonly code: DeclineCode;
  readonly processorReference: string | null;
}

export interface ActionRequired {
  readonly kind: 'action_required';
  readonly processorReference: string;
  /** Where the cardholder authenticates. */
  readonly url: string;
  /** When the processor itself gives the authentication up, if it tells. */
  readonly expiresAt: Instant | null;
}

/** The cardholder failed to authenticate, or the issuer refused to authenticate them. */
export interface AuthenticationFailed {
  readonly kind: 'authentication_failed';
  readonly processorReference: string;
}

/**
 * What a processor said to a verification. Whatever is not provably one of the others is `unknown`: a time-out is never
 * a decline.
 */
export type VerificationAnswer =
  | Approved
  | Declined
  | ActionRequired
  | AuthenticationFailed
  | { readonly kind: 'rejected_before_processing'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What a processor says of our reference. `not_found` may be too early: see {@link Connector.settlingMs}. */
export type LookUpAnswer =
  | Approved
  | Declined
  | ActionRequired
  | AuthenticationFailed
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A processor, reduced to what saving a card needs. Never throws for what the processor or the network does. */
export interface Connector {
  readonly name: string;
  /** How long after a request may have left it can still turn up at the processor, in milliseconds. */
  readonly settlingMs: number;
  /** The longest that `verify` takes to answer, in milliseconds. */
  readonly verifyTimeoutMs: number;

  /** A zero-amount verification. Safe to repeat with the same idempotency key. */
  verify(request: VerificationRequest): Promise<VerificationAnswer>;
  lookUp(scope: Scope, reference: Uuid): Promise<LookUpAnswer>;
  /** Undoes a verification, or keeps it from happening. `done` also when there was nothing to undo. */
  void(scope: Scope, reference: Uuid): Promise<'done' | 'unknown'>;
}
