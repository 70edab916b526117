import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardData, type Json, type PayjpServer, startPayjpServer } from './payjp-server.js';

let server: PayjpServer;
beforeAll(async () => {
  server = await startPayjpServer();
});
afterAll(() => server?.onfile.stop());

const send = (key: string, path: string, body: object = {}, options: object = {}) =>
  server.ask(`POST ${path}`, { body, headers: { 'idempotency-key': key }, ...options });
const countOf = async (path: string): Promise<number> => (await server.ask(`GET ${path}?limit=100`)).body.data.length;
const verifications = async (): Promise<number> => {
  const ledger = await fetch(`${server.onfile.simulatorUrl}/v1/ledger?type=verification.requested&limit=0`);
  return ((await ledger.json()) as { total: number }).total;
};

describe('a key', () => {
  test.each([
    ['/v2/customers', { description: 'x' }],
    ['/v2/setup_flows', { description: 'x' }],
    ['/v2/payment_methods', cardData()],
    ['/v2/checkout/sessions', { mode: 'setup' }],
  ])('gives the first answer again and creates one object only: %s', async (path, body) => {
    const before = await countOf(path);
    const [first, second] = [await send('again', path, body), await send('again', path, body)];
    expect(second.body).toEqual(first.body);
    expect([first.headers.get('idempotent-replayed'), second.headers.get('idempotent-replayed')]).toEqual([
      null,
      'true',
    ]);
    expect((await countOf(path)) - before).toBe(1);
  });

  test('gives the answer of then, whatever happened since', async () => {
    const first = await send('then', '/v2/customers', {});
    await server.ask(`POST /v2/customers/${first.body.id}`, { body: { description: 'changed' } });
    expect((await send('then', '/v2/customers', {})).body).toEqual(first.body);
  });

  test('verifies a card once', async () => {
    const { body: flow } = await server.ask('POST /v2/setup_flows', { body: { usage: 'on_session' } });
    const before = await verifications();
    const confirm = () =>
      send('verify-once', `/v2/setup_flows/${flow.id}/confirm`, { payment_method_data: cardData() });
    const [first, second] = [await confirm(), await confirm()];
    expect([first.body.status, second.body]).toEqual(['succeeded', first.body]);
    expect((await verifications()) - before).toBe(1);
  });

  test('gives a decline again, and asks nobody', async () => {
    const { body: flow } = await server.ask('POST /v2/setup_flows', { body: {} });
    const card = cardData('4000000000000002');
    const before = await verifications();
    const confirm = () => send('declined', `/v2/setup_flows/${flow.id}/confirm`, { payment_method_data: card });
    const [first, second] = [await confirm(), await confirm()];
    expect([first.status, first.body.code]).toEqual([402, 'card_declined']);
    expect([second.status, second.body]).toEqual([402, first.body]);
    expect((await verifications()) - before).toBe(1);
  });

  test('gives a refusal again', async () => {
    await server.ask('POST /v2/customers', { body: { id: 'ichiro' } });
    const first = await send('refused', '/v2/customers', { id: 'ichiro' });
    await server.ask('DELETE /v2/customers/ichiro');
    const second = await send('refused', '/v2/customers', { id: 'ichiro' });
    expect([second.status, second.body]).toEqual([400, first.body]);
  });

  test('is not spent on a request that was malformed', async () => {
    expect((await send('mended', '/v2/customers', { email: 'nobody' })).status).toBe(422);
    expect((await send('mended', '/v2/customers', { email: 'taro@example.com' })).status).toBe(200);
  });

  test.each([
    ['another body', '/v2/customers', { description: 'two' }],
    ['another object', undefined, { description: 'one' }],
  ])('with %s is a conflict', async (what, path, body) => {
    const { body: customer } = await send(`conflict ${what}`.replaceAll(' ', '-'), '/v2/customers', {
      description: 'one',
    });
    const target = path ?? `/v2/customers/${customer.id}`;
    if (path === undefined) {
      const { body: other } = await server.ask('POST /v2/customers', { body: {} });
      await send('two-objects', target, body);
      const answer = await send('two-objects', `/v2/customers/${other.id}`, body);
      expect([answer.status, answer.body.code]).toEqual([409, 'idempotency_conflict']);
    } else {
      const answer = await send(`conflict ${what}`.replaceAll(' ', '-'), target, body);
      expect([answer.status, answer.body.code]).toEqual([409, 'idempotency_conflict']);
    }
  });

  test('is another one for another operation, merchant or mode', async () => {
    const other = await server.onfile.addMerchant('Another shop');
    const first = await send('shared', '/v2/customers', {});
    const elsewhere = await send('shared', '/v2/customers', {}, { key: other.secretKey });
    expect(elsewhere.body.id).not.toBe(first.body.id);
    expect((await send('shared', '/v2/setup_flows', {})).status).toBe(200);
  });

  test('is looked at on POST only', async () => {
    const answer = await server.ask('GET /v2/customers', { headers: { 'idempotency-key': 'not valid here' } });
    expect(answer.status).toBe(200);
  });

  test('of a request that has not ended says so, and later gives its answer', async () => {
    await control('POST', '/control/next', {
      operation: 'verify',
      match: { last4: '4444' },
      behaviour: 'delay',
      ms: 60_000,
    });
    const { body: flow } = await server.ask('POST /v2/setup_flows', { body: { usage: 'on_session' } });
    const confirm = () =>
      send('held-up', `/v2/setup_flows/${flow.id}/confirm`, { payment_method_data: cardData('5555555555554444') });
    const first = confirm();
    await untilProcessing(flow);
    const second = await confirm();
    expect([second.status, second.body.code]).toEqual([409, 'idempotency_timeout']);
    expect(second.headers.get('retry-after')).toBe('1');

    await control('DELETE', '/control');
    expect((await first).body.status).toBe('succeeded');
    expect((await confirm()).body).toEqual((await first).body);
  });

  test('sent many times at once creates one object', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => send('at-once', '/v2/customers', {})));
    const ids = answers.filter(({ status }) => status === 200).map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(1);
    for (const { status, body } of answers) {
      if (status !== 200) expect([status, body.code]).toEqual([409, 'idempotency_timeout']);
    }
  });
});

test('a session sent again under its key has its first answer, however near its expiry is by then', async () => {
  const minutes = (count: number) => count * 60_000;
  let now = Date.now();
  const later = await startPayjpServer({ clock: { now: () => now } });
  try {
    const body = { mode: 'setup', expires_at: new Date(now + minutes(31)).toISOString() };
    const create = (key: string) =>
      later.ask('POST /v2/checkout/sessions', { body, headers: { 'idempotency-key': key } });
    const first = await create('session');
    now += minutes(5);
    const [again, fresh] = [await create('session'), await create('another')];
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 200, 'true']);
    expect(again.body).toEqual(first.body);
    expect([fresh.status, fresh.body.errors[0].field]).toEqual([422, 'expires_at']);
  } finally {
    await later.onfile.stop();
  }
});

async function control(method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`${server.onfile.simulatorUrl}${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
}

const LOOKS_MAX = 2_000;

async function untilProcessing({ id }: Json): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    if ((await server.ask(`GET /v2/setup_flows/${id}`)).body.status === 'processing') return;
  }
  throw new Error('the flow is not being processed');
}
