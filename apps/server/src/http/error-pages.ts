import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Html, html } from '@onfile/browser';
import { type ErrorPage, type ErrorPages, errorPagePath } from '@onfile/dialects';
import type { HttpAnswer, HttpRoute } from './http-route.js';

/** What the `type` of an error leads to: a page for each code that a dialect explains, and one that lists them all. */
export function errorPageRoutes(dialects: readonly ErrorPages[]): readonly HttpRoute[] {
  const explained = explanationsByPath(dialects);
  const list = htmlAnswer(200, 'Errors', renderList(dialects));
  const pages = new Map([...explained].map(([path, same]) => [path, htmlAnswer(200, titleOf(same), renderCode(same))]));
  const unknown = htmlAnswer(404, 'No such error', renderUnknown());
  return [
    { method: 'GET', path: LIST_PATH, handle: async () => list },
    { method: 'GET', path: errorPagePath(':code'), handle: async ({ path }) => pages.get(path) ?? unknown },
  ];
}

const LIST_PATH = '/errors';

interface Explanation extends ErrorPage {
  readonly api: string;
}

/** Two wire APIs may have a code in common, and its page tells both. */
function explanationsByPath(dialects: readonly ErrorPages[]): ReadonlyMap<string, readonly Explanation[]> {
  const explained = new Map<string, readonly Explanation[]>();
  for (const { api, errors } of dialects) {
    for (const error of errors) {
      const path = errorPagePath(error.code);
      explained.set(path, [...(explained.get(path) ?? []), { ...error, api }]);
    }
  }
  return explained;
}

function titleOf([first]: readonly Explanation[]): string {
  return first === undefined ? '' : `${first.title} (${first.code})`;
}

function renderCode(same: readonly Explanation[]): Html {
  return html`${same.map(
    ({ api, code, status, title, when, remedy }) => html`
<article>
<h1>${title}</h1>
<p class="facts"><code>${code}</code> <span>${status} ${STATUS_CODES[status] ?? ''}</span> <span>${api}</span></p>
<h2>When it happens</h2>
<p>${withCode(when)}</p>
<h2>What to do</h2>
<p>${withCode(remedy)}</p>
</article>`,
  )}
<p><a href="${LIST_PATH}">All errors</a></p>`;
}

function renderList(dialects: readonly ErrorPages[]): Html {
  return html`<h1>Errors</h1>
<p>Every error answer has one of these codes. Decide by the code; its words are for people and may change.</p>${dialects.map(
    ({ api, errors }) => html`
<h2>${api}</h2>
<dl>${errors.map(
      ({ code, status, when }) => html`
<dt><a href="${errorPagePath(code)}"><code>${code}</code></a> <span>${status}</span></dt>
<dd>${withCode(when)}</dd>`,
    )}
</dl>`,
  )}`;
}

function renderUnknown(): Html {
  return html`<h1>No such error</h1>
<p>No error of this server has this code. <a href="${LIST_PATH}">All errors</a></p>`;
}

/** Every second part stands between backquotes. */
function withCode(sentences: string): readonly (Html | string)[] {
  return sentences.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

const STYLE = `
:root { color-scheme: light dark; --text: #1c2024; --quiet: #5b636b; --ground: #fff; --mark: #eef0f2; --link: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8eaed; --quiet: #a6adb4; --ground: #16181b; --mark: #292d32; --link: #8ab4f8; }
}
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 42rem; font: 1rem/1.6 system-ui, sans-serif;
  color: var(--text); background: var(--ground); overflow-wrap: anywhere; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .25rem; font-size: 1.1rem; }
p { margin: .25rem 0 1rem; }
code { padding: .1em .3em; border-radius: .25rem; background: var(--mark); font: .9em ui-monospace, monospace; }
a { color: var(--link); }
dt { margin-top: 1rem; }
dd { margin: .25rem 0 0; }
dt span, .facts span { margin-left: .5rem; color: var(--quiet); }
article + article { margin-top: 3rem; }
`;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
};

/** The empty icon keeps browsers from asking for one. */
function htmlAnswer(status: number, title: string, body: Html): HttpAnswer {
  const page = html`<head>
<meta charset="utf-8">
<title>${title} – Onfile</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">`;
  const text = `<!doctype html>\n<html lang="en">\n${page}\n<style>${STYLE}</style>\n</head>\n<body>\n<main>\n${body}\n</main>\n</body>\n</html>\n`;
  return { status, headers: HEADERS, body: text };
}
