import type { Color, ContrastPair, Refusal, WebhookRefusal } from '@onfile/core';
import type { DialectErrors, DialectResponse, FaultFacts, HttpFault } from '../dialect.js';

/** What the operator API answers instead of what was asked for. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  /** The parameter or field that it is about. */
  readonly param?: string;
  readonly contrasts?: readonly FaintColor[];
}

/** A colour of a look that cannot be read: what it measures, what it needs, and the nearest to take instead. */
export interface FaintColor {
  readonly field: string;
  readonly theme: 'light' | 'dark';
  readonly pair: ContrastPair;
  readonly ratio: number;
  readonly required: number;
  readonly nearest: Color;
}

// biome-ignore format: a table
const PROBLEMS = {
  invalid_request:        { status: 400, message: 'The request is not as it has to be.' },
  merchant_required:      { status: 400, message: 'There is more than one merchant: name one in the header Onfile-Merchant. Their ids: GET /operator/v1/merchants.' },
  merchant_unknown:       { status: 404, message: 'There is no such merchant. Their ids: GET /operator/v1/merchants.' },
  not_found:              { status: 404, message: 'There is no such object of this merchant in this mode.' },
  cursor_unknown:         { status: 400, message: 'This cursor is none of this database. Leave it out to begin with the oldest, or send cursor=latest.' },
  card_number_not_allowed: { status: 400, message: 'This looks like a card number. Search by its last four digits.' },
  origin_not_allowed:     { status: 400, message: 'This cannot be registered as an origin.' },
  live_mode_unavailable:  { status: 400, message: 'Live keys come with the first live processor; this release has test mode only.' },
  branding_refused:       { status: 400, message: 'Pages cannot look like this.' },
  logo_refused:           { status: 400, message: 'This cannot be the logo.' },
  endpoint_refused:       { status: 400, message: 'This endpoint cannot be registered.' },
  too_many_changes:       { status: 409, message: 'Others kept changing it. Nothing was done; try again.' },
  too_many_waiting:       { status: 429, message: 'Too many requests wait for events already. Ask without wait_ms, or later.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export function problem(
  code: ProblemCode,
  facts: Partial<Pick<Problem, 'message' | 'param' | 'contrasts'>> = {},
): { readonly kind: 'problem'; readonly problem: Problem } {
  return { kind: 'problem', problem: { code, ...PROBLEMS[code], ...facts } };
}

/** What a refusal of the domain is here: operators read and replay, so few can come. */
export function problemOf(refusal: Refusal): Problem {
  switch (refusal.code) {
    case 'object_not_found':
      return problem('not_found').problem;
    case 'cursor_not_found':
      return problem('cursor_unknown', { param: 'cursor' }).problem;
    case 'too_many_changes_at_once':
      return problem('too_many_changes').problem;
    default:
      return problem('invalid_request', { message: `Refused: ${refusal.code}.` }).problem;
  }
}

export function problemOfWebhook(refusal: WebhookRefusal) {
  switch (refusal.code) {
    case 'endpoint_not_found':
      return problem('not_found');
    case 'too_many_changes_at_once':
      return problem('too_many_changes');
    case 'dialect_unknown':
      return problem('endpoint_refused', {
        message: `Its dialect is one of: ${refusal.known.join(', ')}.`,
        param: 'dialect',
      });
    case 'event_unknown': {
      const message = `${refusal.name} is no event of this dialect. It announces: ${refusal.known.join(', ')}.`;
      return problem('endpoint_refused', { message, param: 'events' });
    }
    case 'too_many_endpoints':
      return problem('endpoint_refused', {
        message: `There are ${refusal.limit} endpoints already; delete one first.`,
      });
    default:
      return problem('endpoint_refused', { message: URL_MESSAGES[refusal.code], param: 'url' });
  }
}

const URL_MESSAGES = {
  url_malformed: 'This is no URL; write one like https://shop.example/hooks.',
  url_too_long: 'The URL is too long: 2,048 characters at most.',
  url_not_https: 'The URL has to begin with https://; in test mode http://localhost is taken too.',
  url_has_user: 'The URL must not hold a user name or password.',
  url_port_not_allowed: 'In live mode the URL has to use the usual port of https, 443.',
  url_host_too_long: 'The host name is too long: 253 characters at most.',
  url_host_is_address: 'Give the name of a host, not an address.',
  url_host_not_public: 'This host is not a public one.',
} as const;

export function answerProblem({ status, ...error }: Problem): DialectResponse {
  return { status, body: { error } };
}

// biome-ignore format: a table
const FAULTS = {
  unauthorized:               { status: 401, message: 'Send an operator key (op_…) or a secret key (sk_…) as Authorization: Bearer. `onfile keys operator create` makes one.' },
  forbidden:                  { status: 403, message: 'This takes an operator key (op_…). `onfile keys operator create` makes one.' },
  not_found_route:            { status: 404, message: 'Nothing is at this address. What there is: GET /operator/v1/openapi.json.' },
  method_not_allowed:         { status: 405, message: 'This method is not supported here.' },
  malformed_body:             { status: 400, message: 'The body cannot be read.' },
  malformed_query:            { status: 400, message: 'The query cannot be read.' },
  repeated_header:            { status: 400, message: 'A header is given more than once.' },
  body_missing:               { status: 400, message: 'A body is required.' },
  unsupported_media_type:     { status: 415, message: 'Send the body as application/json.' },
  sensitive_data_not_allowed: { status: 400, message: 'A card number is not allowed here. Nothing was stored.' },
  invalid_idempotency_key:    { status: 400, message: 'The idempotency key is malformed.' },
  request_timeout:            { status: 408, message: 'The request took too long to arrive.' },
  body_too_large:             { status: 413, message: 'The body is too large.' },
  url_too_long:               { status: 414, message: 'The address is too long.' },
  headers_too_large:          { status: 431, message: 'The headers are too large.' },
  too_many_requests:          { status: 429, message: 'Too many requests.' },
  card_route_elsewhere:       { status: 421, message: 'Card data goes to the vault.' },
  internal_fault:             { status: 500, message: 'Something broke on our side. The log tells what, by the request id.' },
  storage_unavailable:        { status: 503, message: 'The database does not answer. Try again in a moment.' },
} as const satisfies Record<HttpFault, { status: number; message: string }>;

/** The shape of every error here: `{ "error": { "code", "message", "param"? } }`. */
export const operatorErrors: Pick<DialectErrors, 'fault'> = {
  fault(fault, { detail, retryAfterSeconds }: FaultFacts) {
    const { status, message } = FAULTS[fault];
    return {
      ...answerProblem({ code: fault, status, message: detail ?? message }),
      ...(retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
    };
  },
};
