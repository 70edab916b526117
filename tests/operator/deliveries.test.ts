import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startReceiver } from '../webhooks/receivers.js';
import { ANSWER, followUntil, makeThings, type Things } from './things.js';
import { ask, type Json, makeOperatorWorld, type OperatorWorld, payjp } from './world.js';

let world: OperatorWorld;
let things: Things;
beforeAll(async () => {
  world = await makeOperatorWorld();
  things = await makeThings(world);
});
afterAll(async () => {
  await things?.receiver.close();
  await world?.stop();
});

describe('A delivery', () => {
  test('shows each POST as it went over the wire, without the static token, and the answer as it came', async () => {
    const { event, endpoint, receiver } = things;
    const { json } = await ask(world, `GET /deliveries/${event.id}/${endpoint.id}`);
    expect(json).toMatchObject({ state: 'accepted', attempts_made: 1, event: { type: 'setup_intent.succeeded' } });
    const [post, ...others] = json.attempts;
    expect(others).toEqual([]);
    const received = receiver.received.find(({ headers }) => headers['webhook-id'] === event.dialect_ids.payjp);
    const { 'x-payjp-webhook-token': token, ...headers } = received?.headers ?? {};
    expect(token).toMatch(/^whook_/);
    expect(post).toMatchObject({
      request: { url: receiver.url, body: received?.body, headers: { ...headers, 'x-payjp-webhook-token': '***' } },
      answer: { status: 200, body: ANSWER.body, headers: { 'x-shop': 'yes', 'set-cookie': '***' } },
      fault: null,
    });
  });

  test('that fails shows why, and every try of it', async () => {
    let status = 500;
    const failing = await startReceiver(() => status);
    const url = failing.url;
    const { json: endpoint } = await ask(world, 'POST /webhook_endpoints', { body: { url, events: ['customer.*'] } });
    const customer = await payjp(world, 'POST /v2/customers', {});
    const [event] = await followUntil(world, `object_id=${customer.id}`, 1);
    const path = `/deliveries/${event.id}/${endpoint.id}`;
    const first = await until(`GET ${path}`, ({ attempts }) => attempts.length > 0);
    expect(first).toMatchObject({ state: 'pending', last_attempt: { status: 500 } });
    expect(first.attempts[0].answer.status).toBe(500);

    status = 204;
    expect((await ask(world, `POST /events/${event.id}/replay`, { body: { endpoint_id: endpoint.id } })).json).toEqual({
      replayed: 1,
    });
    const second = await until(`GET ${path}`, ({ state }) => state === 'accepted');
    const statuses = second.attempts.map(({ answer }: Json) => answer.status);
    // On a busy machine the schedule's own second try, after five seconds, can come before the replay's.
    expect(statuses).toEqual(failing.received.map((received) => received.status));
    expect([statuses.at(0), statuses.at(-1)]).toEqual([500, 204]);

    await failing.close();
    await ask(world, `POST /events/${event.id}/replay`, { body: { endpoint_id: endpoint.id } });
    const third = await until(`GET ${path}`, ({ attempts }) => attempts.length > statuses.length);
    expect(third.attempts[statuses.length]).toMatchObject({
      ...{ answer: null, fault: 'connection_failed', request: { url } },
    });
    await ask(world, `DELETE /webhook_endpoints/${endpoint.id}`);
  });

  test('of a range is made again by its states', async () => {
    const { endpoint } = things;
    const replay = async (body: object) =>
      (await ask(world, 'POST /replays', { body: { endpoint_id: endpoint.id, ...body } })).json;
    expect(await replay({ states: ['dead'] })).toEqual({ replayed: 0, next_cursor: null });
    expect(await replay({ until: '2020-01-01T00:00:00Z' })).toEqual({ replayed: 0, next_cursor: null });
    expect((await replay({ states: ['accepted'] })).replayed).toBeGreaterThan(0);
  });
});

describe('A setup intent', () => {
  test('comes with its attempts, its method, its events in order, and their deliveries', async () => {
    const { flow, method, customer } = things;
    const { json } = await ask(world, `GET /setup_intents/${flow.id}`);
    expect(json).toMatchObject({
      status: 'succeeded',
      dialect_ids: { payjp: flow.id, toast: json.id },
      customer: { dialect_ids: { payjp: customer.id } },
      payment_method: { dialect_ids: { payjp: method.id }, card: { brand: 'visa', last4: '4242' } },
      attempts: [{ outcome: 'approved', connector: 'simulator', state: 'closed', error_code: null }],
    });
    const types = json.events.map(({ type }: Json) => type);
    expect(types).toEqual(
      expect.arrayContaining(['setup_intent.created', 'setup_intent.succeeded', 'payment_method.attached']),
    );
    expect(types.indexOf('setup_intent.created')).toBeLessThan(types.indexOf('setup_intent.succeeded'));
    expect(json.deliveries.length).toBeGreaterThan(0);
  });
});

