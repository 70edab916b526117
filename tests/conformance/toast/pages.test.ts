import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { issueApiClient } from '../../../apps/server/src/api-clients.js';
import { cardBody, type Json, startToastServer, type ToastServer } from './toast-server.js';

// It stands still in each test, and requests are counted by the second.
let now = Date.UTC(2027, 0, 2, 12);
let toast: ToastServer;
beforeAll(async () => {
  toast = await startToastServer({ clock: { now: () => now }, environment: { ONFILE_RATE_LIMITS: 'on' } });
});
beforeEach(() => {
  now += 1_000;
});
afterAll(() => toast?.onfile.stop());

const ORIGIN = 'https://shop.example';
const secretOf = ({ sessionSecret }: Json) => ({ 'Toast-Session-Secret': sessionSecret });

describe('a page with an iframe token', () => {
  test('reads the intent of its session, without the secret, with the mode', async () => {
    const intent = await toast.newIntent();
    const read = (headers: Readonly<Record<string, string>>, token = toast.tokens.iframe) =>
      toast.ask(`GET /v1/setup-intents/${intent.id}`, { token, headers, at: 'vault' });
    const { sessionSecret: _, ...shown } = intent;
    const answer = await read(secretOf(intent));
    expect([answer.status, answer.body]).toEqual([200, { ...shown, livemode: false }]);

    const other = await toast.newIntent();
    expect((await read(secretOf(other))).body.code).toBe(40303);
    expect((await read({})).body.code).toBe(40301);
    const server = await toast.ask(`GET /v1/setup-intents/${intent.id}`);
    expect(server.body).toEqual(intent);
  });

  test('may read the headers that tell how many requests are left, and that alone of its own', async () => {
    const intent = await toast.newIntent();
    const answer = await toast.ask(`GET /v1/setup-intents/${intent.id}`, {
      token: toast.tokens.iframe,
      at: 'vault',
      headers: { ...secretOf(intent), Origin: ORIGIN },
    });
    const exposed = (answer.headers.get('access-control-expose-headers') ?? '').split(', ');
    for (const name of ['X-Toast-RateLimit-By', 'X-Toast-RateLimit-Remaining', 'X-Toast-RateLimit-Reset']) {
      expect(exposed).toContain(name);
      expect(answer.headers.get(name)).not.toBeNull();
    }
    expect(exposed).toEqual(expect.arrayContaining(['Request-Id', 'Retry-After']));
  });

  test('cannot use up what its merchant’s server may ask in a second', async () => {
    const headers = toast.location;
    const intent = await toast.newIntent();
    const asked = Array.from({ length: 30 }, () =>
      toast.ask(`GET /v1/setup-intents/${intent.id}`, {
        token: toast.tokens.iframe,
        at: 'vault',
        headers: { ...headers, ...secretOf(intent) },
      }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    const body = { externalReferenceId: randomUUID(), description: 'x' };
    const server = await toast.ask('POST /v1/customers', { headers, body, at: 'api' });
    expect(server.status).toBe(200);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  });
});

describe('the words of consent', () => {
  const WORDS = { textVersion: 'checkout-1', language: 'en' };
  // biome-ignore format: a table, a line for each case
  const cases: readonly [who: string, token: () => string, origin: () => string | null, kept: object][] = [
    ['our own frame',                 () => toast.tokens.iframe,  () => toast.onfile.vaultUrl, WORDS],
    ['a page of the merchant',        () => toast.tokens.iframe,  () => ORIGIN,                { textVersion: null, language: null }],
    ['a program with a page’s token', () => toast.tokens.iframe,  () => null,                  { textVersion: null, language: null }],
    ['the merchant’s server',         () => toast.tokens.payment, () => toast.onfile.vaultUrl, { textVersion: null, language: null }],
  ];
  for (const [who, token, origin, kept] of cases) {
    test(`are kept as ${JSON.stringify(kept)} when they come from ${who}`, async () => {
      const intent = await toast.newIntent({ usage: 'OFF_SESSION', standingInstructionType: 'UNSCHEDULED' });
      const from = origin();
      const entered = await toast.enterCard(intent, {
        body: { ...cardBody(undefined, 'OFF_SESSION'), consent: WORDS },
        ask: { token: token(), at: 'vault', headers: from === null ? {} : { Origin: from } },
      });
      expect(entered.status).toBe(200);
      const { mandateId } = (await toast.confirm(intent)).body;
      const { storage, merchantId } = toast.onfile;
      const mandate = await storage.loadMandate({ merchantId, mode: 'test' }, mandateId);
      expect(mandate?.consent).toMatchObject(kept);
    });
  }

  test('have to be a version and a language that there are', async () => {
    const intent = await toast.newIntent();
    for (const consent of [
      { textVersion: 'I agreed', language: 'en' },
      { textVersion: 'checkout-1', language: 'xx' },
      'yes',
    ]) {
      const answer = await toast.enterCard(intent, { body: { ...cardBody(), consent } });
      expect([answer.status, answer.body.code]).toEqual([400, 40002]);
    }
  });
});

describe('a credential set with fewer scopes', () => {
  test('gives tokens that have these alone, and is refused the rest', async () => {
    const { merchantId } = toast.onfile;
    const client = await issueApiClient(toast.onfile, {
      ...{ merchantId, mode: 'test', kind: 'secret', name: 'reports' },
      permissions: ['setup_intents:read', 'mandates:read'],
    });
    const token = (await toast.logIn(client)).body.token.accessToken;
    expect(decodeJwt(token).scope).toBe('setup_intents:read mandates:read');
    const intent = await toast.newIntent();
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`, { token })).status).toBe(200);
    for (const [target, body] of [
      ['POST /v1/setup-intents', { customerId: intent.customerId }],
      [`POST /v1/setup-intents/${intent.id}`, {}],
      [`DELETE /v1/mandates/${intent.id}`, undefined],
    ] as const) {
      const answer = await toast.ask(target, { token, body });
      expect([target, answer.status, answer.body.code]).toEqual([target, 403, 40301]);
    }
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body).toEqual(intent);
  });
});
