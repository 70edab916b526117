import { done, refuse, SETUP_INTENT_STATUSES, type SetupIntent } from '@onfile/core';
import { aSetupIntent, NOON, SCOPE, uuid } from '@onfile/core/testing';
import { describe, expect, test } from 'vitest';
import { send, type TestRequest } from '../../testing/send.js';
import { createPayjpDialect } from './dialect.js';
import type { Naming } from './settings.js';

const SECRET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ';
const LIVE = { ...SCOPE, mode: 'live' } as const;

function aDialect(naming: Naming = 'both') {
  return createPayjpDialect({ apiUrl: () => 'https://shop.example', naming });
}
const dialect = aDialect();
const { ids } = dialect;
const ID = ids.setupFlow.render(uuid(10));
const METHOD = ids.paymentMethod.render(uuid(30));
const CUSTOMER = ids.customer.render({ id: uuid(40), chosenId: null });

/** Operations that answer every command on setup intents with this one, and note what they were asked. */
function answering(intent: SetupIntent = aSetupIntent()) {
  const asked: unknown[] = [];
  const answer = async (...args: unknown[]) => {
    asked.push(...args.slice(1));
    return done(intent);
  };
  const setupIntents = {
    create: answer,
    createAndConfirm: answer,
    retrieve: answer,
    update: answer,
    confirm: answer,
    cancel: answer,
    clientSecret: () => SECRET,
    isClientSecret: (candidate: string, _scope: unknown, id: string) => candidate === SECRET && id === uuid(10),
  };
  return { asked, operations: { setupIntents } };
}

async function problemsOf(target: string, body: unknown, request: TestRequest = {}) {
  const response = await send(dialect, target, { ...request, body, operations: answering().operations });
  const errors = (response.body.errors ?? []) as { field: string; message: string }[];
  return { status: response.status, fields: errors.map(({ field }) => field) };
}

describe('a flow in an answer', () => {
  const whole = aSetupIntent({
    customer: { id: uuid(40), chosenId: null },
    description: 'a card',
    metadata: { a: 1 },
    paymentMethodId: uuid(30),
    threeDSecureRequest: 'any',
    status: 'requires_action',
    nextAction: { type: 'redirect', url: 'https://issuer.example/1', returnUrl: 'https://shop.example/' },
    returnUrl: 'https://shop.example/',
    lastSetupError: { code: 'card_declined', occurredAt: NOON },
    cancellationReason: 'abandoned',
  });
  const common = {
    object: 'setup_flow',
    id: ID,
    livemode: false,
    client_secret: ids.clientSecret.render(uuid(10), SECRET),
    description: 'a card',
    metadata: { a: 1 },
    payment_method_options: { card: { request_three_d_secure: 'any' } },
    payment_method_types: ['card'],
    status: 'requires_action',
    next_action: {
      type: 'redirect_to_url',
      redirect_to_url: { url: 'https://issuer.example/1', return_url: 'https://shop.example/' },
    },
    return_url: 'https://shop.example/',
    last_setup_error: { type: 'payment_error', code: 'card_declined', message: expect.any(String) },
    created_at: '2026-01-02T12:00:00.000Z',
    updated_at: '2026-01-02T12:00:00.000Z',
  };
  const current = { customer_id: CUSTOMER, payment_method_id: METHOD };
  const seed = { customer: CUSTOMER, payment_method: METHOD };
  const reason = { cancellation_reason: 'abandoned' };

  test.each([
    ['both', { ...common, ...current, ...seed, ...reason }],
    ['current', { ...common, ...current, ...reason }],
    ['seed', { ...common, ...seed }],
  ] as const)('has the names of: %s', async (naming, expected) => {
    const { operations } = answering(whole);
    const response = await send(aDialect(naming), `GET /v2/setup_flows/${ID}`, { operations });
    expect(response).toEqual({ status: 200, body: expected });
  });

  test('that has nothing yet has null where nothing is', async () => {
    const { body } = await send(dialect, `GET /v2/setup_flows/${ID}`, { operations: answering().operations });
    const empty = Object.entries(body)
      .filter(([, value]) => value === null)
      .map(([name]) => name);
    expect(empty.sort()).toEqual([
      'cancellation_reason',
      'customer',
      'customer_id',
      'description',
      'last_setup_error',
      'next_action',
      'payment_method',
      'payment_method_id',
      'payment_method_options',
      'return_url',
    ]);
  });

  test.each(SETUP_INTENT_STATUSES)('that is %s says so', async (status) => {
    const { operations } = answering(aSetupIntent({ status }));
    expect((await send(dialect, `GET /v2/setup_flows/${ID}`, { operations })).body.status).toBe(status);
  });

  test('of live mode says so', async () => {
    const { operations } = answering(aSetupIntent({ scope: LIVE }));
    expect((await send(dialect, `GET /v2/setup_flows/${ID}`, { operations })).body.livemode).toBe(true);
  });
});

