import type { InvalidEntry, OnfileError, OnfileErrorCode } from '@onfile/js';
import type { FormError } from '../../protocol/messages.js';

/** What the frame or the server says, as an error of this SDK. */
export function formError({ kind, code, message, problems = [] }: FormErrorParts): OnfileError {
  if (kind === 'validation') {
    const fields = problems.map(({ field, problem, message: text }) => ({
      field: entryOf(field),
      problem,
      message: text,
    }));
    return onfileError('invalid_entries', message, { isShown: true, fields });
  }
  if (kind === 'payment') return onfileError(CARD_CODES[code] ?? 'card_declined', message, { isShown: true });
  return onfileError(CODES[code] ?? 'server_error', CODES[code] ? message : `${message} (${code})`);
}

type FormErrorParts = Omit<FormError, 'problems'> & Partial<Pick<FormError, 'problems'>>;

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
  session_not_loaded: 'form_not_loaded',
  form_not_found: 'form_not_mounted',
};

const ENTRIES: readonly InvalidEntry['field'][] = ['number', 'cvc', 'name', 'email', 'phone'];

/** The last part of the wire's name of a field; an expiry has two. */
function entryOf(field: string): InvalidEntry['field'] {
  const name = field.split('.').at(-1);
  if (name?.startsWith('exp_')) return 'expiry';
  return ENTRIES.find((each) => each === name) ?? 'address';
}

/** The server's answer, which is none of success. */
export function answerError(body: { readonly code?: unknown; readonly detail?: unknown }): OnfileError {
  const { code = 'internal_server_error', detail = 'The server gave an answer that cannot be read.' } = body;
  return formError({ kind: 'api', code: String(code), message: String(detail) });
}

export function networkError(origin: string): OnfileError {
  return onfileError(
    'network_error',
    `${origin} cannot be reached, or this page's content policy lacks connect-src ${origin}.`,
  );
}

export function invalidOptions(message: string): OnfileError {
  return onfileError('invalid_options', message);
}

/** What was caught: one of ours, or a fault. */
export function unexpected(error: unknown): OnfileError {
  return isOnfileError(error) ? error : onfileError('server_error', String(error));
}

function isOnfileError(error: unknown): error is OnfileError {
  return error instanceof Error && error.name === 'OnfileError';
}

function onfileError(
  code: OnfileErrorCode,
  message: string,
  more: { readonly isShown?: boolean; readonly fields?: readonly InvalidEntry[] } = {},
): OnfileError {
  return Object.assign(new Error(message), { name: 'OnfileError', code, isShown: false, fields: [], ...more } as const);
}
