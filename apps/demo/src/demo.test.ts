import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Demo, startDemo } from './demo.js';

const HOST = '127.0.0.1';
const VAULT = 'http://vault.example';

/** Answers by path, and remembers what it was asked. */
let api: Server;
let asked: { path: string; authorization: string | undefined; body: unknown }[];
let answers: Record<string, { status?: number; body: object }>;
let demo: Demo;

beforeEach(async () => {
  asked = [];
  answers = {};
  api = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const path = `${request.method} ${request.url}`;
    asked.push({ path, authorization: request.headers.authorization, body: text === '' ? null : JSON.parse(text) });
    const { status = 200, body } = answers[path] ?? { status: 404, body: { code: 'not_found' } };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => api.listen(0, HOST, resolve));
  const { port } = api.address() as AddressInfo;
  demo = await startDemo({
    host: HOST,
    port: 0,
    apiUrl: `http://${HOST}:${port}`,
    secretKey: 'sk_test_demo',
    vaultUrl: VAULT,
    publicKey: 'pk_test_demo',
  });
});

afterEach(async () => {
  await demo.close();
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
});

describe('the demo shop', () => {
  test('shows all the code that its way of saving a card takes', async () => {
    const source = await readFile(new URL('./hosted-page-way.ts', import.meta.url), 'utf8');
    const html = await (await fetch(demo.url)).text();
    expect(source.split('\n').length).toBeLessThanOrEqual(60);
    for (const line of source.split('\n').filter((text) => /^[\w\s(){},=]+$/.test(text))) expect(html).toContain(line);
  });

  test('shows the widgets’ code too, on a page that allows nothing but itself and the vault', async () => {
    answers['POST /v2/customers'] = { body: { id: 'cus_1' } };
    answers['POST /v2/setup_flows'] = { body: { id: 'setfw_1', client_secret: 'setfws_1' } };
    const response = await fetch(`${demo.url}/payjp-widgets`);
    const html = await response.text();
    const sources = await Promise.all(
      ['./payjp-widgets-way.ts', '../browser/payjp-widgets.js'].map((path) =>
        readFile(new URL(path, import.meta.url), 'utf8'),
      ),
    );
    expect(sources.join('').split('\n').length).toBeLessThanOrEqual(60);
    for (const line of sources
      .join('')
      .split('\n')
      .filter((text) => /^[\w\s(){},=]+$/.test(text))) {
      expect(html).toContain(line);
    }
    expect(html).toContain('data-public-key="pk_test_demo" data-client-secret="setfws_1"');
    expect(html).not.toContain('sk_test_demo');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`script-src 'self' ${VAULT}; frame-src ${VAULT}; connect-src ${VAULT}`);
    expect(policy).not.toContain('unsafe');
    expect(asked[1]?.body).toEqual({ customer_id: 'cus_1' });
  });

  test('makes a customer and a session with its secret key, and redirects to the page', async () => {
    answers['POST /v2/customers'] = { body: { id: 'cus_1' } };
    answers['POST /v2/checkout/sessions'] = { body: { id: 'cs_1', url: 'http://vault.example/setup/cs_1' } };
    const response = await fetch(`${demo.url}/hosted-page`, { method: 'POST', redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([303, 'http://vault.example/setup/cs_1']);
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer sk_test_demo', 'Bearer sk_test_demo']);
    expect(asked[1]?.body).toMatchObject({
      mode: 'setup',
      customer_id: 'cus_1',
      success_url: `${demo.url}/hosted-page/saved?session={CHECKOUT_SESSION_ID}`,
    });
  });

  test('asks what came of it, and shows the saved card', async () => {
    answers['GET /v2/checkout/sessions/cs_1'] = { body: { id: 'cs_1', setup_flow_id: 'setfw_1' } };
    answers['GET /v2/setup_flows/setfw_1'] = { body: { status: 'succeeded', payment_method_id: 'pm_1' } };
    answers['GET /v2/payment_methods/pm_1'] = { body: { id: 'pm_1', card: { brand: '<Visa>', last4: '4242' } } };
    const html = await (await fetch(`${demo.url}/hosted-page/saved?session=cs_1`)).text();
    expect(html).toContain('4242');
    expect(html).toContain('&#60;Visa&#62;');
  });

  test('says so when no card was saved, whatever the address claims', async () => {
    answers['GET /v2/checkout/sessions/cs_1'] = { body: { id: 'cs_1', setup_flow_id: 'setfw_1' } };
    answers['GET /v2/setup_flows/setfw_1'] = { body: { status: 'requires_payment_method' } };
    const html = await (await fetch(`${demo.url}/hosted-page/saved?session=cs_1`)).text();
    expect(html).toContain('No card was saved yet');
  });

  test('shows what the API refused, and a page of its own for what it does not have', async () => {
    expect((await fetch(`${demo.url}/hosted-page`, { method: 'POST' })).status).toBe(502);
    expect((await fetch(`${demo.url}/nothing`)).status).toBe(404);
  });
});