describe('creating a flow', () => {
  const NOTHING_ASKED = {
    customer: null,
    description: null,
    metadata: {},
    usage: 'off_session',
    paymentMethodTypes: null,
    threeDSecureRequest: null,
    paymentMethodId: null,
  };

  test.each([
    [undefined, {}],
    [null, {}],
    [{}, {}],
    [{ status: 'succeeded', livemode: true, anything: [1] }, {}],
    [{ customer_id: CUSTOMER }, { customer: { id: uuid(40) } }],
    [{ customer: CUSTOMER }, { customer: { id: uuid(40) } }],
    [{ customer: CUSTOMER, customer_id: CUSTOMER }, { customer: { id: uuid(40) } }],
    [{ customer_id: 'taro' }, { customer: { chosenId: 'taro' } }],
    [{ payment_method: METHOD }, { paymentMethodId: uuid(30) }],
    [{ payment_method_id: METHOD }, { paymentMethodId: uuid(30) }],
    [{ payment_method_types: ['card'] }, { paymentMethodTypes: ['card'] }],
    [{ payment_method_types: ['card', 'card', 'apple_pay'] }, { paymentMethodTypes: ['card', 'apple_pay'] }],
    [{ payment_method_types: null }, {}],
    [{ payment_method_options: {} }, {}],
    [{ payment_method_options: { card: {} } }, {}],
    [{ payment_method_options: { card: { request_three_d_secure: 'any' } } }, { threeDSecureRequest: 'any' }],
    [{ usage: 'on_session' }, { usage: 'on_session' }],
    [
      { description: 'a card', metadata: { a: 'b', c: '' } },
      { description: 'a card', metadata: { a: 'b' } },
    ],
    [{ confirm: false }, {}],
  ])('from %j', async (body, input) => {
    const { asked, operations } = answering();
    const response = await send(dialect, 'POST /v2/setup_flows', { body, operations });
    expect(response.status).toBe(200);
    expect(asked).toEqual([{ ...NOTHING_ASKED, ...input }]);
  });

  test('and confirming it at once', async () => {
    const { asked, operations } = answering();
    const body = { customer: CUSTOMER, payment_method: METHOD, confirm: true, return_url: 'myapp://done' };
    await send(dialect, 'POST /v2/setup_flows', { body, operations });
    expect(asked).toEqual([
      { ...NOTHING_ASKED, customer: { id: uuid(40) }, paymentMethodId: uuid(30) },
      {
        by: 'merchant',
        method: { kind: 'saved', paymentMethodId: uuid(30) },
        returnUrl: 'myapp://done',
        consent: { textVersion: null, language: null },
      },
    ]);
  });

  test.each([
    [[], ['body']],
    ['text', ['body']],
    [{ customer_id: null }, ['customer_id']],
    [{ customer_id: 1 }, ['customer_id']],
    [{ customer_id: 'taro', customer: 'jiro' }, ['customer_id']],
    [{ payment_method_types: [] }, ['payment_method_types']],
    [{ payment_method_types: 'card' }, ['payment_method_types']],
    [{ payment_method_types: ['paypay'] }, ['payment_method_types']],
    [{ payment_method_types: [['card']] }, ['payment_method_types']],
    [{ payment_method_options: null }, ['payment_method_options']],
    [{ payment_method_options: { card: null } }, ['payment_method_options.card']],
    [
      { payment_method_options: { card: { request_three_d_secure: 'never' } } },
      ['payment_method_options.card.request_three_d_secure'],
    ],
    [{ usage: 'always' }, ['usage']],
    [{ usage: null }, ['usage']],
    [{ description: 'd'.repeat(256) }, ['description']],
    [{ description: null }, ['description']],
    [{ metadata: { a: 1.5, b: null } }, ['metadata.a', 'metadata.b']],
    [{ confirm: 'true' }, ['confirm']],
    [{ return_url: 'https://shop.example/' }, ['return_url']],
    [{ confirm: true, return_url: 'javascript:alert(1)' }, ['return_url']],
    [{ payment_method_data: {} }, ['payment_method_data']],
  ])('is refused for %j', async (body, fields) => {
    expect(await problemsOf('POST /v2/setup_flows', body)).toEqual({ status: 422, fields });
  });

  test.each([
    { customer_id: 'no customer' },
    { customer_id: '' },
    { customer_id: 'c'.repeat(300) },
    { payment_method: 'pm_1' },
  ])('with an id that cannot be anybody’s is answered as for an unknown one: %j', async (body) => {
    const response = await send(dialect, 'POST /v2/setup_flows', { body });
    expect([response.status, response.body.code]).toEqual([404, 'not_found']);
  });
});

