import type { Change } from '../ports/storage.js';
import { type Refused, refuse } from '../refusals.js';
import type { SetupAttempt } from '../setup-attempt/setup-attempt.js';
import type { IntentDraft, SetupIntent } from './setup-intent.js';

/** Removes a card that was entered ahead of its confirmation. One that the open attempt uses goes with that attempt. */
export function discardDraft({ draft }: SetupIntent, openAttempt: SetupAttempt | null): Change[] {
  if (draft === null || draft.paymentMethodId === openAttempt?.paymentMethodId) return [];
  return [{ kind: 'delete_draft', id: draft.paymentMethodId }];
}

/** The refusal of a card that the cardholder did not agree to keep; `null` when it may be confirmed. */
export function refuseUnkept({ usage }: IntentDraft): Refused | null {
  return usage === null ? refuse('payment_method_not_to_be_kept', {}) : null;
}
