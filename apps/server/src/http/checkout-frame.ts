import { chooseLocale, type FrameDocument, frameDocumentHeaders, renderFrameDocument } from '@onfile/browser';
import type { Storage, Uuid } from '@onfile/core';
import type { HttpAnswer, HttpRequest, HttpRoute } from './http-route.js';
import { parseQuery } from './query.js';

interface CheckoutFrameHost {
  readonly storage: Pick<Storage, 'listMerchantOrigins' | 'loadMerchant'>;
}

/**
 * The document that `loader.js` puts into merchants' pages. The merchant's id in the query says whose pages those are; what
 * the form may do comes later, with a token that no address may hold. So the mode is not known here, and pages on the
 * visitor's own machine are let in: in live mode the form itself refuses them.
 */
export function checkoutFrameRoute(host: CheckoutFrameHost): HttpRoute {
  return { method: 'GET', path: '/frame/checkout', handle: (request) => showCheckout(request, host) };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function showCheckout(request: HttpRequest, { storage }: CheckoutFrameHost): Promise<HttpAnswer> {
  const query = parseQuery(request.queryText);
  const wish = (name: string) => (query.kind === 'ok' ? (query.value[name]?.[0] ?? null) : null);
  const document = {
    form: 'checkout',
    locale: chooseLocale({ chosen: wish('locale'), acceptLanguage: null, session: null }),
    isDark: false,
    publicKey: '',
    mode: null,
  } as const satisfies Partial<FrameDocument>;
  const id = (wish('key') ?? '').toLowerCase();
  const merchant = UUID.test(id) ? await storage.loadMerchant(id as Uuid) : null;
  if (merchant === null) {
    request.notes.fault = 'not_found';
    const ancestors = { origins: [], loopback: false };
    const body = renderFrameDocument({ ...document, ancestors, refused: 'unknown_key' });
    return { status: 404, headers: frameDocumentHeaders('anybody'), body };
  }

  request.notes.merchantId = merchant.id;
  const ancestors = { origins: await storage.listMerchantOrigins(merchant.id), loopback: true };
  const body = renderFrameDocument({ ...document, ancestors, refused: null, merchantName: merchant.name });
  return { status: 200, headers: frameDocumentHeaders(ancestors), body };
}
