import { browserFiles, hostedAssets, hostedPageHeaders, html, pathOf, returnDocumentHeaders } from '@onfile/browser';
import type { Operations, SetupIntent } from '@onfile/core';
import type { Dialect } from '@onfile/dialects';
import type { HttpAnswer, HttpRequest, HttpRoute } from './http-route.js';
import { parseQuery } from './query.js';

const PATH = '/authentication/return';

export interface AuthenticationReturnHost {
  readonly operations: Operations;
  readonly dialect: Pick<Dialect, 'renderReturnUrl'>;
}

/** Where the processor's page brings the cardholder back to. The token is good for one return. */
export function authenticationReturnUrl(vaultUrl: string, stateToken: string): string {
  return `${vaultUrl}${PATH}?${new URLSearchParams({ state: stateToken })}`;
}

/**
 * The cardholder is back from authenticating. Nothing that they bring is believed but the token, and that only makes us ask
 * the processor; then they go on to where the setup was started.
 */
export function authenticationReturnRoute(host: AuthenticationReturnHost): HttpRoute {
  return { method: 'GET', path: PATH, handle: (request) => bringBack(request, host) };
}

async function bringBack(request: HttpRequest, { operations, dialect }: AuthenticationReturnHost): Promise<HttpAnswer> {
  // Programs that look at a link before a person follows it must not spend the token.
  if (request.method === 'HEAD') return page(200, 'done');
  const place: Place = request.raw.headers['sec-fetch-dest'] === 'iframe' ? 'frame' : 'window';

  const query = parseQuery(request.queryText);
  const [token = '', ...more] = query.kind === 'ok' ? (query.value.state ?? []) : [];
  const intent = more.length > 0 ? null : await operations.setupIntents.returnFromAuthentication(token);
  if (intent === null) return page(400, 'link_unusable', place);

  request.notes.merchantId = intent.scope.merchantId;
  const address = addressAfter(intent, operations, dialect);
  return address === null || place === 'frame' ? page(200, 'done', place, address) : redirect(address);
}

/**
 * In a frame the browser is not redirected: in a challenge, the document around sees how it went. A merchant's page that
 * was in a frame itself has left it for the card company's, and goes on; the page's script knows which it is.
 */
type Place = 'frame' | 'window';

/** Of a setup on our own page, that page is the return URL; a merchant's gets what the dialect adds to it. */
function addressAfter(
  intent: SetupIntent,
  { setupIntents }: Operations,
  { renderReturnUrl }: AuthenticationReturnHost['dialect'],
): string | null {
  if (intent.checkoutSessionId !== null) return intent.returnUrl;
  return renderReturnUrl(intent, setupIntents.clientSecret(intent));
}

/** A merchant's address may have any letters, and is kept as it was given; a header has none but ASCII's. */
function redirect(address: string): HttpAnswer {
  const location = /[^\x21-\x7e]/.test(address) ? new URL(address).href : address;
  return { status: 303, headers: { location }, body: '' };
}

const TEXTS = {
  link_unusable: {
    ja: ['このリンクは使えません', 'お手続きを始めたお店のページに戻り、もう一度お試しください。'],
    en: ['This link cannot be used', 'Go back to the shop where you started, and try again from there.'],
  },
  done: {
    ja: ['本人認証の画面は終わりです', 'この画面を閉じて、お店のページにお戻りください。'],
    en: ['The authentication step is over', 'You can close this page and go back to the shop.'],
  },
} as const;

/** Both languages at once: without a setup there is nobody to ask which one. */
function page(
  status: number,
  name: keyof typeof TEXTS,
  place: Place = 'window',
  next: string | null = null,
): HttpAnswer {
  const { ja, en } = TEXTS[name];
  const { returned } = browserFiles();
  const stylesheet = hostedAssets().find(({ contentType }) => contentType.startsWith('text/css'));
  return {
    status,
    headers: place === 'frame' ? returnDocumentHeaders() : hostedPageHeaders(),
    body: `<!doctype html>
${html`<html lang="ja"${next === null ? null : html` data-next="${next}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${ja[0]} – ${en[0]}</title>
<link rel="stylesheet" href="${stylesheet?.path ?? ''}">
${next === null ? null : html`<script type="module" src="${pathOf(returned)}"></script>`}
</head>
<body><div class="page"><main class="panel">
<h1>${ja[0]}</h1>
<p>${ja[1]}</p>
<div lang="en"><h2>${en[0]}</h2>
<p>${en[1]}</p></div>
</main></div></body>
</html>`}
`,
  };
}
