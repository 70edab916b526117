import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  authenticate,
  cardData,
  confirmAsPage,
  type Json,
  type PayjpServer,
  startPayjpServer,
} from './payjp-server.js';

let server: PayjpServer;
beforeAll(async () => {
  server = await startPayjpServer();
});
afterAll(() => server?.onfile.stop());

const aFlow = async (body: object = {}): Promise<Json> => (await server.ask('POST /v2/setup_flows', { body })).body;
const flowNow = async ({ id }: Json): Promise<Json> => (await server.ask(`GET /v2/setup_flows/${id}`)).body;
const look = ({ id }: Json, clientSecret: string, key = server.onfile.publicKey) =>
  server.ask(`GET /v2/setup_flows/${id}?${new URLSearchParams({ client_secret: clientSecret })}`, { at: 'vault', key });
const typesOf = async (id: string): Promise<string[]> =>
  (await server.ask(`GET /v2/events?resource_id=${id}`)).body.data.map(({ type }: Json) => type);

describe('a page with the client secret', () => {
  test('reads its flow, from either origin, but not what the merchant notes of it', async () => {
    const flow = await aFlow({ metadata: { risk: 'high' }, description: 'VIP' });
    expect(flow).toMatchObject({ metadata: { risk: 'high' }, description: 'VIP' });
    const seen = { ...flow, metadata: {}, description: null };
    expect((await look(flow, flow.client_secret)).body).toEqual(seen);
    const query = new URLSearchParams({ client_secret: flow.client_secret });
    const atApi = await server.ask(`GET /v2/setup_flows/${flow.id}?${query}`, { key: server.onfile.publicKey });
    expect(atApi.body).toEqual(seen);
    const { body } = await confirmAsPage(server, flow, { payment_method_data: cardData() });
    expect(body).toMatchObject({ status: 'requires_action', metadata: {}, description: null });
  });

  test('may be of any origin', async () => {
    const flow = await aFlow();
    const headers = { origin: 'https://shop.example' };
    const query = new URLSearchParams({ client_secret: flow.client_secret });
    const answer = await server.ask(`GET /v2/setup_flows/${flow.id}?${query}`, {
      at: 'vault',
      key: server.onfile.publicKey,
      scheme: 'Basic',
      headers,
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('saves a card that passes 3-D Secure, and it is the customer’s', async () => {
    const { body: customer } = await server.ask('POST /v2/customers', { body: {} });
    const flow = await aFlow({ customer_id: customer.id });
    const { status, body: waiting } = await confirmAsPage(server, flow, { payment_method_data: cardData() });
    expect([status, waiting.status]).toEqual([200, 'requires_action']);
    expect(waiting).toMatchObject({ return_url: 'https://shop.example/done', payment_method_id: null });
    expect(waiting.next_action.redirect_to_url.return_url).toBe('https://shop.example/done');

    const end = await authenticate(waiting, 'pass');
    expect(end.origin + end.pathname).toBe('https://shop.example/done');
    expect(Object.fromEntries(end.searchParams)).toEqual({
      setup_flow_id: flow.id,
      setup_flow_client_secret: flow.client_secret,
    });

    const done = await flowNow(flow);
    expect(done).toMatchObject({ status: 'succeeded', next_action: null, last_setup_error: null });
    const { body: methods } = await server.ask(`GET /v2/customers/${customer.id}/payment_methods`);
    expect(methods.data).toMatchObject([
      { id: done.payment_method_id, customer_id: customer.id, card: { last4: '4242', country: 'JP' } },
    ]);
    expect(await typesOf(flow.id)).toEqual([
      'setup_flow.succeeded',
      'setup_flow.requires_action',
      'setup_flow.created',
    ]);
    expect(await typesOf(done.payment_method_id)).toEqual(['payment_method.attached']);
  });

  test('is followed by the way back to an address of any letters', async () => {
    const flow = await aFlow();
    const given = 'https://shop.example/完了?品=カード';
    const { body } = await confirmAsPage(server, flow, { return_url: given, payment_method_data: cardData() });
    expect(body.return_url).toBe(given);
    const end = await authenticate(body, 'pass');
    expect([decodeURI(end.pathname), end.searchParams.get('品')]).toEqual(['/完了', 'カード']);
    expect(end.searchParams.get('setup_flow_id')).toBe(flow.id);
  });

  test.each(['fail', 'cancel'] as const)('that does not pass (%s) can try another card', async (outcome) => {
    const flow = await aFlow();
    const { body: waiting } = await confirmAsPage(server, flow, { payment_method_data: cardData() });
    const end = await authenticate(waiting, outcome);
    expect(end.searchParams.get('setup_flow_id')).toBe(flow.id);
    const failed = await flowNow(flow);
    if (outcome === 'cancel') {
      // Leaving decides nothing: the cardholder may still come back to the issuer's page.
      expect(failed.status).toBe('requires_action');
    } else {
      expect(failed).toMatchObject({
        status: 'requires_payment_method',
        payment_method_id: null,
        next_action: null,
        last_setup_error: { type: 'payment_error', code: 'three_d_secure_failed' },
      });
      expect(await typesOf(flow.id)).toContain('setup_flow.setup_failed');
    }
    const { body: again } = await confirmAsPage(server, flow, { payment_method_data: cardData('5555555555554444') });
    await authenticate(again, 'pass');
    expect(await flowNow(flow)).toMatchObject({ status: 'succeeded', last_setup_error: null });
  });

  test('skips 3-D Secure when the card is for use on session', async () => {
    const flow = await aFlow({ usage: 'on_session' });
    const { body } = await confirmAsPage(server, flow, { payment_method_data: cardData() });
    expect(body).toMatchObject({ status: 'succeeded', next_action: null });
    const { body: method } = await server.ask(`GET /v2/payment_methods/${body.payment_method_id}`);
    expect(method.customer_id).toBeNull();
  });

  test('does not skip it when the merchant asks for it always', async () => {
    const options = { card: { request_three_d_secure: 'any' } };
    const flow = await aFlow({ usage: 'on_session', payment_method_options: options });
    const { body } = await confirmAsPage(server, flow, {
      payment_method_data: cardData(),
      payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    });
    expect(body.status).toBe('requires_action');
  });
});

describe('a declined card', () => {
  test.each([
    ['4000000000000002', 402, 'card_declined'],
    ['4000000000000069', 402, 'expired_card'],
    ['4000000000000127', 402, 'invalid_cvc'],
    ['4000000000000119', 402, 'processing_error'],
    ['4000003720000278', 402, 'card_declined'],
    ['36227206271667', 422, 'validation_error'],
  ])('%s is answered %i %s, and the flow tells it too', async (number, status, code) => {
    const flow = await aFlow();
    const answer = await confirmAsPage(server, flow, { payment_method_data: cardData(number) });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    if (status === 422) {
      expect(answer.body.errors).toEqual([
        { field: 'payment_method_data.card.number', message: expect.any(String), error_type: expect.any(String) },
      ]);
    }
    expect(await flowNow(flow)).toMatchObject({
      status: 'requires_payment_method',
      payment_method_id: null,
      last_setup_error: { code },
    });
  });
});

describe('a card that cannot be right', () => {
  test.each([
    ['a wrong check digit', { number: '4242424242424241' }, 422, 'validation_error', 'payment_method_data.card.number'],
    ['letters', { number: '4242abcd42424242' }, 422, 'validation_error', 'payment_method_data.card.number'],
    [
      'a number as JSON number',
      { number: 4242424242424242 },
      422,
      'validation_error',
      'payment_method_data.card.number',
    ],
    ['no number', { number: undefined }, 422, 'validation_error', 'payment_method_data.card.number'],
    ['no code', { cvc: undefined }, 422, 'validation_error', 'payment_method_data.card.cvc'],
    ['a month of 13', { exp_month: 13 }, 422, 'validation_error', 'payment_method_data.card.exp_month'],
    ['a month as text', { exp_month: '12' }, 422, 'validation_error', 'payment_method_data.card.exp_month'],
    ['a year past', { exp_year: 2020 }, 402, 'expired_card', undefined],
    ['a year far ahead', { exp_year: 2099 }, 402, 'invalid_expiration_date', undefined],
    ['a code of two digits', { cvc: '12' }, 402, 'invalid_cvc', undefined],
    ['a code of letters', { cvc: 'abc' }, 402, 'invalid_cvc', undefined],
    ['a code of four digits', { cvc: '1234' }, 402, 'invalid_cvc', undefined],
  ])('%s', async (_, card, status, code, field) => {
    const flow = await aFlow();
    const answer = await confirmAsPage(server, flow, { payment_method_data: cardData(undefined, card) });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.errors?.[0].field).toBe(field);
    expect(await flowNow(flow)).toEqual(flow);
  });

  test('a number that is no test card is refused in test mode', async () => {
    // Of the range that test cards are taken from, and published by nobody.
    const flow = await aFlow();
    const answer = await confirmAsPage(server, flow, { payment_method_data: cardData('4000000000000010') });
    expect([answer.status, answer.body.code]).toEqual([402, 'test_mode_live_card']);
  });
});

describe('what a page has to bring', () => {
  test.each([
    [{ return_url: undefined, payment_method_data: cardData() }, ['return_url']],
    [{ return_url: '/done', payment_method_data: cardData() }, ['return_url']],
    [{ return_url: 'https://a@shop.example/', payment_method_data: cardData() }, ['return_url']],
    [{ return_url: 'myapp://done', payment_method_data: cardData() }, ['return_url']],
    [{ payment_method_data: { ...cardData(), billing_details: {} } }, ['payment_method_data.billing_details']],
    [{ payment_method_data: { type: 'card' } }, ['payment_method_data.card', 'payment_method_data.billing_details']],
  ])('is told for %j', async (body, fields) => {
    const { status, body: error } = await confirmAsPage(server, await aFlow(), body);
    expect([status, error.errors.map(({ field }: Json) => field)]).toEqual([422, fields]);
    expect(Object.keys(error.errors[0])).toEqual(['field', 'message', 'error_type']);
  });

  test('is a card, when the flow has no method', async () => {
    const { status, body } = await confirmAsPage(server, await aFlow(), {});
    expect([status, body.code]).toEqual([400, 'missing_payment_method']);
  });
});

describe('a page that knows less', () => {
  test('gets one and the same answer for an unknown flow, a wrong secret and the key of another merchant', async () => {
    const other = await server.onfile.addMerchant('Another shop');
    const [flow, another] = [await aFlow(), await aFlow()];
    const secret: string = flow.client_secret;
    const answers = await Promise.all([
      look(flow, ''),
      look(flow, another.client_secret),
      look(flow, secret.slice(0, -1) + (secret.endsWith('a') ? 'b' : 'a')),
      look(flow, secret, other.publicKey),
      look({ id: 'setfw_00000000000000000000000000' }, secret),
      look({ id: 'nothing' }, secret),
    ]);
    for (const { status, body } of answers) expect([status, body.code]).toEqual([404, 'not_found']);

    const confirmed = await Promise.all([
      confirmAsPage(server, { ...flow, client_secret: another.client_secret }, { payment_method_data: cardData() }),
      confirmAsPage(server, { ...flow, client_secret: undefined }, { payment_method_data: cardData() }),
      confirmAsPage(server, { ...flow, id: another.id }, {}),
    ]);
    for (const { status, body } of confirmed) expect([status, body.code]).toEqual([404, 'not_found']);
    expect(await flowNow(flow)).toEqual(flow);
  });

  test.each([
    'GET /v2/setup_flows',
    'POST /v2/setup_flows',
    'GET /v2/customers',
    'GET /v2/events',
    'POST /v2/payment_methods',
  ])('may not %s', async (target) => {
    const answer = await server.ask(target, {
      key: server.onfile.publicKey,
      ...(target.startsWith('POST') && { body: {} }),
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });

  test('cannot confirm the flow of a checkout session', async () => {
    const { body: session } = await server.ask('POST /v2/checkout/sessions', { body: { mode: 'setup' } });
    const flow = await flowNow({ id: session.setup_flow_id });
    const { status, body } = await confirmAsPage(server, flow, { payment_method_data: cardData() });
    expect([status, body.code]).toEqual([400, 'invalid_status']);
  });
});

test('a flow that has ended is confirmed no more', async () => {
  const flow = await aFlow({ usage: 'on_session' });
  await confirmAsPage(server, flow, { payment_method_data: cardData() });
  const { status, body } = await confirmAsPage(server, flow, { payment_method_data: cardData() });
  expect([status, body.code]).toEqual([400, 'invalid_status']);
});

test('of confirmations at the same moment one wins', async () => {
  const flow = await aFlow({ usage: 'on_session' });
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => confirmAsPage(server, flow, { payment_method_data: cardData() })),
  );
  const results = answers.map(({ status, body }) => (status === 200 ? body.status : body.code)).sort();
  expect(results).toEqual(['invalid_status', 'invalid_status', 'invalid_status', 'succeeded']);
});

test('a flow whose processor does not answer is being processed', async () => {
  const step = { operation: 'verify', match: { last4: '1881' }, behaviour: 'reset_after' };
  await fetch(`${server.onfile.simulatorUrl}/control/next`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(step),
  });
  const flow = await aFlow({ usage: 'on_session' });
  const { status, body } = await confirmAsPage(server, flow, { payment_method_data: cardData('4012888888881881') });
  expect([status, body.status, body.last_setup_error]).toEqual([200, 'processing', null]);
});
