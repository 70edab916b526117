import type { Merchant, Mode, Scope, Storage, Uuid } from '@onfile/core';
import type { DialectResponse, OperatorApi, OperatorCaller, OperatorRoute } from '@onfile/dialects';
import type { LocalVault } from '@onfile/vault';
import { readJson } from '../body.js';
import { renderResponse } from '../dialect-routes.js';
import {
  type Checked,
  type CheckFailed,
  fault,
  type HttpAnswer,
  type HttpRequest,
  type HttpRoute,
  ok,
} from '../http-route.js';
import { parseQuery } from '../query.js';
import type { OperatorAuthentication } from './operator-authentication.js';

export interface OperatorHost {
  readonly authentication: OperatorAuthentication;
  readonly storage: Pick<Storage, 'listMerchants' | 'loadMerchant'>;
  readonly vault: LocalVault;
}

/** The operator API's routes as HTTP routes: who calls, about whom, and what they sent. */
export function operatorRoutes(api: OperatorApi, host: OperatorHost): readonly HttpRoute[] {
  return api.routes.map((route) => ({
    method: route.method,
    path: route.path,
    handle: (request) => handle(request, route, { api, host }),
  }));
}

interface Context {
  readonly api: OperatorApi;
  readonly host: OperatorHost;
}

async function handle(request: HttpRequest, route: OperatorRoute, { api, host }: Context): Promise<HttpAnswer> {
  const refuse = (failed: CheckFailed) => {
    request.notes.fault = failed.fault;
    const detail = failed.detail === undefined ? {} : { detail: failed.detail };
    return renderResponse(api.errors.fault(failed.fault, { path: request.shownPath, ...detail }));
  };
  const caller = await callerOf(request, route, host);
  if (caller.kind === 'fault') return refuse(caller);
  const scope = await scopeOf(request, { route, caller: caller.value }, { api, host });
  if ('response' in scope) return renderResponse(scope.response);
  if (scope.scope !== null) {
    request.notes.merchantId = scope.scope.merchantId;
    request.notes.mode = scope.scope.mode;
  }
  const query = parseQuery(request.queryText);
  if (query.kind === 'fault') return refuse(query);
  const body = await readJson(request, host.vault, null, { isExpected: route.body !== null });
  if (body.kind === 'fault') return refuse(body);

  const { signal, done } = untilGone(request);
  try {
    const parts = { params: request.params, query: query.value, body: body.value.json };
    return renderResponse(await route.handle({ caller: caller.value, scope: scope.scope, ...parts, signal }));
  } finally {
    done();
  }
}

const NOBODY: OperatorCaller = { kind: 'operator' };

async function callerOf(
  { raw }: HttpRequest,
  route: OperatorRoute,
  { authentication }: OperatorHost,
): Promise<Checked<OperatorCaller>> {
  if (route.access === 'everybody') return ok(NOBODY);
  const credential = await authentication.authenticate(raw.headers.authorization);
  if (credential === null) return fault('unauthorized');
  if (credential.kind === 'public') {
    return fault('forbidden', 'A public key is for pages. Send an operator key (op_…) or a secret key (sk_…).');
  }
  return route.onlyOperators && credential.kind === 'merchant' ? fault('forbidden') : ok(credential);
}

type Found = { readonly scope: Scope | null } | { readonly response: DialectResponse };

/** A merchant's key names its own; an operator names one, unless there is only one. */
async function scopeOf(
  request: HttpRequest,
  { route, caller }: { readonly route: OperatorRoute; readonly caller: OperatorCaller },
  { api, host }: Context,
): Promise<Found> {
  if (route.access !== 'merchants') return { scope: null };
  if (caller.kind === 'merchant') return { scope: caller.scope };

  const mode = modeOf(headerOf(request, 'onfile-mode'));
  if (mode === null) return { response: api.problem('invalid_request', MODE_UNKNOWN) };
  const named = headerOf(request, 'onfile-merchant');
  const merchant = named === undefined ? await onlyMerchant(host.storage) : await namedMerchant(named, host.storage);
  if (merchant !== null) return { scope: { merchantId: merchant.id, mode } };
  return { response: api.problem(named === undefined ? 'merchant_required' : 'merchant_unknown') };
}

const MODE_UNKNOWN = { message: 'Onfile-Mode is test or live.', param: 'Onfile-Mode' };

function modeOf(text = 'test'): Mode | null {
  return text === 'test' || text === 'live' ? text : null;
}

/** A header that is sent twice counts as malformed: neither value can be trusted to be the one that was meant. */
function headerOf({ raw }: HttpRequest, name: string): string | undefined {
  const values = raw.headersDistinct[name];
  return values?.join(',');
}

async function onlyMerchant(storage: OperatorHost['storage']): Promise<Merchant | null> {
  const [first, ...others] = await storage.listMerchants(2);
  return first !== undefined && others.length === 0 ? first : null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function namedMerchant(text: string, storage: OperatorHost['storage']): Promise<Merchant | null> {
  return UUID.test(text) ? storage.loadMerchant(text.toLowerCase() as Uuid) : null;
}

/** A signal that ends when the caller's connection does. */
function untilGone({ raw }: HttpRequest): { readonly signal: AbortSignal; done(): void } {
  const gone = new AbortController();
  const end = () => gone.abort();
  raw.socket.once('close', end);
  if (raw.socket.destroyed) end();
  return { signal: gone.signal, done: () => void raw.socket.off('close', end) };
}
