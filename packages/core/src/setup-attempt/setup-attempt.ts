import type { Instant, Scope, Uuid } from '../scope.js';

/** Why an issuer or processor said no. Dialects map these to their own words. */
export const DECLINE_CODES = [
  'card_declined',
  'expired_card',
  'invalid_cvc',
  'invalid_expiry',
  'invalid_card_data',
  'unsupported_brand',
  'processing_error',
] as const;
export type DeclineCode = (typeof DECLINE_CODES)[number];

/** Why an attempt did not save the card: a decline, or one of ours. */
export type SetupErrorCode =
  | DeclineCode
  /** The cardholder failed 3-D Secure. */
  | 'authentication_failed'
  /** The cardholder did not finish 3-D Secure in time. */
  | 'authentication_abandoned'
  /** The processor never saw the request: nothing was asked of the issuer. */
  | 'not_processed';

/**
 * `asking`: the processor has been, or is about to be, asked, and its answer is not known.
 * `awaiting_authentication`: the cardholder is at the issuer.
 * `needs_review`: seven days of asking brought no answer; a person has to look.
 * `voiding`: given up by us while the processor might still approve; it is told to undo.
 * `void_needs_review`: seven days of telling it brought no answer; a person has to look. The setup went on without it.
 * `closed`: over.
 */
export type AttemptState =
  | 'asking'
  | 'awaiting_authentication'
  | 'needs_review'
  | 'voiding'
  | 'void_needs_review'
  | 'closed';

export type AttemptOutcome =
  | 'approved'
  | 'declined'
  | 'authentication_failed'
  | 'abandoned'
  | 'not_processed'
  /** A newer attempt of the same setup intent took its place. */
  | 'superseded'
  /** The setup intent was canceled or expired. */
  | 'canceled';

/** One try at a setup intent with a processor. Its id is our reference there. */
export interface SetupAttempt {
  readonly id: Uuid;
  readonly scope: Scope;
  readonly version: number;
  readonly setupIntentId: Uuid;
  readonly paymentMethodId: Uuid;
  /** `entered`: typed for this attempt, and discarded if it fails. `saved`: it was there before. */
  readonly paymentMethodOrigin: 'entered' | 'saved';
  readonly connector: string;
  readonly state: AttemptState;
  readonly outcome: AttemptOutcome | null;
  readonly errorCode: SetupErrorCode | null;
  /** The processor's own id of the verification. */
  readonly processorReference: string | null;
  /** Where the cardholder authenticates, at the processor or issuer; `null` while they were not asked to. */
  readonly authenticationUrl: string | null;
  /** From when on an unfinished authentication counts as abandoned. */
  readonly authenticationDeadlineAt: Instant | null;
  /** When the cardholder's browser came back and found the attempt over; its state token is used up then. */
  readonly returnedAt: Instant | null;
  readonly consent: Consent;
  /** The cardholder wishes that the method becomes their default when this attempt succeeds. */
  readonly makesDefault: boolean;
  /** When a job looks at it next; `null` when there is nothing left to do. */
  readonly nextCheckAt: Instant | null;
  /** How many times a job has looked. */
  readonly checks: number;
  /** How many look-ups in a row, after the settling time, found nothing. */
  readonly notFoundReads: number;
  readonly startedAt: Instant;
  readonly closedAt: Instant | null;
}

/** What shows that the cardholder agreed: kept with the attempt, and with the mandate when it succeeds. */
export interface Consent {
  readonly acceptedAt: Instant;
  /** Version of the words that were shown; `null` when the merchant's own page showed them. */
  readonly textVersion: string | null;
  readonly language: string | null;
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
}

/** States in which a setup intent can have one attempt only; the database holds this too. */
export const OPEN_ATTEMPT_STATES: readonly AttemptState[] = ['asking', 'awaiting_authentication', 'needs_review'];

export function isOpen(attempt: SetupAttempt): boolean {
  return OPEN_ATTEMPT_STATES.includes(attempt.state);
}
