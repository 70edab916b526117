import type { HttpFault } from '@onfile/dialects';
import type { HttpAnswer, RenderFault } from './http-route.js';

const PROBLEMS = {
  unauthorized: { status: 401, title: 'A valid API key is missing' },
  forbidden: { status: 403, title: 'This kind of key is not accepted here' },
  not_found_route: { status: 404, title: 'Nothing is at this address' },
  method_not_allowed: { status: 405, title: 'This method is not supported here' },
  malformed_body: { status: 400, title: 'The body cannot be read' },
  malformed_query: { status: 400, title: 'The query cannot be read' },
  repeated_header: { status: 400, title: 'A header is given more than once' },
  body_missing: { status: 400, title: 'A body is required' },
  unsupported_media_type: { status: 415, title: 'This content type is not supported' },
  sensitive_data_not_allowed: { status: 400, title: 'A card number is not allowed here' },
  invalid_idempotency_key: { status: 400, title: 'The idempotency key is malformed' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  body_too_large: { status: 413, title: 'The body is too large' },
  url_too_long: { status: 414, title: 'The address is too long' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  card_route_elsewhere: { status: 421, title: 'Card data goes to the vault' },
  internal_fault: { status: 500, title: 'Something broke on our side' },
  storage_unavailable: { status: 503, title: 'The database does not answer' },
} as const satisfies Record<HttpFault, { status: number; title: string }>;

/** The error shape of addresses that belong to no dialect: problem+json (RFC 9457) without a type of its own. */
export const renderProblem: RenderFault = (fault, facts) => {
  const { status, title } = PROBLEMS[fault];
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(facts.retryAfterSeconds === undefined ? {} : { 'retry-after': String(facts.retryAfterSeconds) }),
    },
    body: JSON.stringify({
      status,
      code: fault,
      title,
      ...(facts.detail === undefined ? {} : { detail: facts.detail }),
    }),
  } satisfies HttpAnswer;
};
