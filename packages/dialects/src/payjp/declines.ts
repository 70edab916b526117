import type { SetupErrorCode } from '@onfile/core';
import type { ErrorCode } from './error-codes.js';

/** How an attempt that did not save the card is told, as an answer to a confirmation and in `last_setup_error`. */
export interface Decline {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The code and words with which a failed attempt is told, in `last_setup_error` and in the answer to a confirmation. */
export function renderSetupError(code: SetupErrorCode): { type: string; code: string; message: string } {
  const decline = DECLINES[code];
  return { type: decline.code === 'validation_error' ? 'validation_error' : 'payment_error', ...decline };
}

export const DECLINES: Readonly<Record<SetupErrorCode, Decline>> = {
  card_declined: { code: 'card_declined', message: 'The card was declined.' },
  expired_card: { code: 'expired_card', message: 'The card has expired.' },
  invalid_cvc: { code: 'invalid_cvc', message: 'The security code is wrong.' },
  invalid_expiry: { code: 'invalid_expiration_date', message: 'The expiry date is wrong.' },
  invalid_card_data: { code: 'card_declined', message: 'The card was declined: its data are wrong.' },
  unsupported_brand: { code: 'validation_error', message: 'Cards of this brand are not accepted.' },
  processing_error: {
    code: 'processing_error',
    message: 'The card could not be processed; try again.',
  },
  authentication_failed: { code: 'three_d_secure_failed', message: '3-D Secure failed.' },
  authentication_abandoned: {
    code: 'three_d_secure_failed',
    message: '3-D Secure was not finished in time.',
  },
  not_processed: {
    code: 'processing_error',
    message: 'The card issuer was not asked; try again.',
  },
};
