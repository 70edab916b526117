import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestText, sendRaw } from '../../raw-http.js';
import { type Ask, cardBody, type Json, startToastServer, type ToastServer } from './toast-server.js';

let toast: ToastServer;
let intent: Json;
beforeAll(async () => {
  toast = await startToastServer();
  intent = await toast.newIntent();
});
afterAll(() => toast?.onfile.stop());

const NESTED = `${'{"a":'.repeat(20)}1${'}'.repeat(20)}`;

describe('bad input', () => {
  // biome-ignore format: a table, a line for each case
  const cases: readonly [what: string, target: string, ask: () => Ask, status: number, code: number, field: string | null][] = [
    ['no session secret on a confirmation',   'POST /v1/setup-intents/:id/confirm', () => ({ body: {} }),                                             400, 40001, 'sessionSecret'],
    ['an empty session secret',               'POST /v1/setup-intents/:id/confirm', () => ({ body: { sessionSecret: '' } }),                          400, 40002, 'sessionSecret'],
    ['a wrong session secret',                'POST /v1/setup-intents/:id/confirm', () => ({ body: { sessionSecret: 'SI_x' } }),                      403, 40303, null],
    ['a page with a wrong session secret',    'POST /v1/setup-intents/:id/confirm', () => ({ token: toast.tokens.iframe, body: { sessionSecret: 'x' } }), 403, 40303, null],
    ['a method that is no UUID',              'POST /v1/setup-intents/:id/confirm', () => ({ body: { sessionSecret: intent.sessionSecret, paymentMethodId: 'x' } }), 400, 40002, 'paymentMethodId'],
    ['no session secret on a card',           'POST /v1/payment-methods', () => ({ headers: key(), body: cardBody() }),                               400, 40001, 'Toast-Session-Secret'],
    ['no idempotency key on a card',          'POST /v1/payment-methods', () => ({ headers: secret(), body: cardBody() }),                            400, 40001, 'Toast-Idempotency-Key'],
    ['an idempotency key that is no UUID',    'POST /v1/payment-methods', () => ({ headers: { ...secret(), 'Toast-Idempotency-Key': 'x' }, body: cardBody() }), 400, 40002, 'Toast-Idempotency-Key'],
    ['a session secret of nobody',            'POST /v1/payment-methods', () => ({ headers: { ...key(), 'Toast-Session-Secret': `${intent.sessionSecret}x` }, body: cardBody() }), 404, 40401, null],
    ['no location on a detach',               `POST /v1/payment-methods/${randomUUID()}/detach`, () => ({ body: {} }),                                400, 40001, 'Toast-Restaurant-External-ID'],
    ['an id that is no UUID',                 'GET /v1/setup-intents/x', () => ({}),                                                                  404, 40401, null],
    ['an id of nothing',                      `GET /v1/setup-intents/${randomUUID()}`, () => ({}),                                                    404, 40401, null],
    ['a confirmation of nothing',             `POST /v1/setup-intents/${randomUUID()}/confirm`, () => ({ body: { sessionSecret: 'x' } }),             404, 40401, null],
    ['an address of nothing',                 'GET /v1/payment-intents', () => ({}),                                                                  404, 40401, null],
    ['a method that is not there',            'DELETE /v1/customers', () => ({}),                                                                     405, 40501, null],
    ['a query parameter that is there twice', 'GET /v1/setup-intents/:id?x=1&x=2', () => ({}),                                                400, 40000, null],
    ['no body',                               'POST /v1/setup-intents', () => ({}),                                                                   400, 40001, null],
    ['a body that is a list',                 'POST /v1/setup-intents', () => ({ body: [] }),                                                         400, 40002, null],
    ['a body that is no JSON',                'POST /v1/setup-intents', () => ({ body: '{"usage":' }),                                                400, 40000, null],
    ['a key that occurs twice',               'POST /v1/setup-intents', () => ({ body: '{"usage":"ON_SESSION","usage":"OFF_SESSION"}' }),              400, 40000, null],
    ['a body that is nested too deeply',      'POST /v1/setup-intents', () => ({ body: NESTED }),                                                     400, 40000, null],
    ['another content type',                  'POST /v1/setup-intents', () => ({ headers: { 'content-type': 'text/plain' }, body: '{}' }),             415, 41501, null],
    ['a body that is too large',              'POST /v1/setup-intents', () => ({ body: { externalReferenceId: 'x'.repeat(70_000) } }),                 413, 41301, null],
    ['a card number where none belongs',      'POST /v1/setup-intents', () => ({ body: { externalReferenceId: '4242424242424242' } }),                 400, 40007, null],
  ];
  for (const [what, target, ask, status, code, field] of cases) {
    test(`${what} is ${status} with code ${code}${field ? `, naming ${field}` : ''}`, async () => {
      const answer = await toast.ask(target.replace(':id', intent.id), ask());
      expect([answer.status, answer.body.code, answer.body.fieldName]).toEqual([status, code, field]);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expectErrorMessage(answer.body, answer.headers);
      expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body).toEqual(intent);
    });
  }

  // biome-ignore format: a table, a line for each case
  const repeated: readonly [name: string, values: () => readonly string[]][] = [
    ['Toast-Restaurant-External-ID', () => [toast.onfile.merchantId, randomUUID()]],
    ['Toast-Restaurant-External-ID', () => [toast.onfile.merchantId, toast.onfile.merchantId]],
    ['Toast-Session-Secret',         () => [intent.sessionSecret, 'x']],
    ['Authorization',                () => [`Bearer ${toast.tokens.payment}`, 'Bearer x']],
  ];
  for (const [name, values] of repeated) {
    test(`${name} that is there twice is 400, naming it`, async () => {
      const [first = '', second = ''] = values();
      const authorization = `Bearer ${toast.tokens.payment}`;
      const headers = {
        authorization,
        'content-type': 'application/json',
        [name.toLowerCase()]: first,
        [name]: second,
      };
      const text = requestText('POST', '/v1/setup-intents', {
        headers,
        body: JSON.stringify({ customerId: intent.customerId }),
      });
      const answer = await sendRaw(toast.onfile.apiUrl, text);
      const { code, developerMessage } = JSON.parse(answer.body);
      expect([answer.status, code]).toEqual([400, 40002]);
      expect(developerMessage).toBe(`The header ${name.toLowerCase()} is given more than once.`);
    });
  }

  test('a page is told the same of an intent that is not there as of one whose secret it does not have', async () => {
    const confirm = async (id: string) => {
      const ask = { token: toast.tokens.iframe, body: { sessionSecret: 'x' } };
      const { requestId: _, ...body } = (await toast.ask(`POST /v1/setup-intents/${id}/confirm`, ask)).body;
      return body;
    };
    expect(await confirm(randomUUID())).toEqual(await confirm(intent.id));
  });

  test('a page may ask from any origin, with the headers of this API, and only where it has to', async () => {
    const preflight = (path: string) => fetch(`${toast.onfile.vaultUrl}${path}`, { method: 'OPTIONS' });
    const open = await preflight('/v1/payment-methods');
    expect(open.headers.get('access-control-allow-methods')).toBe('POST');
    expect(open.headers.get('access-control-allow-headers')?.split(', ').sort()).toEqual([
      'authorization',
      'content-type',
      'toast-idempotency-key',
      'toast-restaurant-external-id',
      'toast-session-secret',
    ]);
    const closed = await fetch(`${toast.onfile.apiUrl}/v1/mandates/${randomUUID()}`, { method: 'OPTIONS' });
    expect(closed.headers.has('access-control-allow-methods')).toBe(false);
  });
});

