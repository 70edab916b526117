import type { Call, Clock, Operations } from '@onfile/core';
import type { Access, Caller, Dialect, DialectResponse, FaultFacts, OpenRoute, Route } from '@onfile/dialects';
import { holdsCardNumber, type LocalVault } from '@onfile/vault';
import type { Authentication } from './authentication.js';
import { readJson } from './body.js';
import { countHeader } from './count-header.js';
import { type CheckFailed, fault, type HttpAnswer, type HttpRequest, type HttpRoute } from './http-route.js';
import { IDEMPOTENCY_HEADER, idempotencyEntry, readIdempotencyKey } from './idempotency.js';
import { parseQuery } from './query.js';
import { createRateLimiter, type RateLimiter } from './rate-limiter.js';

export interface DialectHost {
  readonly operations: Operations;
  readonly vault: LocalVault;
  readonly authentication: Authentication;
  readonly clock: Clock;
  /** The vault's origin as browsers know it. */
  readonly vaultUrl: () => string;
  /** Whether this process may read cards out of bodies. */
  readonly takesCards: boolean;
}

/** The dialect's routes as HTTP routes, with everything around them that is the same for each. */
export function dialectRoutes(dialect: Dialect, host: DialectHost): readonly HttpRoute[] {
  const limiter = dialect.rateLimits ? createRateLimiter(dialect.rateLimits.windows, host.clock) : null;
  const open = (dialect.openRoutes ?? []).map((route) => openRoute(dialect, route, host));
  const headersOfPages = [dialect.idempotencyHeader ?? IDEMPOTENCY_HEADER, ...(dialect.headers ?? [])];
  const closed = dialect.routes.map((route) => ({
    method: route.method,
    path: route.path,
    ...(route.access.includes('browser') && { isOpenToPages: true, headersOfPages }),
    handle: (request: HttpRequest) => handle(request, { dialect, route, host, limiter }),
  }));
  return [...open, ...closed];
}

/** Those that the vault's own origin answers: for browsers, and for cards. */
export function isVaultRoute(route: Route): boolean {
  return route.cardFields !== undefined || route.access.includes('browser');
}

interface Context {
  readonly dialect: Dialect;
  readonly route: Route;
  readonly host: DialectHost;
  readonly limiter: RateLimiter | null;
}

async function handle(request: HttpRequest, context: Context): Promise<HttpAnswer> {
  const { route, host, dialect } = context;
  const caller = await callerOf(request, context);
  if (caller === null) return answerFault(request, dialect, fault('unauthorized'));

  const { scope, access } = caller;
  request.notes.merchantId = scope.merchantId;
  request.notes.mode = scope.mode;
  request.notes.faultFacts = { access };
  return withinLimits(request, caller, context, async () => {
    if (!route.access.includes(access)) return answerFault(request, dialect, fault('forbidden'));
    if (route.cardFields !== undefined && !host.takesCards) {
      const detail = `Requests with card numbers are taken by the vault only: send this one to ${host.vaultUrl()}${request.shownPath}.`;
      return answerFault(request, dialect, fault('card_route_elsewhere', detail));
    }
    return answerAuthenticated(request, caller, context);
  });
}

async function callerOf({ raw }: HttpRequest, { dialect, host }: Context): Promise<Caller | null> {
  const { authorization } = raw.headers;
  if (dialect.callers) return dialect.callers.authenticate(authorization);

  const key = await host.authentication.authenticate(authorization);
  return key && { scope: key.scope, access: key.kind === 'secret' ? 'secret' : 'browser', permissions: [] };
}

async function withinLimits(
  request: HttpRequest,
  caller: Caller,
  { dialect, limiter, host }: Context,
  answer: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const { rateLimits } = dialect;
  if (!rateLimits || !limiter) return answer();

  const { clientAddress } = request;
  const standing = limiter.count(rateLimits.countedAs({ caller, headers: headersOf(request, dialect), clientAddress }));
  const retryAfterSeconds = Math.max(1, standing.resetAt - Math.floor(host.clock.now() / 1_000));
  const { headers, ...rest } = standing.isOver
    ? answerFault(request, dialect, fault('too_many_requests'), { retryAfterSeconds })
    : await answer();
  return { ...rest, headers: { ...rateLimits.renderHeaders(standing), ...headers } };
}

