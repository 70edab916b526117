import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOnfile } from '../../running-server.js';
import { authenticate, cardData, type Json, type PayjpServer, startPayjpServer } from './payjp-server.js';
import { faultsOfSeedSetupFlow } from './schemas.js';

// What clients of 3 to 9 December 2025 send and expect: `customer`, `payment_method`, `confirm`, `return_url`, `/confirm`.

let server: PayjpServer;
beforeAll(async () => {
  server = await startPayjpServer();
});
afterAll(() => server?.onfile.stop());

const post = async (path: string, body: object = {}) => server.ask(`POST ${path}`, { body });
const aCustomer = async (): Promise<Json> => (await post('/v2/customers')).body;
const aMethod = async (body: object = {}): Promise<Json> =>
  (await post('/v2/payment_methods', { ...cardData(), ...body })).body;
const aFlow = async (body: object = {}): Promise<Json> => (await post('/v2/setup_flows', body)).body;

test('either name of a field is taken, and both are answered', async () => {
  const customer = await aCustomer();
  for (const name of ['customer', 'customer_id']) {
    expect(await aFlow({ [name]: customer.id })).toMatchObject({ customer: customer.id, customer_id: customer.id });
    expect(await aMethod({ [name]: customer.id })).toMatchObject({ customer: customer.id, customer_id: customer.id });
    const { body: session } = await post('/v2/checkout/sessions', { mode: 'setup', [name]: customer.id });
    expect(session).toMatchObject({ customer: customer.id, customer_id: customer.id });
  }
  const method = await aMethod();
  const { body: owner } = await post('/v2/customers', { payment_method: method.id });
  expect(owner).toMatchObject({ default_payment_method: method.id, default_payment_method_id: method.id });
  const { body: changed } = await post(`/v2/customers/${owner.id}`, { default_payment_method: null });
  expect(changed).toMatchObject({ default_payment_method: null, default_payment_method_id: null });
});

test('two names of one field that differ are refused', async () => {
  const [one, two] = [await aCustomer(), await aCustomer()];
  const { status, body } = await post('/v2/setup_flows', { customer: one.id, customer_id: two.id });
  expect([status, body.errors[0].field]).toEqual([422, 'customer_id']);
  expect((await post('/v2/setup_flows', { customer: one.id, customer_id: one.id })).status).toBe(200);
});

test('payment method types may be null', async () => {
  expect((await aFlow({ payment_method_types: null })).payment_method_types).toEqual(['card']);
});

test('abondoned is understood and answered as abandoned', async () => {
  const flow = await aFlow();
  const { body } = await post(`/v2/setup_flows/${flow.id}/cancel`, { cancellation_reason: 'abondoned' });
  expect(body.cancellation_reason).toBe('abandoned');
});

describe('a flow with a saved method', () => {
  test('waits for its confirmation', async () => {
    const customer = await aCustomer();
    const method = await aMethod({ customer: customer.id });
    const flow = await aFlow({ customer: customer.id, payment_method: method.id });
    expect(flow).toMatchObject({ status: 'requires_confirmation', payment_method: method.id });

    const { body } = await post(`/v2/setup_flows/${flow.id}/confirm`, { return_url: 'myapp://done' });
    expect(body).toMatchObject({ status: 'requires_action', return_url: 'myapp://done' });
    const end = await authenticate(body, 'pass');
    expect(end.href).toContain(`myapp://done?setup_flow_id=${flow.id}`);
    expect((await server.ask(`GET /v2/setup_flows/${flow.id}`)).body).toMatchObject({
      status: 'succeeded',
      payment_method: method.id,
    });
  });

  test('is given one by an update', async () => {
    const flow = await aFlow();
    const method = await aMethod();
    const { body } = await post(`/v2/setup_flows/${flow.id}`, { payment_method: method.id });
    expect(body).toMatchObject({ status: 'requires_confirmation', payment_method: method.id });
  });

  test('is created and confirmed at once', async () => {
    const customer = await aCustomer();
    const method = await aMethod({ customer: customer.id });
    const request = { customer: customer.id, payment_method: method.id, confirm: true };
    const { status, body } = await post('/v2/setup_flows', { ...request, usage: 'on_session' });
    expect([status, body.status, body.payment_method]).toEqual([200, 'succeeded', method.id]);

    const { body: waiting } = await post('/v2/setup_flows', { ...request, return_url: 'https://shop.example/done' });
    expect(waiting).toMatchObject({ status: 'requires_action', return_url: 'https://shop.example/done' });
  });

  test('is not created when it cannot be confirmed', async () => {
    const before = (await server.ask('GET /v2/setup_flows')).body.data.length;
    const { status, body } = await post('/v2/setup_flows', { confirm: true });
    expect([status, body.code]).toEqual([400, 'missing_payment_method']);
    expect((await server.ask('GET /v2/setup_flows')).body.data.length).toBe(before);
  });
});

