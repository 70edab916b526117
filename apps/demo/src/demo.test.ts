import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Demo, startDemo } from './demo.js';
import { readWayFiles } from './way-files.js';
import { WAYS } from './ways.js';

const HOST = '127.0.0.1';

/** Answers by path, and remembers what it was asked. */
let api: Server;
let asked: { path: string; authorization: string | undefined; body: unknown }[];
let answers: Record<string, { status?: number; body: object }>;
let demo: Demo;
/** The vault is played by the same server. */
let vaultUrl: string;

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
  vaultUrl = `http://${HOST}:${(api.address() as AddressInfo).port}`;
  demo = await startDemo({
    host: HOST,
    port: 0,
    apiUrl: vaultUrl,
    secretKey: 'sk_test_demo',
    vaultUrl,
    publicKey: 'pk_test_demo',
    toast: { merchantId: 'location', payment: credentialsOf('payment'), iframe: credentialsOf('iframe') },
  });
});

afterEach(async () => {
  await demo.close();
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
});

/** The text of a page, as somebody reads it. */
async function readPage(path: string): Promise<string> {
  const html = await (await fetch(`${demo.url}${path}`)).text();
  return html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

function credentialsOf(set: string) {
  return { clientId: set, clientSecret: `secret of ${set}` };
}

function answerSetup(): void {
  answers['POST /authentication/v1/authentication/login'] = { body: { token: { accessToken: 'a.b.c' } } };
  answers['POST /v1/customers'] = { body: { id: 'customer' } };
  answers['POST /v1/setup-intents'] = { body: { sessionSecret: 'SI_1_SECRET_2' } };
  answers['POST /v2/customers'] = { body: { id: 'cus_1' } };
  answers['POST /v2/setup_flows'] = { body: { id: 'setfw_1', client_secret: 'setfws_1' } };
  const scripts = [{ path: '/sdk/1/onfile-element.js', integrity: 'sha384-1' }];
  answers['GET /scripts.json'] = { body: { scripts } };
}

describe('the demo shop', () => {
  test('begins with every way of saving a card', async () => {
    const html = await readPage('/');
    for (const { name, title } of WAYS) {
      expect(html).toContain(`href="/${name}"`);
      expect(html).toContain(title);
    }
  });

  test.each(WAYS)('shows all the code that $name takes, which is under 60 lines of its own', async (way) => {
    answerSetup();
    const html = await readPage(`/${way.name}`);
    const { server, page } = await readWayFiles(way);
    for (const { text } of [...server, ...page]) expect(html).toContain(text);
    const own = [...server.filter(({ name }) => name.endsWith('-way.ts')), ...page];
    expect(own.map(({ text }) => text.split('\n').length).reduce((sum, lines) => sum + lines)).toBeLessThan(60);
  });

  test.each(['payjp-widgets', 'onfile-js', 'onfile-element'])(
    'serves %s with a policy of itself and the vault alone',
    async (name) => {
      answerSetup();
      const response = await fetch(`${demo.url}/${name}`);
      const html = await response.text();
      expect(html).toContain('public-key="pk_test_demo"');
      expect(html).toContain('client-secret="setfws_1"');
      expect(html).not.toContain('sk_test_demo');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain(`frame-src ${vaultUrl}; connect-src ${vaultUrl}`);
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toContain('unsafe');
      expect(asked[1]?.body).toEqual({ customer_id: 'cus_1' });
      expect((await fetch(`${demo.url}/${name}.js`)).headers.get('content-type')).toContain('text/javascript');
    },
  );

  test('gives the page of Toast’s way what its script needs, and none of its own credentials', async () => {
    answerSetup();
    const html = await (await fetch(`${demo.url}/toast`)).text();
    expect(html).toContain('data-merchant-id="location" data-oauth-token="a.b.c" data-session-secret="SI_1_SECRET_2"');
    expect(html).not.toContain('secret of');
    answers['GET /v1/setup-intents/1'] = { body: { status: 'SUCCEEDED', paymentMethodId: '2' } };
    answers['GET /v1/payment-methods/2'] = { body: { id: '2', card: { brand: 'VISA', lastFour: '4242' } } };
    expect(await readPage('/toast/saved?intent=1')).toContain('VISA ending in <strong>4242');
    answers['GET /v1/setup-intents/1'] = { body: { status: 'PROCESSING', paymentMethodId: '2' } };
    expect(await readPage('/toast/saved?intent=1')).toContain('No card was saved yet');
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
    for (const path of ['/hosted-page/saved?session=cs_1', '/onfile-js/saved?setup_flow_id=setfw_1']) {
      const html = await (await fetch(demo.url + path)).text();
      expect(html).toContain('4242');
      expect(html).toContain('&#60;Visa&#62;');
    }
  });

  test('says so when no card was saved, whatever the address claims', async () => {
    answers['GET /v2/checkout/sessions/cs_1'] = { body: { id: 'cs_1', setup_flow_id: 'setfw_1' } };
    answers['GET /v2/setup_flows/setfw_1'] = { body: { status: 'requires_payment_method' } };
    expect(await readPage('/hosted-page/saved?session=cs_1')).toContain('No card was saved yet');
  });

  test('serves the module that the SDK’s page imports', async () => {
    for (const name of ['index.js', 'release.js']) {
      expect(await (await fetch(`${demo.url}/onfile-js/${name}`)).text(), name).toContain('export');
    }
  });

  test('shows what the API refused, and a page of its own for what it does not have', async () => {
    expect((await fetch(`${demo.url}/hosted-page`, { method: 'POST' })).status).toBe(502);
    for (const path of ['/nothing', '/onfile-js/release.ts', '/hosted-page.js']) {
      expect((await fetch(demo.url + path)).status, path).toBe(404);
    }
  });
});

test('the samples of the documentation are the shop’s own files', async () => {
  const docs = await readFile(new URL('../../../docs/browser-sdk.md', import.meta.url), 'utf8');
  for (const name of ['onfile-js.js', 'onfile-js.html', 'onfile-element.js', 'onfile-element.html']) {
    const text = await readFile(new URL(`../browser/${name}`, import.meta.url), 'utf8');
    expect(docs, name).toContain(`\n${text}\`\`\`\n`);
  }
});
