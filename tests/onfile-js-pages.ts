import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

const MODULE = resolve(import.meta.dirname, '../packages/js/dist');

/** A merchant's site whose pages use our own SDK: the module as its package has it, and a plain page with the element. */
export interface OnfileJsPages {
  readonly origin: string;
  /** A page that has imported the module and called nothing of it; with this policy, or one that allows only what is needed. */
  readonly module: (policy?: string) => string;
  /** A page of markup alone, with the element in a form. */
  readonly element: (attributes: Readonly<Record<string, string>>, script: ElementScript) => string;
  close(): Promise<void>;
}

export interface ElementScript {
  readonly path: string;
  readonly integrity: string;
}

export async function startOnfileJsPages(vaultUrl: string): Promise<OnfileJsPages> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop.example');
    const isScript = pathname.endsWith('.js');
    response.writeHead(200, {
      'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8',
      'content-security-policy': searchParams.get('policy') ?? policyFor(vaultUrl),
    });
    response.end(await bodyOf(pathname, searchParams));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tag = (script: ElementScript) =>
    `<script src="${vaultUrl}${script.path}" integrity="${script.integrity}" crossorigin="anonymous"></script>`;
  const attributesOf = (attributes: Readonly<Record<string, string>>) =>
    Object.entries(attributes)
      .map(([name, value]) => ` ${name}="${value}"`)
      .join('');
  return {
    origin,
    module: (policy) => `${origin}/module${policy === undefined ? '' : `?${new URLSearchParams({ policy })}`}`,
    element: (attributes, script) =>
      `${origin}/element?${new URLSearchParams({ tag: tag(script), attributes: attributesOf(attributes) })}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** All that a merchant's policy needs. The Trusted Types policy lets the module load its script, and nothing else. */
export function policyFor(vaultUrl: string, without = ''): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${vaultUrl}`,
    `frame-src ${vaultUrl}`,
    `connect-src ${vaultUrl}`,
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types onfile',
  ]
    .filter((directive) => without === '' || !directive.startsWith(without))
    .join('; ');
}

async function bodyOf(pathname: string, query: URLSearchParams): Promise<string | Buffer> {
  if (pathname.startsWith('/onfile-js/')) return readFile(resolve(MODULE, pathname.slice('/onfile-js/'.length)));
  if (pathname === '/watch.js') return WATCH;
  if (pathname === '/page.js') return `import * as onfileJs from '/onfile-js/index.js';\nwindow.onfileJs = onfileJs;`;
  if (pathname === '/element') return elementPage(query.get('tag') ?? '', query.get('attributes') ?? '');
  return MODULE_PAGE;
}

const HEAD = '<meta charset="utf-8"><title>Shop</title><script src="/watch.js"></script>';

const MODULE_PAGE = `<!doctype html>
<html lang="en"><head>${HEAD}<script type="module" src="/page.js"></script></head>
<body><h1>Shop</h1><div id="one"></div><div id="two"></div><button id="pay">Save card</button></body></html>`;

function elementPage(tag: string, attributes: string): string {
  return `<!doctype html>
<html lang="en"><head>${HEAD}${tag}</head>
<body><h1>Shop</h1><form action="/saved"><onfile-card-form name="setup"${attributes}></onfile-card-form>
<button id="pay">Save card</button></form></body></html>`;
}

/**
 * Counts what a page still listens to, and what its policy refused. `plain` makes of a value one that leaves the page whole:
 * errors would lose what they have beside their message.
 */
const WATCH = `window.violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  window.violations.push(violatedDirective + ' ' + blockedURI);
});
window.plain = (value) =>
  JSON.parse(JSON.stringify(value ?? null, (_, each) =>
    each instanceof Error ? { name: each.name, message: each.message, ...each } : each));
window.listening = [];
{
  const { addEventListener, removeEventListener } = window;
  window.addEventListener = function (type, listener, options) {
    window.listening.push({ type, listener });
    return addEventListener.call(this, type, listener, options);
  };
  window.removeEventListener = function (type, listener, options) {
    const at = window.listening.findIndex((each) => each.type === type && each.listener === listener);
    if (at >= 0) window.listening.splice(at, 1);
    return removeEventListener.call(this, type, listener, options);
  };
}
`;
