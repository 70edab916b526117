import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** A merchant's site on a port of its own: one page that imports PAY.JP's published package as it is, and one to return to. */
export interface MerchantPages {
  readonly origin: string;
  /** The page's address, with the content policy that it is to be served with. */
  pageWith(policy: string): string;
  /** The same, isolated from other origins. */
  isolatedPageWith(policy: string): string;
  close(): Promise<void>;
}

/** All that a merchant's policy needs, and nothing else. */
export function strictPolicy(vaultUrl: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${vaultUrl}`,
    `frame-src ${vaultUrl}`,
    `connect-src ${vaultUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
  ].join('; ');
}

export async function startMerchantPages(): Promise<MerchantPages> {
  const sdk = await readFile(resolve(ROOT, 'node_modules/@payjp/payments-js/dist/payments-js.js'));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop.example');
    const isScript = pathname.endsWith('.js');
    response.writeHead(200, {
      'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8',
      'content-security-policy': searchParams.get('policy') ?? "default-src 'none'",
      ...(searchParams.has('isolated') && ISOLATED),
    });
    response.end(pathname === '/sdk.js' ? sdk : pathname === '/page.js' ? SCRIPT : PAGE);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    pageWith: (policy) => `${origin}/page?${new URLSearchParams({ policy })}`,
    isolatedPageWith: (policy) => `${origin}/page?${new URLSearchParams({ policy, isolated: 'yes' })}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Shop</title><script type="module" src="/page.js"></script></head>
<body><h1>Shop</h1><div id="one"></div><div id="two"></div><button id="pay">Save card</button></body></html>`;

const SCRIPT = `import { loadPayments } from '/sdk.js';
window.loadPayments = loadPayments;
window.violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  window.violations.push(violatedDirective + ' ' + blockedURI);
});
`;
