import type { FaultFacts, HttpFault } from '../dialect.js';
import { NOT_FOUND, type PayjpError, VALIDATION_ERROR } from './problem.js';

type FaultError = PayjpError & { readonly detail: string };

/** The error for what the HTTP layer refuses. PAY.JP publishes few of these; the other codes are ours. */
export function httpFaultError(fault: HttpFault, { path, idempotent = false }: FaultFacts): FaultError {
  if (fault === 'not_found_route' && TAKES_PAYMENTS.test(path)) return PAYMENTS_ELSEWHERE;
  if (fault === 'storage_unavailable' && idempotent) return IDEMPOTENCY_STORE_DOWN;
  return HTTP_FAULTS[fault];
}

const HTTP_FAULTS: Readonly<Record<HttpFault, FaultError>> = {
  unauthorized: {
    status: 401,
    code: 'unauthorized',
    title: 'Unauthorized',
    detail: 'A valid API key is required, as Bearer token or as the user name of HTTP Basic.',
  },
  forbidden: {
    status: 403,
    code: 'forbidden',
    title: 'Forbidden',
    detail: 'A key of this kind may not do this; use a secret key.',
  },
  not_found_route: { ...NOT_FOUND, detail: 'There is no such endpoint.' },
  method_not_allowed: {
    status: 405,
    code: 'method_not_allowed',
    title: 'Method Not Allowed',
    detail: 'This endpoint does not have this method.',
  },
  malformed_body: {
    status: 400,
    code: 'malformed_body',
    title: 'Malformed Body',
    detail: 'The body is not acceptable JSON.',
  },
  malformed_query: {
    status: 400,
    code: 'malformed_query',
    title: 'Malformed Query',
    detail: 'The query is not acceptable.',
  },
  body_missing: { ...VALIDATION_ERROR, detail: 'The body has to be a JSON object; it may be {}.' },
  unsupported_media_type: {
    status: 415,
    code: 'unsupported_media_type',
    title: 'Unsupported Media Type',
    detail: 'The body has to be application/json in UTF-8.',
  },
  sensitive_data_not_allowed: {
    status: 400,
    code: 'sensitive_data_not_allowed',
    title: 'Sensitive Data Not Allowed',
    detail: 'A card number was found where none belongs. Nothing was stored.',
  },
  invalid_idempotency_key: {
    status: 400,
    code: 'invalid_idempotency_key',
    title: 'Invalid Idempotency Key',
    detail: 'An idempotency key has 1 to 255 letters, digits, hyphens and underscores.',
  },
  request_timeout: {
    status: 408,
    code: 'request_timeout',
    title: 'Request Timeout',
    detail: 'The request took too long to arrive.',
  },
  body_too_large: { status: 413, code: 'body_too_large', title: 'Body Too Large', detail: 'The body is too large.' },
  url_too_long: { status: 414, code: 'url_too_long', title: 'URL Too Long', detail: 'The URL is too long.' },
  headers_too_large: {
    status: 431,
    code: 'headers_too_large',
    title: 'Headers Too Large',
    detail: 'The headers are too large.',
  },
  too_many_requests: {
    status: 429,
    code: 'over_capacity',
    title: 'Over Capacity',
    detail: 'There were too many requests; wait before the next one.',
  },
  card_route_elsewhere: {
    status: 421,
    code: 'card_route_elsewhere',
    title: 'Card Route Elsewhere',
    detail: 'Requests with card numbers are taken by the vault only; send this one to its address.',
  },
  internal_fault: {
    status: 500,
    code: 'internal_server_error',
    title: 'Internal Server Error',
    detail: 'Something broke here. Trying again is safe with an idempotency key.',
  },
  storage_unavailable: {
    status: 503,
    code: 'storage_unavailable',
    title: 'Storage Unavailable',
    detail: 'The database does not answer. Trying again is safe with an idempotency key.',
  },
};

const IDEMPOTENCY_STORE_DOWN: FaultError = {
  status: 503,
  code: 'idempotency_infrastructure_error',
  title: 'Idempotency Infrastructure Error',
  detail: 'The store of idempotency keys does not answer. Try again with the same key.',
};

/** Endpoints of PAY.JP that a client may well look for here. */
const TAKES_PAYMENTS =
  /^\/v2\/(?:payment_(?:flows|refunds|disputes|transactions)|products|prices|tax_rates|statements|balances|terms)(?:\/|$)/;

const PAYMENTS_ELSEWHERE: FaultError = {
  ...NOT_FOUND,
  detail: 'This server saves payment methods and takes no payments, so it has no such endpoint.',
};
