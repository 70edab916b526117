import type { StandingInstruction, Usage } from '@onfile/core';

// Toast's public documents leave these open, or disagree about them. Each is ours, in one place, until more is published.

/** How long an unconfirmed setup intent, and its session secret, can be used. Toast, hosted checkout guide: 30 minutes. */
export const SETUP_INTENT_LIFETIME_MS = 30 * 60_000;

/** How many confirmations may begin; then 429 until the intent expires. Not published. */
export const CONFIRM_ATTEMPTS_MAX = 10;

/** What `usage` is where a request has none: with a standing instruction the merchant means to charge. Not published. */
export function usageWhenAbsent(standingInstruction: StandingInstruction | null): Usage {
  return standingInstruction === null ? 'on_session' : 'off_session';
}

/** `paymentMethodTypes` of a setup intent: documented as an array of arrays, with an empty one as the sample. */
export const PAYMENT_METHOD_TYPES = ['CARD'] as const;

/** `standingInstructionType` of a mandate that was granted through another dialect, which may not have told one. */
export const STANDING_INSTRUCTION_WHEN_UNKNOWN: StandingInstruction = 'unscheduled';

/** `card.funding`: this installation does not know whether a card is a debit or a credit card. */
export const FUNDING = 'UNKNOWN';

/** `externalReferenceId` of a mandate names the words of a custom agreement; only the default ones are supported. */
export const MANDATE_WORDING_REFERENCE = null;

/** Lengths of the callers' own texts, in characters. Not published. */
export const REFERENCE_LENGTH_MAX = 255;

/** A token is good for a day, and the same one is given out until its last minute. Source: Toast, developer guide. */
export const TOKEN_LIFETIME_MS = 24 * 60 * 60_000;
export const TOKEN_RENEWED_BEFORE_END_MS = 60_000;

/**
 * Toast's general limits, as its developer guide has them; none is published for hosted checkout. Logins are not counted:
 * they answer the same token.
 */
export const RATE_LIMIT_WINDOWS = [
  { requests: 20, seconds: 1 },
  { requests: 10_000, seconds: 15 * 60 },
] as const;

/** Scope names are not published for hosted checkout. */
export const SCOPES = {
  payment: [
    'setup_intents:read',
    'setup_intents:write',
    'payment_methods:read',
    'payment_methods:write',
    'customers:read',
    'customers:write',
    'mandates:read',
    'mandates:write',
  ],
  iframe: ['hosted_checkout.iframe:write'],
} as const;
export type ToastScope = (typeof SCOPES)['payment' | 'iframe'][number];

/** Numbers of errors are not published. The first three digits are those of the HTTP status. */
export const CODES = {
  malformedRequest: 40000,
  missingField: 40001,
  invalidField: 40002,
  unknownCustomer: 40003,
  cardDeclined: 40004,
  paymentMethodMissing: 40005,
  cardNotToBeKept: 40006,
  sensitiveData: 40007,
  badToken: 40101,
  scope: 40301,
  location: 40302,
  sessionSecret: 40303,
  rawCard: 40304,
  notFound: 40401,
  expired: 40402,
  methodNotAllowed: 40501,
  timeout: 40801,
  stateConflict: 40901,
  paymentMethodNotOfIntent: 40902,
  idempotencyMismatch: 40903,
  tooLarge: 41301,
  urlTooLong: 41401,
  mediaType: 41501,
  cardElsewhere: 42101,
  tooManyRequests: 42901,
  tooManyAttempts: 42902,
  headersTooLarge: 43101,
  internal: 50000,
  unavailable: 50301,
} as const;