describe('updating a flow', () => {
  test.each([
    [{}, {}],
    [{ description: 'new' }, { description: 'new' }],
    [{ metadata: { a: '', b: 1 } }, { metadata: { set: { b: 1 }, remove: ['a'] } }],
    [
      { customer_id: 'taro', payment_method_types: ['card'] },
      { customer: { chosenId: 'taro' }, paymentMethodTypes: ['card'] },
    ],
    [{ payment_method_options: {} }, { threeDSecureRequest: null }],
    [{ payment_method: METHOD }, { paymentMethodId: uuid(30) }],
    [{ usage: 'on_session', return_url: 'https://shop.example/', status: 'canceled' }, {}],
  ])('by %j', async (body, changes) => {
    const { asked, operations } = answering();
    await send(dialect, `POST /v2/setup_flows/${ID}`, { body, operations });
    expect(asked).toEqual([uuid(10), changes]);
  });

  test.each([
    [undefined, []],
    [{ customer_id: null }, ['customer_id']],
    [{ description: null, metadata: null }, ['description', 'metadata']],
  ])('by %j is read field by field', async (body, fields) => {
    expect((await problemsOf(`POST /v2/setup_flows/${ID}`, body)).fields).toEqual(fields);
  });
});

describe('canceling a flow', () => {
  test.each([
    [undefined, null],
    [null, null],
    [{}, null],
    [{ cancellation_reason: 'duplicate' }, 'duplicate'],
    [{ cancellation_reason: 'requested_by_customer' }, 'requested_by_customer'],
    [{ cancellation_reason: 'abandoned' }, 'abandoned'],
    [{ cancellation_reason: 'abondoned' }, 'abandoned'],
  ])('for %j', async (body, reason) => {
    const { asked, operations } = answering();
    await send(dialect, `POST /v2/setup_flows/${ID}/cancel`, { body, operations });
    expect(asked).toEqual([uuid(10), reason]);
  });

  test('for another reason is refused', async () => {
    const problems = await problemsOf(`POST /v2/setup_flows/${ID}/cancel`, { cancellation_reason: 'bored' });
    expect(problems).toEqual({ status: 422, fields: ['cancellation_reason'] });
  });
});

const CARD = { number: 'card_reference', exp_month: 12, exp_year: 2030, cvc: 'card_reference' };
const DATA = { type: 'card', card: CARD, billing_details: { name: 'TARO YAMADA', email: 'taro@example.com' } };
const ENTERED = {
  kind: 'entered',
  card: {
    reference: 'card_reference',
    expMonth: 12,
    expYear: 2030,
    billingDetails: {
      name: 'TARO YAMADA',
      email: 'taro@example.com',
      phone: null,
      address: { line1: null, line2: null, city: null, state: null, zip: null, country: null },
    },
  },
};
const CLIENT_SECRET = ids.clientSecret.render(uuid(10), SECRET);
const CONFIRM = `POST /v2/setup_flows/${ID}/confirm`;

