import type { InvalidEntry, OnfileError, OnfileErrorCode } from '@onfile/js';
import type { FieldProblem, FormError } from '../../protocol/messages.js';

/** What the frame or the server says, as an error of this SDK. */
export function formError({
  kind,
  code,
  message,
  problems,
}: Omit<FormError, 'problems'> & Partial<FormError>): OnfileError {
  if (kind === 'validation') return onfileError('invalid_entries', message, true, problems?.map(invalidEntry));
  if (kind === 'payment') return onfileError(CARD_CODES[code] ?? 'card_declined', message, true);
  return onfileError(CODES[code] ?? 'server_error', message);
}

const CARD_CODES: Readonly<Record<string, OnfileErrorCode>> = {
  expired_card: 'expired_card',
  invalid_cvc: 'invalid_cvc',
  invalid_expiration_date: 'invalid_expiry',
  processing_error: 'processing_error',
  three_d_secure_failed: 'authentication_failed',
  validation_error: 'unsupported_card',
  test_card_on_livemode: 'unsupported_card',
  test_mode_live_card: 'unsupported_card',
};

const CODES: Readonly<Record<string, OnfileErrorCode>> = {
  unauthorized: 'unknown_public_key',
  forbidden: 'unknown_public_key',
  not_found: 'unknown_client_secret',
  invalid_status: 'setup_intent_closed',
  too_many_attempts: 'too_many_attempts',
  over_capacity: 'rate_limited',
  network_error: 'network_error',
  timeout: 'outcome_unknown',
  unreadable_answer: 'outcome_unknown',
  session_not_loaded: 'form_not_loaded',
  form_not_found: 'form_not_mounted',
};

const ENTRIES: Readonly<Record<string, InvalidEntry['field']>> = {
  number: 'number',
  exp_month: 'expiry',
  exp_year: 'expiry',
  cvc: 'cvc',
  name: 'name',
  email: 'email',
  phone: 'phone',
};

/** The last part of the wire's name tells which entry it is. */
function invalidEntry({ field, problem, message }: FieldProblem): InvalidEntry {
  return { field: ENTRIES[field.split('.').at(-1) ?? ''] ?? 'address', problem, message };
}

export function onfileError(
  code: OnfileErrorCode,
  message: string,
  isShown = false,
  fields: readonly InvalidEntry[] = [],
): OnfileError {
  return Object.assign(new Error(message), { name: 'OnfileError', code, isShown, fields } as const);
}

export function invalidOptions(message: string): OnfileError {
  return onfileError('invalid_options', message);
}
