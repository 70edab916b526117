import type { Call, Operations, Refusal, Scope, SetupIntent } from '@onfile/core';
import type { ErrorPages } from './error-pages.js';

/**
 * A wire API that we speak: which requests it knows, how each is put to the domain, and how answers look. It translates
 * and decides nothing. Everything that is the same for every dialect (connections, keys, idempotency records, limits,
 * parsing of JSON, taking card numbers out) is done by the HTTP layer around it.
 */
export interface Dialect {
  readonly name: string;
  readonly routes: readonly Route[];
  /** Routes that ask for no credentials, since they are where callers get theirs. None unless given. */
  readonly openRoutes?: readonly OpenRoute[];
  readonly errors: DialectErrors;
  readonly errorPages?: ErrorPages;
  /** How its callers show who they are; by the installation's API keys unless given. */
  readonly callers?: CallerAuthentication;
  /** Lower-case names of request headers that have a meaning here. They are part of a request where two are compared. */
  readonly headers?: readonly string[];
  /** Lower-case name of the header with the idempotency key; `idempotency-key` unless given. */
  readonly idempotencyHeader?: string;
  /** What an idempotency key has to match; the HTTP layer answers `invalid_idempotency_key` for any other. */
  readonly idempotencyKeyPattern: RegExp;
  /** How many requests a caller may make; no limit unless given. */
  readonly rateLimits?: RateLimits;
  /** The intent's return URL, with what this dialect adds to it when the cardholder is brought back; `null` without one. */
  renderReturnUrl(intent: SetupIntent, clientSecret: string): string | null;
}

/** `secret`: the merchant's server. `browser`: a page, with the merchant's public key. */
export type Access = 'secret' | 'browser';

export interface Caller {
  readonly scope: Scope;
  readonly access: Access;
  /** What their credentials allow, where the dialect has words for it. */
  readonly permissions: readonly string[];
}

export interface CallerAuthentication {
  /** `null`: no credentials, or such as are malformed, unknown, expired or revoked; the caller cannot tell which. */
  authenticate(authorization: string | undefined): Promise<Caller | null>;
}

/** Requests are counted in slots of time that are the same for everybody, in each process by itself. */
export interface RateLimits {
  readonly windows: readonly { readonly requests: number; readonly seconds: number }[];
  /** Whose requests count together. */
  countedAs(request: {
    readonly caller: Caller;
    readonly headers: Readonly<Record<string, string>>;
    readonly clientAddress: string | null;
  }): string;
  /** On every answer: of the window that has the fewest requests left. `resetAt` is in seconds since 1970. */
  renderHeaders(standing: { readonly remaining: number; readonly resetAt: number }): Readonly<Record<string, string>>;
}

export interface OpenRoute extends Pick<Route, 'method' | 'path' | 'body'> {
  handle(request: Pick<DialectRequest, 'body' | 'path' | 'requestId'>): Promise<DialectResponse>;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** A template such as `/v2/setup_flows/:id`; together with the method it is an idempotency key's operation. */
  readonly path: string;
  /**
   * Whose key is accepted. `browser`: the public key, from any origin (the HTTP layer answers CORS for it); that the client
   * secret fits is checked by `handle`.
   */
  readonly access: readonly Access[];
  /**
   * Dotted paths of the card fields in the body. Only the vault role answers such a route. A string at one of these paths
   * becomes a card reference, the same at both; anything else there, `null`.
   */
  readonly cardFields?: CardFields;
  /** `none`: a body is neither read nor refused. `optional`: `undefined` reaches `handle` when there is none. */
  readonly body: 'none' | 'optional' | 'required';
  handle(request: DialectRequest, operations: Operations): Promise<DialectResponse>;
}

export interface CardFields {
  readonly number: string;
  readonly cvc: string;
}

export interface DialectRequest {
  readonly call: Call;
  readonly access: Access;
  readonly permissions: readonly string[];
  /** Those of {@link Dialect.headers} that were sent. */
  readonly headers: Readonly<Record<string, string>>;
  /** The values of the path's parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Each parameter with all its values, in the order in which they were sent. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** The parsed JSON with card fields replaced by references; `undefined` when there was no body. */
  readonly body: unknown;
  /** The path as it was asked for, without the query. */
  readonly path: string;
  /** Origin of the vault, without a trailing slash: where hosted pages are. */
  readonly vaultUrl: string;
  readonly requestId: string;
  /** The origin of the page that asked, as its browser says; `null` for who is no page. */
  readonly pageOrigin: string | null;
}

export interface DialectResponse {
  readonly status: number;
  /** Without a `content-type` it is `application/json; charset=utf-8`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `undefined` for none. */
  readonly body: unknown;
}

/** What the HTTP layer itself has to refuse, before or instead of a route. */
export const HTTP_FAULTS = [
  /** No key, or one that is malformed, unknown or revoked. */
  'unauthorized',
  /** A good key of a kind that this route does not take. */
  'forbidden',
  'not_found_route',
  'method_not_allowed',
  'malformed_body',
  'malformed_query',
  /** A header that has a meaning here came more than once; `detail` names it. */
  'repeated_header',
  'body_missing',
  'unsupported_media_type',
  /** A card number where none belongs. */
  'sensitive_data_not_allowed',
  'invalid_idempotency_key',
  'request_timeout',
  'body_too_large',
  'url_too_long',
  'headers_too_large',
  'too_many_requests',
  /** A route with card fields was asked of a process that is not the vault; `detail` tells the vault's address. */
  'card_route_elsewhere',
  'internal_fault',
  'storage_unavailable',
] as const;
export type HttpFault = (typeof HTTP_FAULTS)[number];

export interface FaultFacts {
  readonly path: string;
  /** A sentence for the caller, instead of the dialect's own; without any value that they sent. */
  readonly detail?: string;
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Whose key the request came with, once that is known. */
  readonly access?: Access;
  readonly requestId?: string;
  /** The request carried an idempotency key. */
  readonly idempotent?: boolean;
}

export interface DialectErrors {
  fault(fault: HttpFault, facts: FaultFacts): DialectResponse;
  refusal(refusal: Refusal, facts: { readonly path: string; readonly access?: Access }): DialectResponse;
}