describe("confirming by the merchant's server", () => {
  test.each([
    [undefined, { method: { kind: 'current' }, returnUrl: null }],
    [{ use_payjp_sdk: true }, { method: { kind: 'current' }, returnUrl: null }],
    [{ payment_method: METHOD }, { method: { kind: 'saved', paymentMethodId: uuid(30) }, returnUrl: null }],
    [
      { payment_method_data: DATA, return_url: 'myapp://x' },
      { method: ENTERED, returnUrl: 'myapp://x' },
    ],
    [
      { payment_method_options: { card: { request_three_d_secure: 'any' } } },
      { method: { kind: 'current' }, returnUrl: null, threeDSecureRequest: 'any' },
    ],
  ])('with %j', async (body, expected) => {
    const { asked, operations } = answering();
    await send(dialect, CONFIRM, { body, operations });
    expect(asked).toEqual([uuid(10), { by: 'merchant', consent: { textVersion: null, language: null }, ...expected }]);
  });

  test.each([
    [{ use_payjp_sdk: 'yes' }, ['use_payjp_sdk']],
    [{ return_url: '/done' }, ['return_url']],
    [{ payment_method: METHOD, payment_method_data: DATA }, ['payment_method_data']],
    [{ payment_method_data: null }, ['payment_method_data']],
    [{ payment_method_data: {} }, ['payment_method_data.type']],
    [{ payment_method_data: { ...DATA, metadata: { a: 1 } } }, ['payment_method_data.metadata']],
    [{ payment_method_data: { type: 'card' } }, ['payment_method_data.card', 'payment_method_data.billing_details']],
    [
      { payment_method_data: { ...DATA, card: {} } },
      ['number', 'exp_month', 'exp_year', 'cvc'].map((name) => `payment_method_data.card.${name}`),
    ],
    [{ payment_method_data: { ...DATA, card: { ...CARD, number: null } } }, ['payment_method_data.card.number']],
    [{ payment_method_data: { ...DATA, card: { ...CARD, cvc: null } } }, ['payment_method_data.card.cvc']],
    [{ payment_method_data: { ...DATA, card: { ...CARD, exp_month: 13 } } }, ['payment_method_data.card.exp_month']],
    [{ payment_method_data: { ...DATA, card: { ...CARD, exp_month: '12' } } }, ['payment_method_data.card.exp_month']],
    [{ payment_method_data: { ...DATA, card: { ...CARD, exp_year: 10000 } } }, ['payment_method_data.card.exp_year']],
    [{ payment_method_data: { ...DATA, billing_details: {} } }, ['payment_method_data.billing_details']],
    [
      { payment_method_data: { ...DATA, billing_details: { name: 'n'.repeat(46), phone: '1' } } },
      ['payment_method_data.billing_details.name'],
    ],
    [
      { payment_method_data: { ...DATA, billing_details: { email: 'taro' } } },
      ['payment_method_data.billing_details.email', 'payment_method_data.billing_details'],
    ],
    [
      { payment_method_data: { ...DATA, billing_details: { phone: '1', address: { country: 'Japan' } } } },
      ['payment_method_data.billing_details.address.country'],
    ],
  ])('is refused for %j', async (body, fields) => {
    expect(await problemsOf(CONFIRM, body)).toEqual({ status: 422, fields });
  });

  test('takes no card number in live mode', async () => {
    const response = await send(dialect, CONFIRM, { scope: LIVE, body: { payment_method_data: DATA } });
    expect([response.status, response.body.code]).toEqual([400, 'unsupported_payment_method_type']);
  });

  test.each(['paypay', 'apple_pay'])('with a payment method of type %s is not supported', async (type) => {
    const response = await send(dialect, CONFIRM, { body: { payment_method_data: { type } } });
    expect([response.status, response.body.code]).toEqual([400, 'unsupported_payment_method_type']);
  });
});

