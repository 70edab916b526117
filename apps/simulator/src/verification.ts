import type { CardBrand, CardChecks, DeclineCode } from './test-cards.js';

export type VerificationStatus =
  | 'authentication_required'
  | 'authenticating'
  | 'approved'
  | 'declined'
  | 'authentication_failed'
  | 'voided';

export type AuthenticationFailure = 'authentication_failed' | 'authentication_expired';

/** One zero-amount verification as the processor knows it: the sum of its ledger records. */
export interface Verification {
  readonly id: string;
  readonly reference: string;
  readonly status: VerificationStatus;
  readonly card: CardSummary;
  /** Why it was declined, or why the authentication failed. */
  readonly code: DeclineCode | AuthenticationFailure | null;
  readonly networkTransactionId: string | null;
  readonly authentication: Authentication | null;
  readonly createdAt: string;
}

/** What the processor keeps of a card. */
export interface CardSummary {
  readonly brand: CardBrand;
  readonly last4: string;
  readonly country: string;
  readonly checks: CardChecks;
}

export interface Authentication {
  /** From then on the cardholder is too late. ISO 8601. */
  readonly expiresAt: string;
  readonly returnUrl: string;
}

/** One line of the ledger: one thing that happened, with the status that it led to. */
export type LedgerRecord = VerificationRequested | VerificationMoved;

export interface VerificationRequested {
  readonly type: 'verification.requested';
  readonly at: string;
  readonly id: string;
  readonly reference: string;
  readonly status: 'authentication_required' | 'approved' | 'declined';
  readonly amount: 0;
  readonly currency: string;
  readonly card: CardSummary;
  readonly code: DeclineCode | null;
  readonly networkTransactionId: string | null;
  readonly authentication: Authentication | null;
  /** SHA-256 of the idempotency key. */
  readonly idempotencyKeyHash: string;
  /** HMAC of the body under the idempotency key, which is not in the ledger: so no number can be guessed from it. */
  readonly requestHash: string;
}

export interface VerificationMoved {
  readonly type: MoveType;
  readonly at: string;
  readonly id: string;
  readonly reference: string;
  readonly status: VerificationStatus;
  readonly code?: DeclineCode | AuthenticationFailure;
  readonly networkTransactionId?: string;
}

export type MoveType =
  | 'authentication.opened'
  | 'authentication.passed'
  | 'authentication.failed'
  /** The cardholder left the page by its way back; the question stays open. */
  | 'authentication.left'
  | 'authentication.expired'
  | 'verification.voided';

export function verificationOf(record: VerificationRequested): Verification {
  const { id, reference, status, card, code, networkTransactionId, authentication, at } = record;
  return { id, reference, status, card, code, networkTransactionId, authentication, createdAt: at };
}

export function applyMove(verification: Verification, move: VerificationMoved): Verification {
  return {
    ...verification,
    status: move.status,
    code: move.code ?? verification.code,
    networkTransactionId: move.networkTransactionId ?? verification.networkTransactionId,
  };
}

/** Whether the cardholder can still decide the authentication. */
export function isUndecided({ status }: Verification): boolean {
  return status === 'authentication_required' || status === 'authenticating';
}
