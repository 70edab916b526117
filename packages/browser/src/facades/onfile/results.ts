import type { SaveResult } from '@onfile/js';
import { formError, unexpected } from './errors.js';
import type { FoundIntent } from './setup-intent.js';

/** What came of a setup, as the server has it; `null` while a card or the cardholder's answer to the bank is wanted. */
export function resultOf({ setupIntent, lastError }: FoundIntent): SaveResult | null {
  const { status } = setupIntent;
  if (status === 'succeeded' || status === 'processing') return { status, setupIntent };
  if (status === 'canceled') {
    return {
      status: 'failed',
      setupIntent,
      error: formError({ kind: 'api', code: 'invalid_status', message: CLOSED }),
    };
  }
  if (status !== 'requires_payment_method' || lastError === null) return null;
  return { status: 'failed', setupIntent, error: formError({ kind: 'payment', ...lastError }) };
}

const CLOSED = 'The setup is canceled or has expired. Create another on your server.';

export function failed(error: unknown): Extract<SaveResult, { status: 'failed' }> {
  return { status: 'failed', setupIntent: null, error: unexpected(error) };
}