describe('Search', () => {
  const found = async (q: string) => {
    const { json } = await ask(world, `GET /search?q=${encodeURIComponent(q)}`);
    return json.data.map(({ kind, dialect_ids }: Json) => `${kind} ${dialect_ids.payjp}`);
  };

  test('finds an object by any of its ids', async () => {
    const { flow, method, customer, session, event, endpoint } = things;
    for (const [kind, { id }] of Object.entries({
      setup_intent: flow,
      payment_method: method,
      customer,
      checkout_session: session,
    })) {
      expect(await found(id)).toEqual([`${kind} ${id}`]);
      const [{ id: own }] = (await ask(world, `GET /search?q=${id}`)).json.data;
      expect(await found(own)).toEqual([`${kind} ${id}`]);
      expect(await found(own.toUpperCase())).toEqual([`${kind} ${id}`]);
    }
    expect(await found(event.id)).toEqual([`event ${event.dialect_ids.payjp}`]);
    expect(await found(endpoint.id)).toEqual(['webhook_endpoint null']);
    expect(await found('01990000-0000-7000-8000-000000000000')).toEqual([]);
  });

  test('finds by e-mail in whatever case, by last four digits, and by an id that the merchant chose', async () => {
    const { method, customer, session } = things;
    expect((await found('TARO@shop.example')).sort()).toEqual(
      [`customer ${customer.id}`, `checkout_session ${session.id}`].sort(),
    );
    expect(await found('4242')).toEqual([`payment_method ${method.id}`]);
    expect(await found('4243')).toEqual([]);
    await payjp(world, 'POST /v2/customers', { id: 'chosen-1' });
    expect(await found('chosen-1')).toEqual(['customer chosen-1']);
  });

  test('does not take a card number, and does not repeat it', async () => {
    const { status, text } = await ask(world, 'GET /search?q=4242%204242%204242%204242');
    expect(status).toBe(400);
    expect(text).toContain('card_number_not_allowed');
    expect(text).not.toMatch(/4242/);
    expect(world.onfile.logs.join('')).not.toContain('4242 4242');
  });
});

describe('The requests that were answered', () => {
  test('are told by their route and error, and followed', async () => {
    const { next_cursor: cursor } = (await ask(world, 'GET /requests?cursor=latest')).json;
    const waiting = ask(world, `GET /requests?cursor=${cursor}&wait_ms=30000`);
    await payjp(world, `GET /v2/setup_flows/${things.flow.id}x`).catch(() => undefined);
    const [request] = (await waiting).json.data;
    expect(request).toMatchObject({
      ...{ method: 'GET', path: '/v2/setup_flows/:id', status: 404, origin: 'api', mode: 'test' },
      merchant_id: world.onfile.merchantId,
      error_code: 'not_found',
    });
  });

  test('are those of its own merchant for a secret key', async () => {
    const other = await world.onfile.addMerchant('Another');
    const { json } = await ask(world, 'GET /requests?limit=100', { key: other.secretKey });
    expect(json.data).toEqual([]);
    const own = await ask(world, 'GET /requests?limit=100', { key: world.onfile.secretKey });
    expect(own.json.data.length).toBeGreaterThan(0);
    for (const { merchant_id } of own.json.data) expect(merchant_id).toBe(world.onfile.merchantId);
  });
});

test('No answer holds a card number, a secret, or what lets its holder act', async () => {
  const { flow, endpoint } = things;
  const secrets = [
    ...['4242424242424242', 'TARO'].slice(0, 1),
    ...[flow.client_secret, endpoint.secret, endpoint.token, world.operatorKey, world.onfile.secretKey],
    world.onfile.clients.payment.clientSecret,
  ];
  const headers = { 'Onfile-Merchant': world.onfile.merchantId };
  for (const target of [
    '/events?limit=100&body=payjp',
    '/events?limit=100&body=onfile',
    '/deliveries?limit=100',
    `/deliveries/${things.event.id}/${endpoint.id}`,
    `/setup_intents/${flow.id}`,
    '/setup_intents',
    '/webhook_endpoints',
    `/webhook_endpoints/${endpoint.id}`,
    '/keys?limit=100',
    '/merchants',
    '/requests?limit=100',
    '/search?q=4242',
  ]) {
    const { status, text } = await ask(world, `GET ${target}`, { headers });
    expect([target, status]).toEqual([target, 200]);
    for (const secret of secrets) expect([target, text.includes(secret)]).toEqual([target, false]);
  }
});

async function until(target: string, holds: (json: Json) => boolean): Promise<Json> {
  for (let reads = 0; reads < 2_000; reads += 1) {
    const { json, status } = await ask(world, target);
    if (status === 200 && holds(json)) return json;
  }
  throw new Error(`${target} never came to be as expected`);
}
