import {
  challengeDocumentHeaders,
  chooseLocale,
  type FrameAncestors,
  type FrameForm,
  frameDocumentHeaders,
  renderFrameDocument,
} from '@onfile/browser';
import type { Storage } from '@onfile/core';
import type { ApiKeyParts } from '../api-keys.js';
import type { Authentication } from './authentication.js';
import type { HttpAnswer, HttpRequest, HttpRoute } from './http-route.js';
import { parseQuery } from './query.js';

export interface FormFramesHost {
  readonly storage: Pick<Storage, 'listMerchantOrigins'>;
  readonly authentication: Authentication;
  readonly simulatorUrl: () => string;
}

/** The documents that `payments.js` puts into merchants' pages. The public key in the query says whose pages those are. */
export function formFrameRoutes(host: FormFramesHost): readonly HttpRoute[] {
  return (['payment', 'address', 'challenge'] as const).map((form) => ({
    method: 'GET',
    path: `/frame/${form}`,
    handle: (request) => showFrame(form, request, host),
  }));
}

const NOBODY: FrameAncestors = { origins: [], loopback: false };

async function showFrame(form: FrameForm, request: HttpRequest, host: FormFramesHost): Promise<HttpAnswer> {
  const query = parseQuery(request.queryText);
  const wish = (name: string) => (query.kind === 'ok' ? (query.value[name]?.[0] ?? null) : null);
  const look = {
    form,
    locale: chooseLocale({ chosen: wish('locale'), acceptLanguage: null, session: null }),
    isDark: wish('theme') === 'dark',
  };
  const publicKey = wish('key') ?? '';
  const key = await host.authentication.authenticate(`Bearer ${publicKey}`);
  if (key === null || key.kind !== 'public') {
    request.notes.fault = 'unauthorized';
    const body = renderFrameDocument({
      ...look,
      publicKey: '',
      mode: 'test',
      ancestors: NOBODY,
      refused: 'unknown_key',
    });
    return { status: 401, headers: headersOf(look.form, 'anybody', null), body };
  }

  request.notes.merchantId = key.scope.merchantId;
  request.notes.mode = key.scope.mode;
  const ancestors = await ancestorsFor(key, host);
  const body = renderFrameDocument({ ...look, publicKey, mode: key.scope.mode, ancestors, refused: null });
  const simulatorOrigin = key.scope.mode === 'test' ? new URL(host.simulatorUrl()).origin : null;
  return { status: 200, headers: headersOf(form, ancestors, simulatorOrigin), body };
}

function headersOf(form: FrameForm, ancestors: FrameAncestors | 'anybody', simulatorOrigin: string | null) {
  return form === 'challenge' ? challengeDocumentHeaders(ancestors, simulatorOrigin) : frameDocumentHeaders(ancestors);
}

async function ancestorsFor({ scope }: ApiKeyParts, { storage }: FormFramesHost): Promise<FrameAncestors> {
  return { origins: await storage.listMerchantOrigins(scope.merchantId), loopback: scope.mode === 'test' };
}
