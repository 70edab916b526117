import type {
  ActionRequired,
  Approved,
  AuthenticationFailed,
  DeclineCode,
  Declined,
  LookUpAnswer,
  SendResult,
  VerificationAnswer,
} from '@onfile/core';

type Unknown = { readonly kind: 'unknown'; readonly reason: string };
type Fields = Readonly<Record<string, unknown>>;

/** What an answer to `POST /v1/verifications` proves; `unknown` wherever it proves nothing. */
export function readVerification(result: SendResult, reference: string): VerificationAnswer {
  if (result.kind === 'not_sent') return { kind: 'rejected_before_processing', reason: result.reason };
  const answer = readAnswer(result);
  if (isUnknown(answer)) return answer;
  const { status, fields } = answer;
  if (status === 200 || status === 402) return readStanding(fields, reference, status);

  const code = errorCodeOf(fields);
  return REFUSALS.has(`${status} ${code}`)
    ? { kind: 'rejected_before_processing', reason: code }
    : unknown(`HTTP status ${status}`);
}

/** What an answer to `GET /v1/verifications?reference=…` proves. */
export function readLookUp(result: SendResult, reference: string): LookUpAnswer {
  const answer = readAnswer(result);
  if (isUnknown(answer)) return answer;
  const { status, fields } = answer;
  if (status === 404 && errorCodeOf(fields) === 'verification_not_found') return { kind: 'not_found' };
  return status === 200 ? readStanding(fields, reference, status) : unknown(`HTTP status ${status}`);
}

/** Whether an answer to `POST /v1/verifications/void` proves that nothing stands under the reference any more. */
export function readVoid(result: SendResult, reference: string): 'done' | 'unknown' {
  const answer = readAnswer(result);
  if (isUnknown(answer) || answer.status !== 200 || answer.fields.reference !== reference) return 'unknown';
  return NOTHING_STANDS.has(String(answer.fields.status)) ? 'done' : 'unknown';
}

/**
 * The simulator's own refusals, documented as given before anything is processed. `idempotency_conflict` is not one:
 * it says that something was processed under that key.
 */
const REFUSALS: ReadonlySet<string> = new Set([
  '400 invalid_request',
  '400 invalid_json',
  '400 invalid_text',
  '400 idempotency_key_required',
  '401 secret_missing',
  '409 reference_voided',
  '413 body_too_large',
  '415 unsupported_content',
]);

const NOTHING_STANDS: ReadonlySet<string> = new Set(['voided', 'declined', 'authentication_failed']);

const DECLINES: Readonly<Record<string, DeclineCode>> = {
  card_declined: 'card_declined',
  expired_card: 'expired_card',
  invalid_cvc: 'invalid_cvc',
  invalid_expiry: 'invalid_expiry',
  invalid_card_data: 'invalid_card_data',
  unsupported_brand: 'unsupported_brand',
  processing_error: 'processing_error',
};

function readStanding(
  fields: Fields,
  reference: string,
  httpStatus: number,
): Approved | Declined | ActionRequired | AuthenticationFailed | Unknown {
  if (fields.reference !== reference) return unknown('the answer is about another reference');
  const processorReference = text(fields.id);
  if (fields.status === 'declined') {
    return { kind: 'declined', code: declineCodeOf(fields.code), processorReference };
  }
  if (httpStatus !== 200) return unknown(`HTTP status ${httpStatus} without a decline`);
  // Undone at the processor by somebody: the setup did not succeed, and nothing is left of it there.
  if (fields.status === 'voided') return { kind: 'declined', code: 'processing_error', processorReference };
  if (processorReference === null) return unknown('the answer names no verification');

  switch (fields.status) {
    case 'approved':
      return {
        kind: 'approved',
        processorReference,
        networkTransactionId: text(fields.network_transaction_id),
        country: text(object(fields.card).country),
        authenticated: fields.authenticated === true,
      };
    case 'authentication_required':
    case 'authenticating':
      return readAuthentication(object(fields.authentication), processorReference);
    case 'authentication_failed':
      return { kind: 'authentication_failed', processorReference };
    default:
      return unknown('a status that is not documented');
  }
}

function readAuthentication(authentication: Fields, processorReference: string): ActionRequired | Unknown {
  const url = text(authentication.url);
  if (url === null || !/^https?:\/\//.test(url) || !URL.canParse(url)) return unknown('no authentication address');
  const expiresAt = Date.parse(text(authentication.expires_at) ?? '');
  return { kind: 'action_required', processorReference, url, expiresAt: Number.isNaN(expiresAt) ? null : expiresAt };
}

/** A decline stays one when its reason is new to us. */
function declineCodeOf(code: unknown): DeclineCode {
  return typeof code === 'string' && Object.hasOwn(DECLINES, code) ? (DECLINES[code] as DeclineCode) : 'card_declined';
}

function readAnswer(result: SendResult): { status: number; fields: Fields } | Unknown {
  if (result.kind !== 'answered') return unknown(result.reason);
  try {
    const body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(result.body)) as unknown;
    return { status: result.status, fields: object(body) };
  } catch {
    return unknown(`HTTP status ${result.status} with a body that is not JSON`);
  }
}

function isUnknown(answer: { status: number; fields: Fields } | Unknown): answer is Unknown {
  return 'kind' in answer;
}

function errorCodeOf(fields: Fields): string {
  return text(object(fields.error).code) ?? '';
}

function object(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}