test('a return URL needs confirm: true', async () => {
  const { status, body } = await post('/v2/setup_flows', { return_url: 'https://shop.example/' });
  expect([status, body.errors[0].field]).toEqual([422, 'return_url']);
});

test("the merchant's server confirms with a test card", async () => {
  const flow = await aFlow({ usage: 'on_session' });
  const { status, body } = await post(`/v2/setup_flows/${flow.id}/confirm`, {
    payment_method_data: cardData(),
    use_payjp_sdk: false,
  });
  expect([status, body.status]).toEqual([200, 'succeeded']);
});

test("a card declined to the merchant's server is an error of its request", async () => {
  const flow = await aFlow();
  const { status, body } = await post(`/v2/setup_flows/${flow.id}/confirm`, {
    payment_method_data: cardData('4000000000000002'),
  });
  expect([status, body.code]).toEqual([402, 'card_declined']);
});

describe('a checkout session', () => {
  test('holds its whole flow in the earlier shape when it is asked to', async () => {
    const customer = await aCustomer();
    const { body: session } = await post('/v2/checkout/sessions', { mode: 'setup', customer: customer.id });
    const { body } = await server.ask(`GET /v2/checkout/sessions/${session.id}?expand=setup_flow`);
    expect(faultsOfSeedSetupFlow(body.setup_flow)).toEqual([]);
    expect(body.setup_flow).toMatchObject({ id: session.setup_flow_id, customer: customer.id });
    expect(body.setup_flow_id).toBe(session.setup_flow_id);

    const { body: plain } = await server.ask(`GET /v2/checkout/sessions/${session.id}`);
    expect(plain.setup_flow).toBe(session.setup_flow_id);
  });

  test('expands nothing else than it has', async () => {
    const { body: session } = await post('/v2/checkout/sessions', { mode: 'setup' });
    const { status, body } = await server.ask(`GET /v2/checkout/sessions/${session.id}?expand=setup_flow&expand=x`);
    expect([status, body.errors[0].field]).toEqual([422, 'expand']);
  });
});

test.each([
  // setting  has these                                 and none of these
  ['current', ['customer_id', 'cancellation_reason'], ['customer', 'payment_method']],
  ['seed', ['customer', 'payment_method'], ['customer_id', 'cancellation_reason']],
])('a server set to ONFILE_PAYJP_NAMING=%s answers in that generation alone', async (naming, present, absent) => {
  const onfile = await startOnfile({ environment: { ONFILE_PAYJP_NAMING: naming } });
  try {
    const response = await fetch(`${onfile.apiUrl}/v2/setup_flows`, {
      method: 'POST',
      headers: { authorization: `Bearer ${onfile.secretKey}` },
    });
    const names = Object.keys((await response.json()) as object);
    expect(names).toEqual(expect.arrayContaining(present));
    expect(names.filter((name) => absent.includes(name))).toEqual([]);
  } finally {
    await onfile.stop();
  }
});
