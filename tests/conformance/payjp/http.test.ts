import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type PayjpServer, startPayjpServer } from './payjp-server.js';

// What the published clients do on the wire besides what the Node client does: Basic, headers, empty bodies, slashes.

let server: PayjpServer;
beforeAll(async () => {
  server = await startPayjpServer();
});
afterAll(() => server?.onfile.stop());

describe('a secret key', () => {
  test.each(['Bearer', 'Basic'] as const)('is taken as %s', async (scheme) => {
    expect((await server.ask('GET /v2/customers', { scheme })).status).toBe(200);
    const wrong = await server.ask('GET /v2/customers', { scheme, key: 'sk_test_wrong' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'unauthorized']);
  });

  test.each([
    ['without one', { key: null }],
    ['with a wrong one as Basic', { key: 'sk_test_wrong', scheme: 'Basic' }],
  ] as const)('is asked for as Bearer only, %s: for Basic a browser would show its password prompt', async (_, ask) => {
    for (const at of ['api', 'vault'] as const) {
      const path = at === 'api' ? '/v2/customers' : '/v2/setup_flows/setfw_1';
      const { status, headers } = await server.ask(`GET ${path}`, { ...ask, at });
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
  });

  test('begins as the Go client demands', () => {
    expect(server.onfile.secretKey).toMatch(/^sk_test_/);
    expect(server.onfile.publicKey).toMatch(/^pk_test_/);
  });
});

describe('the type of an error', () => {
  const get = async (path: string) => {
    const response = await fetch(new URL(path, server.onfile.apiUrl));
    return { status: response.status, type: response.headers.get('content-type'), html: await response.text() };
  };

  test('is the address of a page that explains it, on the port that was listened on', async () => {
    const { body } = await server.ask('GET /v2/customers/nobody');
    expect(body.type).toBe(`${server.onfile.apiUrl}/errors/not-found`);
    const page = await get(body.type);
    expect([page.status, page.type]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.html).toContain('<code>not_found</code>');
  });

  test('is one of a list, and nothing else has a page', async () => {
    expect((await get('/errors')).html).toContain('href="/errors/not-found"');
    expect((await get('/errors/no-such-code')).status).toBe(404);
  });
});

describe('a request without a body', () => {
  test.each([
    ['without a content type, as from Node', {}],
    ['with a content type, as from Python', { 'content-type': 'application/json' }],
  ])('is a request %s', async (_, headers) => {
    const created = await server.ask('POST /v2/setup_flows', { headers });
    expect(created.status).toBe(200);
    expect((await server.ask(`POST /v2/setup_flows/${created.body.id}/cancel`, { headers })).status).toBe(200);
    expect((await server.ask('GET /v2/setup_flows', { headers })).status).toBe(200);
  });

  test('may say null where a body is optional', async () => {
    expect((await server.ask('POST /v2/setup_flows', { body: 'null' })).status).toBe(200);
  });
});

describe('a request as from PHP', () => {
  test('may have empty metadata as an empty list', async () => {
    const { body } = await server.ask('POST /v2/customers', { body: { metadata: [] } });
    expect(body.metadata).toEqual({});
  });

  test('may accept both kinds of JSON', async () => {
    const headers = { accept: 'application/json, application/problem+json' };
    expect((await server.ask('GET /v2/customers?limit=10', { headers })).status).toBe(200);
  });
});

test('diagnostics in headers are ignored', async () => {
  const headers = { 'x-payjp-client-user-agent': '{"lang":"python"}' };
  expect((await server.ask('GET /v2/customers', { headers })).status).toBe(200);
});

test('one trailing slash, and a doubled one after the host, are tolerated', async () => {
  expect((await server.ask('GET /v2/customers/')).status).toBe(200);
  expect((await server.ask('GET //v2/customers')).status).toBe(200);
});

describe('keys of a body', () => {
  test('that nobody knows, or that are the server’s, change nothing', async () => {
    const body = {
      status: 'succeeded',
      livemode: true,
      id: 'setfw_1',
      created_at: 'then',
      merchant_id: 'x',
      unknown: [{}],
    };
    const { status, body: flow } = await server.ask('POST /v2/setup_flows', { body });
    expect([status, flow.status, flow.livemode]).toEqual([200, 'requires_payment_method', false]);
    expect(flow.id).not.toBe('setfw_1');
  });

  test('that are wrong are all told at once', async () => {
    const body = { email: 'nobody', description: 1, metadata: { a: null } };
    const { body: error } = await server.ask('POST /v2/customers', { body });
    expect(error.errors.map(({ field }: Json) => field)).toEqual(['email', 'description', 'metadata.a']);
    expect(error.errors.every((item: Json) => Object.keys(item).join() === 'field,message')).toBe(true);
  });
});

describe('metadata', () => {
  const KEYS_20 = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`key_${n}`, n]));

  test('is merged, and an empty text removes a key', async () => {
    const { body: customer } = await server.ask('POST /v2/customers', { body: { metadata: { a: 1, b: 'x', c: '' } } });
    expect(customer.metadata).toEqual({ a: 1, b: 'x' });
    const update = { metadata: { a: '', b: 'y', c: false } };
    const { body: updated } = await server.ask(`POST /v2/customers/${customer.id}`, { body: update });
    expect(updated.metadata).toEqual({ b: 'y', c: false });
  });

  test('may trade one of 20 keys for another', async () => {
    const { body: customer } = await server.ask('POST /v2/customers', { body: { metadata: KEYS_20 } });
    const update = { metadata: { key_0: '', another: 1 } };
    const answer = await server.ask(`POST /v2/customers/${customer.id}`, { body: update });
    expect([answer.status, Object.keys(answer.body.metadata).length]).toEqual([200, 20]);
  });

  test.each([
    ['a key of 41 characters', { ['k'.repeat(41)]: 'x' }],
    ['a value of 501 characters', { a: 'v'.repeat(501) }],
    ['a fraction', { a: 1.5 }],
    ['null', { a: null }],
    ['an object', { a: {} }],
    ['a list', { a: [] }],
  ])('has no %s', async (_, metadata) => {
    const { status } = await server.ask('POST /v2/customers', { body: { metadata } });
    expect(status).toBe(422);
  });
});

test('repeated parameters are refused where one is meant', async () => {
  const { status, body } = await server.ask('GET /v2/customers?limit=1&limit=2');
  expect([status, body.errors[0].field]).toEqual([422, 'limit']);
});
