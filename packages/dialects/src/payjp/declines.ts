import type { SetupErrorCode } from '@onfile/core';
import { type PayjpError, VALIDATION_ERROR } from './problem.js';

/** How an attempt that did not save the card is told, as an answer to a confirmation and in `last_setup_error`. */
export interface Decline {
  readonly error: PayjpError;
  readonly message: string;
}

/** The code and words with which a failed attempt is told, in `last_setup_error` and in the answer to a confirmation. */
export function renderSetupError(code: SetupErrorCode): { type: string; code: string; message: string } {
  const { error, message } = DECLINES[code];
  return { type: error === VALIDATION_ERROR ? 'validation_error' : 'payment_error', code: error.code, message };
}

function paymentFailed(code: string): PayjpError {
  return { status: 402, code, title: 'Payment Failed' };
}

export const DECLINES: Readonly<Record<SetupErrorCode, Decline>> = {
  card_declined: { error: paymentFailed('card_declined'), message: 'The card was declined.' },
  expired_card: { error: paymentFailed('expired_card'), message: 'The card has expired.' },
  invalid_cvc: { error: paymentFailed('invalid_cvc'), message: 'The security code is wrong.' },
  invalid_expiry: { error: paymentFailed('invalid_expiration_date'), message: 'The expiry date is wrong.' },
  invalid_card_data: { error: paymentFailed('card_declined'), message: 'The card was declined: its data are wrong.' },
  unsupported_brand: { error: VALIDATION_ERROR, message: 'Cards of this brand are not accepted.' },
  processing_error: {
    error: paymentFailed('processing_error'),
    message: 'The card could not be processed; try again.',
  },
  authentication_failed: { error: paymentFailed('three_d_secure_failed'), message: '3-D Secure failed.' },
  authentication_abandoned: {
    error: paymentFailed('three_d_secure_failed'),
    message: '3-D Secure was not finished in time.',
  },
  not_processed: {
    error: paymentFailed('processing_error'),
    message: 'The card issuer was not asked; try again.',
  },
};