describe('the limits', () => {
  test('are told on every answer, and the twenty-first request in a second is 429', async () => {
    const now = Date.UTC(2027, 0, 2, 12);
    const limited = await startToastServer({ clock: { now: () => now }, environment: { ONFILE_RATE_LIMITS: 'on' } });
    try {
      const target = `GET /v1/mandates/${randomUUID()}`;
      for (let left = 19; left >= 0; left -= 1) {
        const { status, headers } = await limited.ask(target, { headers: limited.location });
        expect([status, standingIn(headers)]).toEqual([404, ['GLOBAL', String(left), String(now / 1_000 + 1)]]);
      }
      const over = await limited.ask(target, { headers: limited.location });
      expect([over.status, over.body.code, over.body.canRetry]).toEqual([429, 42901, true]);
      expect([over.headers.get('retry-after'), ...standingIn(over.headers)]).toEqual([
        '1',
        'GLOBAL',
        '0',
        String(now / 1_000 + 1),
      ]);
      expect((await limited.ask(target)).status).toBe(404);
      const login = await limited.logIn(limited.onfile.clients.payment);
      expect([login.status, login.headers.has('x-toast-ratelimit-remaining')]).toEqual([200, false]);
    } finally {
      await limited.onfile.stop();
    }
  });
});

function key() {
  return { 'Toast-Idempotency-Key': randomUUID() };
}

function secret() {
  return { 'Toast-Session-Secret': intent.sessionSecret };
}

function standingIn(headers: Headers): (string | null)[] {
  return ['by', 'remaining', 'reset'].map((name) => headers.get(`x-toast-ratelimit-${name}`));
}

function expectErrorMessage(body: Json, headers: Headers): void {
  expect(body).toEqual({
    status: expect.any(Number),
    code: expect.any(Number),
    message: expect.any(String),
    messageKey: null,
    fieldName: body.fieldName,
    link: null,
    requestId: headers.get('request-id'),
    developerMessage: body.developerMessage,
    errors: expect.any(Array),
    canRetry: expect.any(Boolean),
  });
}
