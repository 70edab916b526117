import type { Operations } from '@onfile/core';
import type { PayjpDialect } from '@onfile/dialects';
import type { LocalVault } from '@onfile/vault';
import type { Authentication } from './authentication.js';
import { readJson } from './body.js';
import type { HttpAnswer, HttpRequest, HttpRoute } from './http-route.js';
import { renderProblem } from './problem.js';

export interface AbandonChallengeHost {
  readonly operations: Operations;
  readonly vault: LocalVault;
  readonly authentication: Authentication;
  /** Whose client secrets the challenge has. */
  readonly dialect: Pick<PayjpDialect, 'ids'>;
}

/**
 * The cardholder closed the 3-D Secure window. For our own challenge document, which has the page's public key and the
 * client secret; whatever of them does not fit gets one and the same answer.
 */
export function abandonChallengeRoute(host: AbandonChallengeHost): HttpRoute {
  return { method: 'POST', path: '/frame/challenge/abandon', handle: (request) => abandon(request, host) };
}

async function abandon(request: HttpRequest, host: AbandonChallengeHost): Promise<HttpAnswer> {
  const { operations, vault, authentication, dialect } = host;
  const body = await readJson(request, vault, null, { isExpected: true });
  if (body.kind === 'fault') {
    request.notes.fault = body.fault;
    const { fault, detail } = body;
    return renderProblem(fault, { path: request.shownPath, ...(detail === undefined ? {} : { detail }) });
  }
  const key = await authentication.authenticate(request.raw.headers.authorization);
  const given = dialect.ids.clientSecret.parse(clientSecretIn(body.value.json));
  if (key === null || given === null || !operations.setupIntents.isClientSecret(given.secret, key.scope, given.id)) {
    return nothingThere(request);
  }
  request.notes.merchantId = key.scope.merchantId;
  request.notes.mode = key.scope.mode;
  const outcome = await operations.setupIntents.abandonAuthentication(key.scope, given.id);
  return outcome.kind === 'done' ? { status: 204, headers: {}, body: '' } : nothingThere(request);
}

function clientSecretIn(json: unknown): string {
  const { client_secret: secret } = (json ?? {}) as { readonly client_secret?: unknown };
  return typeof secret === 'string' ? secret : '';
}

function nothingThere(request: HttpRequest): HttpAnswer {
  request.notes.fault = 'not_found_route';
  const detail = 'No challenge is under way for this public key and client secret.';
  return renderProblem('not_found_route', { path: request.shownPath, detail });
}