async function answerAuthenticated(request: HttpRequest, caller: Caller, context: Context): Promise<HttpAnswer> {
  const { dialect, route, host } = context;
  const { scope, access, permissions } = caller;
  const repeated = repeatedHeader(request, dialect);
  if (repeated !== null) {
    return answerFault(request, dialect, fault('repeated_header', `The header ${repeated} is given more than once.`));
  }
  const idempotencyKey = readIdempotencyKey(request, dialect);
  if (idempotencyKey.kind === 'fault') return answerFault(request, dialect, idempotencyKey);
  request.notes.faultFacts = { access, idempotent: idempotencyKey.value !== null };
  const query = parseQuery(request.queryText);
  if (query.kind === 'fault') return answerFault(request, dialect, query);

  const body = await readJson(request, host.vault, cardPathsOf(route), { isExpected: route.body !== 'none' });
  if (body.kind === 'fault') return answerFault(request, dialect, body);
  try {
    if (route.body === 'required' && body.value.json === undefined) {
      return answerFault(request, dialect, fault('body_missing'));
    }
    const headers = headersOf(request, dialect);
    const entry =
      idempotencyKey.value === null
        ? null
        : idempotencyEntry(
            idempotencyKey.value,
            { method: request.method, path: request.path, route, headers, bodyDigest: body.value.digest },
            { clock: host.clock, derivedSecrets: host.vault.derivedSecrets },
          );
    const response = await route.handle(
      {
        call: { scope, idempotency: entry, client: clientOf(request, access) },
        access,
        permissions,
        headers,
        params: request.params,
        query: query.value,
        body: body.value.json,
        path: request.shownPath,
        vaultUrl: host.vaultUrl(),
        requestId: request.requestId,
        pageOrigin: request.raw.headers.origin ?? null,
      },
      host.operations,
    );
    return renderResponse(response);
  } finally {
    host.vault.discard(body.value.card);
  }
}

/** Of a header that is sent twice neither value can be trusted to be the one that was meant. A repeated key matches no pattern. */
function repeatedHeader({ raw }: HttpRequest, { headers = [] }: Dialect): string | null {
  return ['authorization', ...headers].find((name) => countHeader(raw, name) > 1) ?? null;
}

/** A header that is sent twice counts as not sent, where it was not refused yet. */
function headersOf({ raw }: HttpRequest, { headers = [] }: Dialect): Readonly<Record<string, string>> {
  const sent = headers.map((name) => [name, raw.headersDistinct[name]] as const);
  return Object.fromEntries(sent.flatMap(([name, values]) => (values?.length === 1 ? [[name, values[0] ?? '']] : [])));
}

/** No caller is known here, so nothing is asked of the domain. */
function openRoute(dialect: Dialect, route: OpenRoute, { vault }: DialectHost): HttpRoute {
  return {
    method: route.method,
    path: route.path,
    async handle(request) {
      const body = await readJson(request, vault, null, { isExpected: route.body !== 'none' });
      if (body.kind === 'fault') return answerFault(request, dialect, body);
      if (route.body === 'required' && body.value.json === undefined) {
        return answerFault(request, dialect, fault('body_missing'));
      }
      const { shownPath: path, requestId } = request;
      return renderResponse(await route.handle({ body: body.value.json, path, requestId }));
    },
  };
}

function cardPathsOf({ cardFields }: Route) {
  return cardFields === undefined ? null : { numberPath: cardFields.number, cvcPath: cardFields.cvc };
}

const USER_AGENT_LENGTH_MAX = 500;

/** The cardholder's side: nobody's when the merchant's server calls. */
function clientOf(request: HttpRequest, access: Access): Call['client'] {
  return access === 'browser' ? cardholderOf(request) : { address: null, userAgent: null };
}

/** The address and browser of whoever sent this request, to be kept with their consent. */
export function cardholderOf({ clientAddress, raw }: HttpRequest): Call['client'] {
  const userAgent = raw.headers['user-agent']?.slice(0, USER_AGENT_LENGTH_MAX) ?? null;
  return { address: clientAddress, userAgent: userAgent && holdsCardNumber(Buffer.from(userAgent)) ? null : userAgent };
}

function answerFault(
  request: HttpRequest,
  dialect: Dialect,
  failed: CheckFailed,
  more: Partial<FaultFacts> = {},
): HttpAnswer {
  request.notes.fault = failed.fault;
  const facts = {
    path: request.shownPath,
    requestId: request.requestId,
    ...request.notes.faultFacts,
    ...(failed.detail === undefined ? {} : { detail: failed.detail }),
    ...(failed.fault === 'storage_unavailable' ? { retryAfterSeconds: 1 } : {}),
    ...more,
  };
  return renderResponse(dialect.errors.fault(failed.fault, facts));
}

export function renderResponse({ status, headers, body }: DialectResponse): HttpAnswer {
  if (body === undefined) return { status, headers: { ...headers }, body: '' };
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
