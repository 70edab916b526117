import type { Call, Clock, Operations } from '@onfile/core';
import type { Access, Dialect, DialectResponse, Route } from '@onfile/dialects';
import type { LocalVault } from '@onfile/vault';
import type { ApiKeyParts } from '../api-keys.js';
import { maskCardNumbers } from '../log.js';
import type { Authentication } from './authentication.js';
import { readJson } from './body.js';
import { type CheckFailed, fault, type HttpAnswer, type HttpRequest, type HttpRoute } from './http-route.js';
import { idempotencyEntry, readIdempotencyKey } from './idempotency.js';
import { parseQuery } from './query.js';

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
  return dialect.routes.map((route) => ({
    method: route.method,
    path: route.path,
    isOpenToPages: route.access.includes('browser'),
    handle: (request) => handle(request, { dialect, route, host }),
  }));
}

/** Those that the vault's own origin answers: for browsers, and for cards. */
export function isVaultRoute(route: Route): boolean {
  return route.cardFields !== undefined || route.access.includes('browser');
}

interface Context {
  readonly dialect: Dialect;
  readonly route: Route;
  readonly host: DialectHost;
}

async function handle(request: HttpRequest, context: Context): Promise<HttpAnswer> {
  const { route, host } = context;
  const key = await host.authentication.authenticate(request.raw.headers.authorization);
  if (key === null) return answerFault(request, context, fault('unauthorized'));

  const access: Access = key.kind === 'secret' ? 'secret' : 'browser';
  request.notes.merchantId = key.scope.merchantId;
  request.notes.mode = key.scope.mode;
  request.notes.faultFacts = { access };
  if (!route.access.includes(access)) return answerFault(request, context, fault('forbidden'));
  if (route.cardFields !== undefined && !host.takesCards) {
    const detail = `Requests with card numbers are taken by the vault only: send this one to ${host.vaultUrl()}${request.shownPath}.`;
    return answerFault(request, context, fault('card_route_elsewhere', detail));
  }
  return answerAuthenticated(request, key, access, context);
}

async function answerAuthenticated(
  request: HttpRequest,
  key: ApiKeyParts,
  access: Access,
  context: Context,
): Promise<HttpAnswer> {
  const { dialect, route, host } = context;
  const idempotencyKey = readIdempotencyKey(request, dialect);
  if (idempotencyKey.kind === 'fault') return answerFault(request, context, idempotencyKey);
  request.notes.faultFacts = { access, idempotent: idempotencyKey.value !== null };
  const query = parseQuery(request.queryText);
  if (query.kind === 'fault') return answerFault(request, context, query);

  const body = await readJson(request, host.vault, cardPathsOf(route), { isExpected: route.body !== 'none' });
  if (body.kind === 'fault') return answerFault(request, context, body);
  try {
    if (route.body === 'required' && body.value.json === undefined) {
      return answerFault(request, context, fault('body_missing'));
    }
    const entry =
      idempotencyKey.value === null
        ? null
        : idempotencyEntry(
            idempotencyKey.value,
            { method: request.method, path: request.path, route, bodyDigest: body.value.digest },
            { clock: host.clock, derivedSecrets: host.vault.derivedSecrets },
          );
    const response = await route.handle(
      {
        call: { scope: key.scope, idempotency: entry, client: clientOf(request, access) },
        access,
        params: request.params,
        query: query.value,
        body: body.value.json,
        path: request.shownPath,
        vaultUrl: host.vaultUrl(),
        requestId: request.requestId,
      },
      host.operations,
    );
    return renderResponse(response);
  } finally {
    host.vault.discard(body.value.card);
  }
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
  const userAgent = raw.headers['user-agent']?.slice(0, USER_AGENT_LENGTH_MAX);
  return {
    address: clientAddress,
    userAgent: userAgent === undefined ? null : maskCardNumbers(userAgent).text,
  };
}

function answerFault(request: HttpRequest, { dialect }: Context, failed: CheckFailed): HttpAnswer {
  request.notes.fault = failed.fault;
  const facts = {
    path: request.shownPath,
    ...request.notes.faultFacts,
    ...(failed.detail === undefined ? {} : { detail: failed.detail }),
    ...(failed.fault === 'storage_unavailable' ? { retryAfterSeconds: 1 } : {}),
  };
  return renderResponse(dialect.errors.fault(failed.fault, facts));
}

export function renderResponse({ status, headers, body }: DialectResponse): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
