import type { HttpFault } from '../dialect.js';
import { CODES } from './choices.js';
import type { ToastError } from './error-message.js';

const MALFORMED: ToastError = { status: 400, code: CODES.malformedRequest, message: 'The request cannot be read.' };

/** The error for what the HTTP layer refuses. */
export const HTTP_FAULT_ERRORS = {
  unauthorized: { status: 401, code: CODES.badToken, message: 'A valid token is required.' },
  forbidden: { status: 403, code: CODES.scope, message: 'These credentials do not allow this.' },
  not_found_route: { status: 404, code: CODES.notFound, message: 'There is no such endpoint.' },
  method_not_allowed: { status: 405, code: CODES.methodNotAllowed, message: 'This endpoint has no such method.' },
  malformed_body: MALFORMED,
  malformed_query: MALFORMED,
  repeated_header: { status: 400, code: CODES.invalidField, message: 'A header is given more than once.' },
  body_missing: { status: 400, code: CODES.missingField, message: 'A JSON object is required as the body.' },
  unsupported_media_type: { status: 415, code: CODES.mediaType, message: 'The body has to be JSON in UTF-8.' },
  sensitive_data_not_allowed: {
    status: 400,
    code: CODES.sensitiveData,
    message: 'A card number was found where none belongs. Nothing was stored.',
  },
  invalid_idempotency_key: {
    status: 400,
    code: CODES.invalidField,
    message: 'The idempotency key has to be a UUID.',
    fieldName: 'Toast-Idempotency-Key',
  },
  request_timeout: { status: 408, code: CODES.timeout, message: 'The request took too long.', canRetry: true },
  body_too_large: { status: 413, code: CODES.tooLarge, message: 'The body is too large.' },
  url_too_long: { status: 414, code: CODES.urlTooLong, message: 'The address is too long.' },
  headers_too_large: { status: 431, code: CODES.headersTooLarge, message: 'The headers are too large.' },
  too_many_requests: {
    status: 429,
    code: CODES.tooManyRequests,
    message: 'There were too many requests.',
    canRetry: true,
  },
  card_route_elsewhere: { status: 421, code: CODES.cardElsewhere, message: 'Cards are taken at another address.' },
  internal_fault: { status: 500, code: CODES.internal, message: 'Something broke on our side.', canRetry: true },
  storage_unavailable: {
    status: 503,
    code: CODES.unavailable,
    message: 'This is not available at the moment.',
    canRetry: true,
  },
} as const satisfies Record<HttpFault, ToastError>;