describe('confirming by a page', () => {
  const browser = { access: 'browser' } as const;
  const body = { client_secret: CLIENT_SECRET, return_url: 'https://shop.example/done', payment_method_data: DATA };

  test('brings a card and the address to return to', async () => {
    const { asked, operations } = answering();
    await send(dialect, CONFIRM, { ...browser, body, operations });
    expect(asked).toEqual([
      uuid(10),
      {
        by: 'browser',
        method: ENTERED,
        returnUrl: 'https://shop.example/done',
        consent: { textVersion: null, language: null },
      },
    ]);
  });

  test('takes card numbers in live mode too', async () => {
    const { operations } = answering();
    expect((await send(dialect, CONFIRM, { ...browser, scope: LIVE, body, operations })).status).toBe(200);
  });

  test('has no say in 3-D Secure, nor in which saved method is used', async () => {
    const { asked, operations } = answering();
    const more = {
      client_secret: CLIENT_SECRET,
      return_url: 'https://shop.example/done',
      payment_method: METHOD,
      payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    };
    await send(dialect, CONFIRM, { ...browser, body: more, operations });
    expect(asked[1]).toMatchObject({ method: { kind: 'current' } });
    expect(asked[1]).not.toHaveProperty('threeDSecureRequest');
  });

  test.each([
    [{ return_url: undefined }, 'return_url'],
    [{ return_url: 'myapp://done' }, 'return_url'],
    [{ payment_method_data: { ...DATA, card: { ...CARD, cvc: null } } }, 'payment_method_data.card.cvc'],
  ])('is refused with %j, and told the kind of problem', async (change, field) => {
    const { operations } = answering();
    const response = await send(dialect, CONFIRM, { ...browser, body: { ...body, ...change }, operations });
    expect(response.status).toBe(422);
    expect(response.body.errors).toEqual([{ field, message: expect.any(String), error_type: expect.any(String) }]);
  });
});

describe('a page without the right client secret', () => {
  const other = aSetupIntent({ id: uuid(11) });
  const otherId = ids.setupFlow.render(other.id);
  const wrongSecrets: [string, unknown][] = [
    ['none', undefined],
    ['a number', 1],
    ['an object', {}],
    ['the secret of another flow', ids.clientSecret.render(uuid(11), SECRET)],
    ['a wrong one', ids.clientSecret.render(uuid(10), SECRET.toLowerCase())],
    ['the bare secret', SECRET],
  ];

  test.each(wrongSecrets)('gets 404 for a confirmation, whatever else is wrong: %s', async (_, client_secret) => {
    const { operations } = answering();
    const response = await send(dialect, CONFIRM, { access: 'browser', body: { client_secret }, operations });
    expect([response.status, response.body.code]).toEqual([404, 'not_found']);
  });

  test.each(wrongSecrets)('gets 404 for a look: %s', async (_, client_secret) => {
    const { operations } = answering();
    const query: Record<string, string> = typeof client_secret === 'string' ? { client_secret } : {};
    const response = await send(dialect, `GET /v2/setup_flows/${ID}`, { access: 'browser', query, operations });
    expect([response.status, response.body.code]).toEqual([404, 'not_found']);
  });

  test('is answered for an unknown flow as for a known one', async () => {
    const { operations } = answering();
    const query = { client_secret: CLIENT_SECRET };
    const look = (id: string, given: Record<string, string>) =>
      send(dialect, `GET /v2/setup_flows/${id}`, { access: 'browser', query: given, operations });
    const [known, unknown] = [await look(ID, {}), await look(otherId, query)];
    const shape = ({ status, body }: typeof known) => ({
      status,
      ...body,
      instance: null,
      detail: body.detail.replace(/setfw_\w+/, ''),
    });
    expect(shape(known)).toEqual(shape(unknown));
  });

  test('and with the right one sees the flow', async () => {
    const { operations } = answering();
    const query = { client_secret: CLIENT_SECRET };
    const response = await send(dialect, `GET /v2/setup_flows/${ID}`, { access: 'browser', query, operations });
    expect([response.status, response.body.id]).toEqual([200, ID]);
  });

  test('twice in one query is none', async () => {
    const { operations } = answering();
    const query = { client_secret: [CLIENT_SECRET, CLIENT_SECRET] };
    const response = await send(dialect, `GET /v2/setup_flows/${ID}`, { access: 'browser', query, operations });
    expect(response.status).toBe(404);
  });
});

