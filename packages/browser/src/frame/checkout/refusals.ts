import type { CheckoutRefusal } from '../../protocol/checkout-messages.js';
import type { Problem } from './checkout-session.js';

/** What the form refuses by itself, with what to do. The messages are for the merchant's developer unless told otherwise. */
export function refusal(code: keyof typeof MESSAGES, more: Partial<CheckoutRefusal> = {}): CheckoutRefusal {
  const message = MESSAGES[code];
  return { kind: 'refused', code, message, requestId: null, canRetry: false, fieldName: null, ...more };
}

/** What the server refuses, in its own numbers and words. */
export function atServer({ code, message, requestId, canRetry, fieldName }: Problem): CheckoutRefusal {
  return { kind: 'refused', code: String(code), message, requestId, canRetry, fieldName };
}

const MESSAGES = {
  NOT_INITIALIZED: 'There is no session: call initialize, and wait for its callback.',
  INVALID_SESSION_SECRET: 'This is no session secret of a setup intent. Payments are not taken here.',
  WRONG_CREDENTIALS: 'This token is of payment credentials, which no page may hold. Use one of the iframe credentials.',
  ORIGIN_NOT_REGISTERED: 'In live mode the page’s origin has to be registered: onfile merchants origins add.',
  ALREADY_CONFIRMED: 'The card of this session is saved. Create a new setup intent for another one.',
  STILL_PROCESSING: 'The card is still being checked. Call confirmIntent again.',
  CARD_NOT_SAVED: 'The card was not saved.',
  SESSION_EXPIRED: 'The session is over: thirty minutes have passed. Create a new setup intent.',
  REMEMBER_CARD_REQUIRED: 'The customer has to tick “Remember this card”.',
  AUTHORIZATION_REQUIRED: 'The customer has to authorize that their card is charged.',
  CARD_INCOMPLETE: 'The card details are not complete.',
  CARD_DECLINED: 'The card was declined. Please try another card.',
  NETWORK: 'The server could not be reached. Try again.',
} as const;
