import { type CheckoutSession, done, NO_ADDRESS, refuse } from '@onfile/core';
import { aCheckoutSession, aCustomer, aSetupIntent, NOON, SCOPE, uuid } from '@onfile/core/testing';
import { describe, expect, test } from 'vitest';
import { send } from '../../testing/send.js';
import { createPayjpDialect } from './dialect.js';
import type { Naming } from './settings.js';

const SECRET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ';
const MINUTE_MS = 60_000;

function aDialect(naming: Naming = 'both') {
  return createPayjpDialect({ apiUrl: () => 'https://shop.example', naming });
}
const dialect = aDialect();
const { ids } = dialect;
const ID = ids.checkoutSession.render(uuid(50));
const FLOW = ids.setupFlow.render(uuid(10));

function answering(session: CheckoutSession = aCheckoutSession()) {
  const asked: unknown[] = [];
  const found = done({ session, intent: aSetupIntent({ customer: session.customer }) });
  const answer = async (_call: unknown, ...args: unknown[]) => {
    asked.push(...args);
    return found;
  };
  const list = async () => done({ items: [session], hasMore: false });
  return {
    asked,
    operations: {
      checkoutSessions: { create: answer, retrieve: answer, update: answer, expire: answer, list },
      setupIntents: { clientSecret: () => SECRET },
    },
  };
}

describe('a session in an answer', () => {
  const details = { email: 'taro@example.com', name: 'TARO', phone: null, address: NO_ADDRESS };
  const whole = aCheckoutSession({
    customer: { id: uuid(40), chosenId: 'taro' },
    customerDetails: details,
    locale: 'ja',
    paymentMethodTypes: ['card'],
    successUrl: 'https://shop.example/done?{CHECKOUT_SESSION_ID}',
  });
  const common = {
    object: 'checkout.session',
    id: ID,
    livemode: false,
    mode: 'setup',
    status: 'open',
    ui_mode: 'hosted',
    url: `https://vault.example/setup/${ID}`,
    currency: 'jpy',
    amount_subtotal: null,
    amount_total: null,
    customer_email: null,
    customer_details: details,
    payment_method_types: ['card'],
    payment_method_options: null,
    submit_type: null,
    locale: 'ja',
    success_url: 'https://shop.example/done?{CHECKOUT_SESSION_ID}',
    cancel_url: null,
    expires_at: '2026-01-03T12:00:00.000Z',
    metadata: {},
    created_at: '2026-01-02T12:00:00.000Z',
    updated_at: '2026-01-02T12:00:00.000Z',
  };
  const current = { customer_id: 'taro', payment_flow_id: null, setup_flow_id: FLOW };
  const seed = { customer: 'taro', payment_flow: null, setup_flow: FLOW };

  test.each([
    ['both', { ...common, ...current, ...seed }],
    ['current', { ...common, ...current }],
    ['seed', { ...common, ...seed }],
  ] as const)('has the names of: %s', async (naming, body) => {
    const { operations } = answering(whole);
    const response = await send(aDialect(naming), `GET /v2/checkout/sessions/${ID}`, { operations });
    expect(response).toEqual({ status: 200, body });
  });

  test.each(['open', 'complete', 'expired'] as const)('that is %s says so', async (status) => {
    const { operations } = answering(aCheckoutSession({ status }));
    expect((await send(dialect, `GET /v2/checkout/sessions/${ID}`, { operations })).body.status).toBe(status);
  });
});

