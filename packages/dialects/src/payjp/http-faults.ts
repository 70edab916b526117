import type { FaultFacts, HttpFault } from '../dialect.js';
import type { ErrorCode } from './error-codes.js';

interface FaultError {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** The error for what the HTTP layer refuses. PAY.JP publishes few of these; the other codes are ours. */
export function httpFaultError(fault: HttpFault, { path, idempotent = false }: FaultFacts): FaultError {
  if (fault === 'not_found_route' && TAKES_PAYMENTS.test(path)) return PAYMENTS_ELSEWHERE;
  if (fault === 'storage_unavailable' && idempotent) return IDEMPOTENCY_STORE_DOWN;
  return HTTP_FAULTS[fault];
}

const HTTP_FAULTS: Readonly<Record<HttpFault, FaultError>> = {
  unauthorized: {
    code: 'unauthorized',
    detail: 'A valid API key is required, as Bearer token or as the user name of HTTP Basic.',
  },
  forbidden: {
    code: 'forbidden',
    detail: 'A key of this kind may not do this; use a secret key.',
  },
  not_found_route: { code: 'not_found', detail: 'There is no such endpoint.' },
  method_not_allowed: {
    code: 'method_not_allowed',
    detail: 'This endpoint does not have this method.',
  },
  malformed_body: {
    code: 'malformed_body',
    detail: 'The body is not acceptable JSON.',
  },
  malformed_query: {
    code: 'malformed_query',
    detail: 'The query is not acceptable.',
  },
  repeated_header: {
    code: 'repeated_header',
    detail: 'A header is given more than once.',
  },
  body_missing: { code: 'validation_error', detail: 'The body has to be a JSON object; it may be {}.' },
  unsupported_media_type: {
    code: 'unsupported_media_type',
    detail: 'The body has to be application/json in UTF-8.',
  },
  sensitive_data_not_allowed: {
    code: 'sensitive_data_not_allowed',
    detail: 'A card number was found where none belongs. Nothing was stored.',
  },
  invalid_idempotency_key: {
    code: 'invalid_idempotency_key',
    detail: 'An idempotency key has 1 to 255 letters, digits, hyphens and underscores.',
  },
  request_timeout: {
    code: 'request_timeout',
    detail: 'The request took too long to arrive.',
  },
  body_too_large: { code: 'body_too_large', detail: 'The body is too large.' },
  url_too_long: { code: 'url_too_long', detail: 'The URL is too long.' },
  headers_too_large: {
    code: 'headers_too_large',
    detail: 'The headers are too large.',
  },
  too_many_requests: {
    code: 'over_capacity',
    detail: 'There were too many requests; wait before the next one.',
  },
  card_route_elsewhere: {
    code: 'card_route_elsewhere',
    detail: 'Requests with card numbers are taken by the vault only; send this one to its address.',
  },
  internal_fault: {
    code: 'internal_server_error',
    detail: 'Something broke here. Trying again is safe with an idempotency key.',
  },
  storage_unavailable: {
    code: 'storage_unavailable',
    detail: 'The database does not answer. Trying again is safe with an idempotency key.',
  },
};

const IDEMPOTENCY_STORE_DOWN: FaultError = {
  code: 'idempotency_infrastructure_error',
  detail: 'The store of idempotency keys does not answer. Try again with the same key.',
};

/** Endpoints of PAY.JP that a client may well look for here. */
const TAKES_PAYMENTS =
  /^\/v2\/(?:payment_(?:flows|refunds|disputes|transactions)|products|prices|tax_rates|statements|balances|terms)(?:\/|$)/;

const PAYMENTS_ELSEWHERE: FaultError = {
  code: 'not_found',
  detail: 'This server saves payment methods and takes no payments, so it has no such endpoint.',
};
