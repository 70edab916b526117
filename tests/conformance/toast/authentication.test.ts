import { randomUUID } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestMerchant } from '../../running-server.js';
import { type Json, startToastServer, type ToastServer } from './toast-server.js';

const DAY_MS = 24 * 60 * 60_000;
const START = Date.UTC(2027, 0, 2, 12, 0, 0, 250);
let now = START;
let toast: ToastServer;
let merchant: TestMerchant;
beforeAll(async () => {
  toast = await startToastServer({ clock: { now: () => now } });
  merchant = await toast.onfile.addMerchant('Another restaurant');
});
afterAll(() => toast?.onfile.stop());

const LOGIN = 'POST /authentication/v1/authentication/login';

describe('logging in', () => {
  test('answers a token, with the scopes and claims of its credential set', async () => {
    const { payment, iframe } = toast.onfile.clients;
    for (const [{ clientId, clientSecret }, scope] of [
      [payment, /^setup_intents:read setup_intents:write .*mandates:write$/],
      [iframe, /^hosted_checkout\.iframe:write$/],
    ] as const) {
      const { status, body } = await toast.logIn({ clientId, clientSecret });
      expect([status, body]).toEqual([
        200,
        {
          '@class': '.SuccessfulResponse',
          status: 'SUCCESS',
          token: {
            tokenType: 'Bearer',
            scope: null,
            expiresIn: 86_399,
            accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
            idToken: null,
            refreshToken: null,
          },
        },
      ]);
      const claims = decodeJwt(body.token.accessToken);
      expect(claims).toMatchObject({
        sub: `${clientId}@clients`,
        azp: clientId,
        aud: 'https://toast-services-api/',
        gty: 'client-credentials',
        iat: Math.floor(START / 1_000),
        exp: Math.floor(START / 1_000) + 86_400,
        scope: expect.stringMatching(scope),
        'https://toasttab.com/access_type': 'TOAST_MACHINE_CLIENT',
      });
      expect(decodeProtectedHeader(body.token.accessToken).alg).toBe('RS256');
    }
  });

  test('answers a token that anybody can check with the published keys', async () => {
    const keys = createRemoteJWKSet(new URL(`${toast.onfile.apiUrl}/authentication/v1/.well-known/jwks.json`));
    const { payload } = await jwtVerify(toast.tokens.payment, keys, { currentDate: new Date(now) });
    expect(payload.azp).toBe(toast.onfile.clients.payment.clientId);
    const { body } = await toast.ask('GET /authentication/v1/.well-known/jwks.json', { token: null });
    expect(Object.keys(body.keys[0]).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  test('answers the same token until its last minute, whoever asks at once, and then another', async () => {
    const { payment } = merchant.clients;
    const tokenAt = async (at: number): Promise<Json> => {
      now = at;
      return (await toast.logIn(payment)).body.token;
    };
    const atOnce = await Promise.all(Array.from({ length: 16 }, () => tokenAt(START)));
    expect(new Set(atOnce.map(({ accessToken }) => accessToken)).size).toBe(1);
    const [first] = atOnce;
    const issuedAt = Math.floor(START / 1_000) * 1_000;
    const late = await tokenAt(issuedAt + DAY_MS - 60_001);
    expect([late.accessToken, late.expiresIn]).toEqual([first.accessToken, 60]);

    const next = await tokenAt(issuedAt + DAY_MS - 60_000);
    expect(next.accessToken).not.toBe(first.accessToken);
    expect(next.expiresIn).toBe(86_400);
    // Both work meanwhile; the first until its own end.
    const works = async (token: string) => (await toast.ask(`GET /v1/mandates/${randomUUID()}`, { token })).status;
    expect([await works(first.accessToken), await works(next.accessToken)]).toEqual([404, 404]);
    now = issuedAt + DAY_MS;
    expect([await works(first.accessToken), await works(next.accessToken)]).toEqual([401, 404]);
    now = START;
  });

  // biome-ignore format: a table, a line for each case
  const refused: readonly [what: string, change: (good: Json) => Json, status: string][] = [
    ['another secret',        (good) => ({ ...good, clientSecret: `${good.clientSecret.slice(0, -1)}!` }), '401'],
    ['an unknown id',         (good) => ({ ...good, clientId: good.clientId.replace(/.$/, (last: string) => (last === 'a' ? 'b' : 'a')) }), '401'],
    ['an id of another form', (good) => ({ ...good, clientId: 'my-client' }),                              '401'],
    ['no secret',             ({ clientSecret: _, ...good }) => good,                                      '400'],
    ['a secret that is a list', (good) => ({ ...good, clientSecret: [] }),                                 '400'],
    ['another access type',   (good) => ({ ...good, userAccessType: 'HUMAN' }),                            '400'],
    ['nothing',               () => undefined,                                                             '400'],
    ['a list',                () => [],                                                                    '400'],
  ];
  for (const [what, change, status] of refused) {
    test(`with ${what} is ${status}, with its status as a text`, async () => {
      const { clientId, clientSecret } = toast.onfile.clients.payment;
      const body = change({ clientId, clientSecret, userAccessType: 'TOAST_MACHINE_CLIENT' });
      const answer = await toast.ask(LOGIN, { token: null, body });
      expect([String(answer.status), answer.body.status, answer.body.canRetry]).toEqual([status, status, 'false']);
      expect(answer.body.requestId).toBe(answer.headers.get('request-id'));
    });
  }

  test('with several faults is told so, each entry of the same types as the whole', async () => {
    const { body } = await toast.ask(LOGIN, { token: null, body: { userAccessType: 'HUMAN' } });
    const told = body.errors.map((each: Json) => [each.fieldName, each.status, each.canRetry]);
    expect(told).toEqual([
      ['clientId', '400', 'false'],
      ['clientSecret', '400', 'false'],
      ['userAccessType', '400', 'false'],
    ]);
  });

  test('by another method, or at another address beside it, is told in the same words', async () => {
    const told = async (target: string) => {
      const { status, body } = await toast.ask(target, { token: null });
      return [status, body.status, body.code];
    };
    expect(await told(LOGIN.replace('POST', 'GET'))).toEqual([405, '405', 40501]);
    expect(await told('POST /authentication/v1/authentication/logout')).toEqual([404, '404', 40401]);
  });

  test('with credentials that were revoked is 401, and so are their tokens, within five seconds', async () => {
    const { payment } = (await toast.onfile.addMerchant('A third restaurant')).clients;
    const token = (await toast.logIn(payment)).body.token.accessToken;
    const { storage } = toast.onfile;
    const scope = decodeJwt(token)['https://toasttab.com/management_set_guid'] as never;
    await storage.revokeApiClient(scope, payment.id, now);
    now += 5_000;
    expect((await toast.logIn(payment)).status).toBe(401);
    expect((await toast.ask('POST /v1/setup-intents', { token, body: {} })).status).toBe(401);
    now = START;
  });
});

describe('a token', () => {
  test('that is missing, mistyped, or signed by another key is 401', async () => {
    const { payment } = toast.tokens;
    const claims = decodeJwt(payment);
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ ...decodeProtectedHeader(payment), alg: 'HS256' })
      .sign(new TextEncoder().encode('a'.repeat(32)));
    const [header, , signature] = payment.split('.');
    const raised = Buffer.from(JSON.stringify({ ...claims, exp: 9_999_999_999 })).toString('base64url');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${raised}.`;
    const { secretKey } = toast.onfile;
    for (const token of [null, 'x', `${payment}x`, forged, `${header}.${raised}.${signature}`, unsigned, secretKey]) {
      const answer = await toast.ask(`GET /v1/mandates/${randomUUID()}`, { token });
      expect([answer.status, answer.body.code, answer.body.canRetry]).toEqual([401, 40101, false]);
    }
  });

  test('of the iframe set may do nothing but its own session', async () => {
    const { iframe: token } = toast.tokens;
    const { id, customerId } = await toast.newIntent();
    for (const [target, body] of [
      ['POST /v1/setup-intents', { customerId }],
      [`GET /v1/setup-intents/${id}`, undefined],
      [`POST /v1/setup-intents/${id}`, { usage: 'ON_SESSION' }],
      ['POST /v1/customers', { externalReferenceId: 'x', description: 'x' }],
      [`GET /v1/payment-methods/${id}`, undefined],
      [`POST /v1/payment-methods/${id}/detach`, {}],
      [`GET /v1/payment-methods/${id}/mandates`, undefined],
      [`GET /v1/mandates/${id}`, undefined],
      [`DELETE /v1/mandates/${id}`, undefined],
    ] as const) {
      const answer = await toast.ask(target, { token, body, headers: toast.location });
      expect([target, answer.status, answer.body.code]).toEqual([target, 403, 40301]);
    }
  });

  test("of another merchant sees nothing of this one's", async () => {
    const token = await toast.tokenOf(merchant, 'payment');
    const iframe = await toast.tokenOf(merchant, 'iframe');
    const intent = await toast.newIntent({ usage: 'OFF_SESSION', standingInstructionType: 'RECURRING' });
    const { id } = (await toast.enterCard(intent, { usage: 'OFF_SESSION' })).body;
    const confirm = { sessionSecret: intent.sessionSecret };
    for (const [target, body, status] of [
      [`GET /v1/setup-intents/${intent.id}`, undefined, 404],
      [`POST /v1/setup-intents/${intent.id}`, {}, 404],
      [`POST /v1/setup-intents/${intent.id}/confirm`, confirm, 404],
    ] as const) {
      expect([target, (await toast.ask(target, { token, body })).status]).toEqual([target, status]);
    }
    expect((await toast.enterCard(intent, { ask: { token: iframe } })).status).toBe(404);
    const { mandateId } = (await toast.confirm(intent)).body;
    for (const target of [
      `GET /v1/payment-methods/${id}`,
      `GET /v1/payment-methods/${id}/mandates`,
      `GET /v1/mandates/${mandateId}`,
      `DELETE /v1/mandates/${mandateId}`,
    ]) {
      expect([target, (await toast.ask(target, { token })).status]).toEqual([target, 404]);
    }
    expect((await toast.ask(`GET /v1/mandates/${mandateId}`)).body.status).toBe('ACTIVE');
  });
});

describe('the location', () => {
  // biome-ignore format: a table, a line for each case
  const cases = [
    // what is sent       where it is optional, and where it is required
    ['own',      201, 200],
    ['upper',    201, 200],
    ['none',     201, 400],
    ['foreign',  403, 403],
    ['no uuid',  400, 400],
  ] as const;
  for (const [sent, optional, required] of cases) {
    test(`that is ${sent} is ${optional} where it is optional and ${required} where it is required`, async () => {
      const { merchantId } = toast.onfile;
      const values: Record<string, string> = {
        own: merchantId,
        upper: merchantId.toUpperCase(),
        foreign: merchant.merchantId,
        'no uuid': 'x',
      };
      const value = values[sent];
      const headers = value === undefined ? {} : { 'Toast-Restaurant-External-ID': value };
      const customer = { externalReferenceId: randomUUID(), description: 'x' };
      const intent = { customerId: await toast.newCustomer() };
      const answers = [
        await toast.ask('POST /v1/setup-intents', { headers, body: intent }),
        await toast.ask('POST /v1/customers', { headers, body: customer }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([optional, required]);
    });
  }
});