describe('expanding a session', () => {
  const expand = async (values: string | string[], naming: Naming = 'both', session = aCheckoutSession()) => {
    const { operations } = answering(session);
    const customers = { retrieve: async () => done(aCustomer({ chosenId: 'taro' })) };
    return send(aDialect(naming), `GET /v2/checkout/sessions/${ID}`, {
      query: { expand: values },
      operations: { ...operations, customers },
    });
  };

  test.each(['both', 'seed'] as const)('shows the flow in the earlier shape (%s)', async (naming) => {
    const { body } = await expand('setup_flow', naming);
    expect(body.setup_flow).toMatchObject({ object: 'setup_flow', id: FLOW, customer: null, payment_method: null });
    expect(body.setup_flow.client_secret).toBe(ids.clientSecret.render(uuid(10), SECRET));
    for (const name of ['customer_id', 'payment_method_id', 'cancellation_reason']) {
      expect(body.setup_flow).not.toHaveProperty(name);
    }
  });

  test('shows the customer in the earlier shape, and the line items, of which there are none', async () => {
    const session = aCheckoutSession({ customer: { id: uuid(40), chosenId: 'taro' } });
    const { body } = await expand(['customer', 'line_items', 'payment_flow'], 'both', session);
    expect(body.customer).toMatchObject({ object: 'customer', id: 'taro', default_payment_method: null });
    expect(body.line_items).toMatchObject({ object: 'list', data: [] });
    expect(body.payment_flow).toBeNull();
    expect(body.setup_flow).toBe(FLOW);
  });

  test('keeps the id of a customer who was deleted', async () => {
    const { operations } = answering(aCheckoutSession({ customer: { id: uuid(40), chosenId: 'taro' } }));
    const customers = { retrieve: async () => refuse('object_not_found', { object: 'customer', id: 'taro' }) };
    const { body } = await send(dialect, `GET /v2/checkout/sessions/${ID}`, {
      query: { expand: 'customer' },
      operations: { ...operations, customers },
    });
    expect(body.customer).toBe('taro');
  });

  test('is not known by the current generation', async () => {
    expect((await expand('setup_flow', 'current')).body).not.toHaveProperty('setup_flow');
  });

  test('of something else is refused', async () => {
    const response = await send(dialect, `GET /v2/checkout/sessions/${ID}`, { query: { expand: 'nothing' } });
    expect([response.status, response.body.errors[0].field]).toEqual([422, 'expand']);
  });
});

