import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrameLocator } from 'playwright-core';
import type { Json, ToastServer } from '../conformance/toast/toast-server.js';

/** A restaurant's site on a port of its own: Toast's documented page, with only the script's host changed. */
export interface ToastShop {
  readonly origin: string;
  /** The page's address, with the content policy that it is to be served with. */
  pageWith(policy: string): string;
  close(): Promise<void>;
}

export interface Told {
  readonly call: string;
  readonly outcome: 'success' | 'failure' | 'seen';
  readonly event: Json;
}

/** What the page's own script keeps, and what it does when a test calls it. */
export interface ToastPage {
  readonly violations: string[];
  readonly told: Told[];
  readonly forms: {
    destroy(): void;
    monitor(callback: unknown): () => void;
    initialize(...all: unknown[]): unknown;
    confirmIntent(...all: unknown[]): unknown;
  }[];
  readonly Toast: (() => Json) & Json;
  show(options: object, styles?: object): Promise<Json>;
  enter(index: number): Promise<Json>;
  save(index: number, name?: string): Promise<Json>;
}

/** What the page shows a form with. */
export function formOptions({ onfile, tokens }: ToastServer, { sessionSecret }: Json): object {
  return { merchantId: onfile.merchantId, oauthToken: tokens.iframe, sessionSecret, domElementId: 'one' };
}

export async function fillCard(form: FrameLocator, number = '4242424242424242'): Promise<void> {
  await form.locator('[name=card_number]').fill(number);
  await form.locator('[name=card_expiry]').fill('12/39');
  await form.locator('[name=card_cvc]').fill('123');
  await form.locator('[name=postal_code]').fill('02118');
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
