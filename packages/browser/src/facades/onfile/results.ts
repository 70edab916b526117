import type { OnfileError, SaveResult } from '@onfile/js';
import { formError, onfileError } from './errors.js';
import type { FoundIntent } from './setup-intent.js';

/** What came of a setup, as the server has it; `null` while a card or the cardholder's answer to the bank is wanted. */
export function resultOf({ setupIntent, lastError }: FoundIntent): SaveResult | null {
  const { status } = setupIntent;
  if (status === 'succeeded' || status === 'processing') return { status, setupIntent };
  if (status === 'canceled') return failed(onfileError('setup_intent_closed', CLOSED), setupIntent);
  if (status !== 'requires_payment_method' || lastError === null) return null;
  return failed(formError({ kind: 'payment', ...lastError }), setupIntent);
}

const CLOSED = 'The setup is canceled. Create another on your server.';

export function failed(error: OnfileError, setupIntent: SaveResult['setupIntent'] = null): SaveResult {
  return { status: 'failed', setupIntent, error };
}