describe('creating a session', () => {
  const NOTHING = {
    customer: null,
    customerEmail: null,
    customerCreation: null,
    clientReferenceId: null,
    successUrl: null,
    cancelUrl: null,
    locale: null,
    paymentMethodTypes: null,
    threeDSecureRequest: null,
    metadata: {},
    expiresAt: null,
    setupIntent: { description: null, metadata: {} },
  };
  const at = (minutes: number) => new Date(NOON + minutes * MINUTE_MS).toISOString();

  test.each([
    [{}, {}],
    [{ currency: 'jpy', ui_mode: 'hosted', return_url: 'x', billing_address_collection: 'auto' }, {}],
    [{ customer_id: 'taro' }, { customer: { chosenId: 'taro' } }],
    [{ customer: 'taro' }, { customer: { chosenId: 'taro' } }],
    [
      { customer_email: 'taro@example.com', customer_creation: 'always' },
      { customerEmail: 'taro@example.com', customerCreation: 'always' },
    ],
    [
      { client_reference_id: 'order-1', locale: 'auto' },
      { clientReferenceId: 'order-1', locale: 'auto' },
    ],
    [
      { success_url: 'https://shop.example/{CHECKOUT_SESSION_ID}', cancel_url: 'myapp://x' },
      { successUrl: 'https://shop.example/{CHECKOUT_SESSION_ID}', cancelUrl: 'myapp://x' },
    ],
    [{ payment_method_types: ['paypay', 'card'] }, { paymentMethodTypes: ['card', 'paypay'] }],
    [
      { payment_method_options: { card: { request_three_d_secure: 'any', request_extended_authorization: 'never' } } },
      { threeDSecureRequest: 'any' },
    ],
    [{ expires_at: at(30) }, { expiresAt: NOON + 30 * MINUTE_MS }],
    [{ expires_at: at(24 * 60) }, { expiresAt: NOON + 24 * 60 * MINUTE_MS }],
    [
      { metadata: { a: 1 }, setup_flow_data: { description: 'a card', metadata: { b: 2 } } },
      { metadata: { a: 1 }, setupIntent: { description: 'a card', metadata: { b: 2 } } },
    ],
  ])('from %j', async (body, input) => {
    const { asked, operations } = answering();
    await send(dialect, 'POST /v2/checkout/sessions', { body: { mode: 'setup', ...body }, operations });
    expect(asked).toEqual([{ ...NOTHING, ...input }]);
  });

  test.each([
    [{ mode: undefined }, ['mode']],
    [{ mode: 'subscription' }, ['mode']],
    [{ mode: 'payment', line_items: [], submit_type: 'pay' }, ['mode']],
    [{ line_items: [], payment_flow_data: {}, submit_type: 'pay' }, ['line_items', 'payment_flow_data', 'submit_type']],
    [{ currency: 'usd', ui_mode: 'embedded' }, ['currency', 'ui_mode']],
    [
      { payment_method_options: { card: { request_extended_authorization: 'if_available' } } },
      ['payment_method_options.card.request_extended_authorization'],
    ],
    [{ payment_method_options: 'any' }, ['payment_method_options']],
    [{ payment_method_types: [] }, ['payment_method_types']],
    [{ customer_email: 'taro', customer_creation: 'never' }, ['customer_email', 'customer_creation']],
    [{ client_reference_id: 'c'.repeat(256) }, ['client_reference_id']],
    [{ locale: 'en' }, ['locale']],
    [{ success_url: 'javascript:alert(1)', cancel_url: '/' }, ['success_url', 'cancel_url']],
    [{ expires_at: 'tomorrow' }, ['expires_at']],
    [{ setup_flow_data: { metadata: { a: 1.5 } } }, ['setup_flow_data.metadata.a']],
  ])('is refused for %j', async (body, fields) => {
    const response = await send(dialect, 'POST /v2/checkout/sessions', { body: { mode: 'setup', ...body } });
    expect(response.status).toBe(422);
    expect(response.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  });

  test('is refused at expires_at when the domain finds that too near or too far', async () => {
    const refused = refuse('checkout_session_expiry_out_of_range', { leastMs: 30 * MINUTE_MS, mostMs: 86_400_000 });
    const operations = { checkoutSessions: { create: async () => refused } };
    const body = { mode: 'setup', expires_at: at(29) };
    const response = await send(dialect, 'POST /v2/checkout/sessions', { body, operations });
    expect([response.status, response.body.errors]).toEqual([
      422,
      [{ field: 'expires_at', message: 'A session has to expire 30 minutes to 24 hours from now.' }],
    ]);
  });

  test('takes no plain http addresses in live mode', async () => {
    const body = { mode: 'setup', success_url: 'http://shop.example/' };
    const response = await send(dialect, 'POST /v2/checkout/sessions', { body, scope: { ...SCOPE, mode: 'live' } });
    expect([response.status, response.body.errors[0].field]).toEqual([422, 'success_url']);
  });
});

test.each([
  [{}, { set: {}, remove: [] }],
  [
    { metadata: { a: 1, b: '' }, status: 'complete' },
    { set: { a: 1 }, remove: ['b'] },
  ],
])('a session is updated by %j in its metadata only', async (body, change) => {
  const { asked, operations } = answering();
  await send(dialect, `POST /v2/checkout/sessions/${ID}`, { body, operations });
  expect(asked).toEqual([uuid(50), change]);
});

test('a session can be expired', async () => {
  const { asked, operations } = answering(aCheckoutSession({ status: 'expired' }));
  const { body } = await send(dialect, `POST /v2/checkout/sessions/${ID}/expire`, { operations });
  expect([asked, body.status]).toEqual([[uuid(50)], 'expired']);
});

test('a session that is there has no line items', async () => {
  const { operations } = answering();
  const { body } = await send(dialect, `GET /v2/checkout/sessions/${ID}/line_items`, { operations });
  expect(body).toEqual({ object: 'list', url: `/v2/checkout/sessions/${ID}/line_items`, has_more: false, data: [] });
});

test.each(['starting_after', 'ending_before'])('no line item is a cursor: %s', async (parameter) => {
  const { operations } = answering();
  const request = { query: { [parameter]: 'nope' }, operations };
  const response = await send(dialect, `GET /v2/checkout/sessions/${ID}/line_items`, request);
  expect([response.status, response.body.code]).toEqual([400, 'resource_missing']);
});

test('sessions come in a list', async () => {
  const { body } = await send(dialect, 'GET /v2/checkout/sessions', answering());
  expect(body).toMatchObject({ object: 'list', url: '/v2/checkout/sessions', data: [{ id: ID }] });
});
