import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A restaurant's site on a port of its own: Toast's documented page, with only the script's host changed. */
export interface ToastShop {
  readonly origin: string;
  /** The page's address, with the content policy that it is to be served with. */
  pageWith(policy: string): string;
  close(): Promise<void>;
}

/** All that a merchant's policy needs, and nothing else: not even for asking the server, which only the frame does. */
export function strictToastPolicy(vaultUrl: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${vaultUrl}`,
    `frame-src ${vaultUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

export async function startToastShop(vaultUrl: () => string): Promise<ToastShop> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop.example');
    const isScript = pathname.endsWith('.js');
    response.writeHead(200, {
      'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8',
      'content-security-policy': searchParams.get('policy') ?? "default-src 'none'",
    });
    response.end(isScript ? SCRIPT : page(vaultUrl()));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    pageWith: (policy) => `${origin}/page?${new URLSearchParams({ policy })}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function page(vaultUrl: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Restaurant</title><script src="${vaultUrl}/assets/loader.js"></script><script src="/page.js" defer></script></head>
<body><h1>Restaurant</h1><div id="one"></div><div id="two"></div><button id="pay">Save card</button></body></html>`;
}

// The documented calls, in their order; what they tell is kept for the test.
const SCRIPT = `window.violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  window.violations.push(violatedDirective + ' ' + blockedURI);
});
window.told = [];
window.forms = [];
const tell = (call, outcome) => (event) => { window.told.push({ call, outcome, event }); };

window.show = (options, styles) => {
  const checkoutForm = window.Toast();
  window.forms.push(checkoutForm);
  checkoutForm.monitor((event) => { window.told.push({ call: 'monitor', outcome: 'seen', event }); });
  const onInitSuccessCallback = tell('initialize', 'success');
  const onInitFailureCallback = tell('initialize', 'failure');
  return checkoutForm.initialize(onInitSuccessCallback, onInitFailureCallback, options, styles);
};
window.enter = (index) =>
  window.forms[index].createPaymentMethod(tell('createPaymentMethod', 'success'), tell('createPaymentMethod', 'failure'));
window.save = (index, name = 'confirmIntent') => window.forms[index][name](tell(name, 'success'), tell(name, 'failure'));
document.querySelector('#pay').addEventListener('click', () => window.save(0));
`;