describe('a card that was not saved', () => {
  const declined = aSetupIntent({ lastSetupError: { code: 'card_declined', occurredAt: NOON } });

  test.each([CONFIRM, 'POST /v2/setup_flows'])('is an error of %s', async (target) => {
    const body = target === CONFIRM ? { payment_method_data: DATA } : { confirm: true, payment_method: METHOD };
    const response = await send(dialect, target, { body, operations: answering(declined).operations });
    expect([response.status, response.body.code]).toEqual([402, 'card_declined']);
  });

  test('is no error of reading or changing the flow', async () => {
    const { operations } = answering(declined);
    expect((await send(dialect, `GET /v2/setup_flows/${ID}`, { operations })).status).toBe(200);
    expect((await send(dialect, `POST /v2/setup_flows/${ID}`, { body: {}, operations })).status).toBe(200);
  });
});

test('an answer that was given before says so', async () => {
  const setupIntents = {
    create: async () => ({ ...done(aSetupIntent()), replayed: true }),
    clientSecret: () => SECRET,
  };
  const response = await send(dialect, 'POST /v2/setup_flows', { operations: { setupIntents } });
  expect(response.headers).toEqual({ 'idempotent-replayed': 'true' });
});

test('a refusal of the domain is answered as an error', async () => {
  const setupIntents = { retrieve: async () => refuse('object_not_found', { object: 'setup_intent', id: uuid(10) }) };
  const response = await send(dialect, `GET /v2/setup_flows/${ID}`, { operations: { setupIntents } });
  expect([response.status, response.body.instance]).toEqual([404, `/v2/setup_flows/${ID}`]);
});

test.each(['setfw_1', 'pm_01kdz1m000e00800000000000a', 'x'.repeat(300), '4242424242424242'])(
  'an id that cannot be one is answered as an unknown one: %s',
  async (id) => {
    const response = await send(dialect, `GET /v2/setup_flows/${id}`);
    expect([response.status, response.body.code]).toEqual([404, 'not_found']);
    expect(response.body.detail).not.toContain(id);
  },
);

describe('a list of flows', () => {
  const asks = (pages: unknown[]) => ({
    setupIntents: {
      list: async (_: unknown, page: unknown) => {
        pages.push(page);
        return done({ items: [aSetupIntent()], hasMore: true });
      },
      clientSecret: () => SECRET,
    },
  });

  test('comes in an envelope', async () => {
    const { body } = await send(dialect, 'GET /v2/setup_flows', { operations: asks([]) });
    expect(body).toMatchObject({ object: 'list', url: '/v2/setup_flows', has_more: true, data: [{ id: ID }] });
  });

  test.each([
    [{}, { limit: 10, startingAfter: null, endingBefore: null }],
    [{ limit: '1' }, { limit: 1, startingAfter: null, endingBefore: null }],
    [
      { limit: '100', starting_after: ID },
      { limit: 100, startingAfter: uuid(10), endingBefore: null },
    ],
    [
      { ending_before: ID, unknown: 'x' },
      { limit: 10, startingAfter: null, endingBefore: uuid(10) },
    ],
  ])('for %j', async (query, page) => {
    const pages: unknown[] = [];
    await send(dialect, 'GET /v2/setup_flows', { query: query as Record<string, string>, operations: asks(pages) });
    expect(pages).toEqual([page]);
  });

  test.each([
    [{ limit: '0' }, 422, 'limit'],
    [{ limit: '101' }, 422, 'limit'],
    [{ limit: '-1' }, 422, 'limit'],
    [{ limit: '1.5' }, 422, 'limit'],
    [{ limit: 'ten' }, 422, 'limit'],
    [{ limit: '' }, 422, 'limit'],
    [{ limit: ['1', '2'] }, 422, 'limit'],
    [{ starting_after: [ID, ID] }, 422, 'starting_after'],
    [{ starting_after: ID, ending_before: ID }, 422, 'ending_before'],
    [{ starting_after: 'setfw_1' }, 400, undefined],
    [{ ending_before: '' }, 400, undefined],
  ])('is refused for %j', async (query, status, field) => {
    const response = await send(dialect, 'GET /v2/setup_flows', { query: query as Record<string, string> });
    expect(response.status).toBe(status);
    expect(response.body.errors?.[0].field).toBe(field);
    expect(response.body.code).toBe(status === 422 ? 'validation_error' : 'resource_missing');
  });
});
