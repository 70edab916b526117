import { issueOperatorKey } from '@onfile/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestMerchant } from '../running-server.js';
import { ask, makeOperatorWorld, type OperatorWorld, payjp } from './world.js';

let world: OperatorWorld;
let other: TestMerchant;
let toastToken: string;
beforeAll(async () => {
  world = await makeOperatorWorld();
  const login = await fetch(`${world.onfile.apiUrl}/authentication/v1/authentication/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      clientId: world.onfile.clients.payment.clientId,
      clientSecret: world.onfile.clients.payment.clientSecret,
      userAccessType: 'TOAST_MACHINE_CLIENT',
    }),
  });
  toastToken = (await login.json()).token.accessToken;
});
afterAll(() => world?.stop());

describe('Who may ask', () => {
  test('everybody for the description, and nobody without a good key for anything else', async () => {
    expect((await ask(world, 'GET /openapi.json', { key: null })).status).toBe(200);
    for (const key of [null, 'op_nothing', `${world.operatorKey}x`, world.operatorKey.slice(0, -1), toastToken]) {
      const { status, json } = await ask(world, 'GET /events', { key });
      expect([status, json.error.code]).toEqual([401, 'unauthorized']);
    }
    expect((await ask(world, 'GET /events', { key: world.onfile.publicKey })).status).toBe(403);
  });

  test('no operator key that was revoked', async () => {
    const { id, text } = await issueOperatorKey(world.onfile, null);
    await world.onfile.storage.revokeOperatorKey(id, world.onfile.clock.now());
    expect((await ask(world, 'GET /events', { key: text })).status).toBe(401);
  });

  test('an operator key opens nothing but this API', async () => {
    const response = await fetch(`${world.onfile.apiUrl}/v2/customers`, {
      headers: { authorization: `Bearer ${world.operatorKey}` },
    });
    expect(response.status).toBe(401);
  });

  // biome-ignore format: a table
  const ofOperators = [
    'GET /merchants', 'POST /merchants', 'PATCH /merchants/:own', 'POST /keys', 'DELETE /keys/:own',
  ] as const;
  for (const target of ofOperators) {
    test(`operators alone for ${target}`, async () => {
      const { status, json } = await ask(world, target.replace(':own', world.onfile.merchantId), {
        key: world.onfile.secretKey,
        ...(!target.startsWith('GET') && { body: {} }),
      });
      expect([status, json.error.code]).toEqual([403, 'forbidden']);
    });
  }
});

describe('Whose data an operator asks for', () => {
  test('is the only merchant’s while there is one, and then has to be said', async () => {
    expect((await ask(world, 'GET /setup_intents')).status).toBe(200);
    other = await world.onfile.addMerchant('Another shop');
    const { status, json } = await ask(world, 'GET /setup_intents');
    expect([status, json.error.code]).toEqual([400, 'merchant_required']);
  });

  test('is that of the merchant and mode that the headers name', async () => {
    await payjp(world, 'POST /v2/setup_flows', {});
    const countOf = async (headers: Record<string, string>) =>
      (await ask(world, 'GET /setup_intents', { headers })).json.data.length;
    const own = { 'Onfile-Merchant': world.onfile.merchantId };
    expect(await countOf(own)).toBe(1);
    expect(await countOf({ ...own, 'Onfile-Mode': 'live' })).toBe(0);
    expect(await countOf({ 'Onfile-Merchant': other.merchantId })).toBe(0);
  });

  for (const [headers, status, code] of [
    [{ 'Onfile-Merchant': 'nothing' }, 404, 'merchant_unknown'],
    [{ 'Onfile-Merchant': '01990000-0000-7000-8000-000000000000' }, 404, 'merchant_unknown'],
    [{ 'Onfile-Mode': 'both' }, 400, 'invalid_request'],
  ] as const) {
    test(`is refused for ${JSON.stringify(headers)}`, async () => {
      const { status: found, json } = await ask(world, 'GET /setup_intents', { headers });
      expect([found, json.error.code]).toEqual([status, code]);
    });
  }

  test('is a merchant’s own with its secret key, whatever the headers say', async () => {
    const headers = { 'Onfile-Merchant': world.onfile.merchantId, 'Onfile-Mode': 'live' };
    const { json } = await ask(world, 'GET /setup_intents', { key: other.secretKey, headers });
    expect(json.data).toEqual([]);
    expect((await ask(world, `GET /merchants/${other.merchantId}`, { key: other.secretKey })).status).toBe(200);
    expect((await ask(world, `GET /merchants/${world.onfile.merchantId}`, { key: other.secretKey })).status).toBe(404);
  });
});

describe('What an operator changes', () => {
  const headers = () => ({ 'Onfile-Merchant': other.merchantId });

  test('a key that is made works, and one that is ended does not', async () => {
    const { json: key } = await ask(world, 'POST /keys', { headers: headers(), body: {} });
    const { status } = await ask(world, `DELETE /keys/${key.id}`, { headers: headers() });
    expect(status).toBe(200);
    expect((await ask(world, 'GET /events', { key: key.key })).status).toBe(401);
    const { json: another } = await ask(world, 'POST /keys', { headers: headers(), body: {} });
    expect((await ask(world, 'GET /events', { key: another.key })).status).toBe(200);
    expect(
      (await ask(world, 'POST /keys', { headers: { ...headers(), 'Onfile-Mode': 'live' }, body: {} })).json.error.code,
    ).toBe('live_mode_unavailable');
  });

  test('origins are taken as a whole, and bad ones are refused with what to write', async () => {
    const path = `/merchants/${other.merchantId}`;
    const origins = ['https://a.example', 'https://b.example'];
    expect((await ask(world, `PATCH ${path}`, { body: { origins } })).json.origins).toEqual(origins);
    expect((await ask(world, `PATCH ${path}`, { body: { origins: ['https://b.example'] } })).json.origins).toEqual([
      'https://b.example',
    ]);
    const { status, json } = await ask(world, `PATCH ${path}`, { body: { origins: ['https://b.example/page'] } });
    expect([status, json.error.code]).toEqual([400, 'origin_not_allowed']);
    expect(json.error.message).toContain('use https://b.example');
  });

  // biome-ignore format: a table
  const endpoints = [
    [{ url: 'nothing' },                                              'url'],
    [{ url: 'http://shop.example/' },                                 'url'],
    [{ url: 'https://shop.example/', dialect: 'stripe' },             'dialect'],
    [{ url: 'https://shop.example/', events: ['nothing'] },           'events'],
  ] as const;
  for (const [body, param] of endpoints) {
    test(`an endpoint like ${JSON.stringify(body)} is refused for its ${param}`, async () => {
      const { status, json } = await ask(world, 'POST /webhook_endpoints', { headers: headers(), body });
      expect([status, json.error.param]).toEqual([400, param]);
    });
  }
});
