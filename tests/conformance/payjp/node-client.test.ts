import * as payjp from '@payjp/payjpv2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestMerchant } from '../../running-server.js';
import { BILLING, cardData, errorOf, type Json, type PayjpServer, startPayjpServer, value } from './payjp-server.js';

let server: PayjpServer;
let client: payjp.Client;
/** Somebody whose objects are nobody else's business. */
let other: TestMerchant;

beforeAll(async () => {
  server = await startPayjpServer();
  client = server.client;
  other = await server.onfile.addMerchant('Another shop');
});
afterAll(() => server?.onfile.stop());

const aCustomer = (body: payjp.CustomerCreateRequest = {}, by = client) =>
  value(payjp.createCustomer({ client: by, body }));
const aFlow = (body: payjp.SetupFlowCreateRequest = {}, by = client) =>
  value(payjp.createSetupFlow({ client: by, body }));
const aMethod = (body: object = {}, by = client): Promise<Json> =>
  value(payjp.createPaymentMethod({ client: by, body: { ...cardData(), ...body } }));
const aSession = (body: object = {}, by = client) =>
  value(payjp.createCheckoutSession({ client: by, body: { mode: 'setup', ...body } }));
const theConfiguration = async (by = client) =>
  (await value(payjp.getAllPaymentMethodConfigurations({ client: by }))).data[0] as Json;
const anEvent = async (by = client): Promise<Json> => {
  await aCustomer({}, by);
  return (await value(payjp.getAllEvents({ client: by, query: { limit: 1 } }))).data[0];
};

/**
 * Each operation that the client exports for what this server has, on objects made for it by that client. The shape of
 * what comes back is checked with every answer.
 */
const OPERATIONS: Readonly<
  Record<string, (by: payjp.Client, owner: payjp.Client) => Promise<{ error?: unknown; response: Response }>>
> = {
  createCustomer: (by) => payjp.createCustomer({ client: by, body: { email: 'taro@example.com' } }),
  getAllCustomers: (by) => payjp.getAllCustomers({ client: by }),
  getCustomer: async (by, owner) =>
    payjp.getCustomer({ client: by, path: { customer_id: (await aCustomer({}, owner)).id } }),
  updateCustomer: async (by, owner) =>
    payjp.updateCustomer({
      client: by,
      path: { customer_id: (await aCustomer({}, owner)).id },
      body: { description: 'x' },
    }),
  deleteCustomer: async (by, owner) =>
    payjp.deleteCustomer({ client: by, path: { customer_id: (await aCustomer({}, owner)).id } }),
  getCustomerPaymentMethods: async (by, owner) =>
    payjp.getCustomerPaymentMethods({ client: by, path: { customer_id: (await aCustomer({}, owner)).id } }),

  createSetupFlow: (by) => payjp.createSetupFlow({ client: by }),
  getAllSetupFlows: (by) => payjp.getAllSetupFlows({ client: by }),
  getSetupFlow: async (by, owner) =>
    payjp.getSetupFlow({ client: by, path: { setup_flow_id: (await aFlow({}, owner)).id } }),
  updateSetupFlow: async (by, owner) =>
    payjp.updateSetupFlow({
      client: by,
      path: { setup_flow_id: (await aFlow({}, owner)).id },
      body: { description: 'x' },
    }),
  cancelSetupFlow: async (by, owner) =>
    payjp.cancelSetupFlow({ client: by, path: { setup_flow_id: (await aFlow({}, owner)).id } }),

  createPaymentMethod: (by) => payjp.createPaymentMethod({ client: by, body: cardData() }),
  getAllPaymentMethods: (by) => payjp.getAllPaymentMethods({ client: by }),
  getPaymentMethod: async (by, owner) =>
    payjp.getPaymentMethod({ client: by, path: { payment_method_id: (await aMethod({}, owner)).id } }),
  updatePaymentMethod: async (by, owner) =>
    payjp.updatePaymentMethod({
      client: by,
      path: { payment_method_id: (await aMethod({}, owner)).id },
      body: { type: 'card', metadata: { a: 1 } },
    }),
  attachPaymentMethod: async (by, owner) =>
    payjp.attachPaymentMethod({
      client: by,
      path: { payment_method_id: (await aMethod({}, owner)).id },
      body: { customer_id: (await aCustomer({}, owner)).id },
    }),
  detachPaymentMethod: async (by, owner) => {
    const customer = await aCustomer({}, owner);
    const { id } = await aMethod({ customer_id: customer.id }, owner);
    return payjp.detachPaymentMethod({ client: by, path: { payment_method_id: id } });
  },

  getAllPaymentMethodConfigurations: (by) => payjp.getAllPaymentMethodConfigurations({ client: by }),
  getPaymentMethodConfiguration: async (by, owner) =>
    payjp.getPaymentMethodConfiguration({
      client: by,
      path: { payment_method_configuration_id: (await theConfiguration(owner)).id },
    }),
  updatePaymentMethodConfiguration: async (by, owner) =>
    payjp.updatePaymentMethodConfiguration({
      client: by,
      path: { payment_method_configuration_id: (await theConfiguration(owner)).id },
      body: { name: 'shop' },
    }),

  createCheckoutSession: (by) => payjp.createCheckoutSession({ client: by, body: { mode: 'setup' } }),
  getAllCheckoutSessions: (by) => payjp.getAllCheckoutSessions({ client: by }),
  getCheckoutSession: async (by, owner) =>
    payjp.getCheckoutSession({ client: by, path: { checkout_session_id: (await aSession({}, owner)).id } }),
  updateCheckoutSession: async (by, owner) =>
    payjp.updateCheckoutSession({
      client: by,
      path: { checkout_session_id: (await aSession({}, owner)).id },
      body: { metadata: { a: 1 } },
    }),
  getAllCheckoutSessionLineItems: async (by, owner) =>
    payjp.getAllCheckoutSessionLineItems({ client: by, path: { checkout_session_id: (await aSession({}, owner)).id } }),

  getAllEvents: (by) => payjp.getAllEvents({ client: by }),
  getEvent: async (by, owner) => payjp.getEvent({ client: by, path: { event_id: (await anEvent(owner)).id } }),
};

/** The only one that can never find anything here. */
const NEVER_FOUND = 'getPaymentMethodByCard';
const NAMES = Object.keys(OPERATIONS);
const ABOUT_ONE_OBJECT = NAMES.filter((name) => !/^(create|getAll(?!CheckoutSessionLineItems))/.test(name));

test('every operation that the client exports for these resources is driven here', () => {
  const exported = Object.entries(payjp)
    .filter(
      ([name, it]) => typeof it === 'function' && /SetupFlow|Customer|PaymentMethod|CheckoutSession|Event/.test(name),
    )
    .map(([name]) => name);
  expect(exported.sort()).toEqual([...NAMES, NEVER_FOUND].sort());
});

test.each(NAMES)('%s succeeds', async (name) => {
  const { error, response } = await (OPERATIONS[name] as (typeof OPERATIONS)[string])(client, client);
  expect([response.status, error]).toEqual([200, undefined]);
});

test.each(ABOUT_ONE_OBJECT)("%s finds nothing of another merchant's", async (name) => {
  const answer = (OPERATIONS[name] as (typeof OPERATIONS)[string])(client, server.clientOf(other));
  expect(await errorOf(answer)).toEqual([404, 'not_found']);
});

test('no card of API v1 is found', async () => {
  const answer = payjp.getPaymentMethodByCard({ client, path: { card_id: 'car_1' } });
  expect(await errorOf(answer)).toEqual([404, 'not_found']);
});

describe('a customer', () => {
  test('is created with what is given, found, changed and deleted', async () => {
    const created = await aCustomer({
      id: 'taro-1',
      email: 'taro@example.com',
      description: 'a friend',
      metadata: { plan: 'gold', seats: 3, active: true },
    });
    expect(created).toMatchObject({
      id: 'taro-1',
      livemode: false,
      email: 'taro@example.com',
      description: 'a friend',
      default_payment_method_id: null,
      metadata: { plan: 'gold', seats: 3, active: true },
    });
    const path = { customer_id: 'taro-1' };
    expect(await value(payjp.getCustomer({ client, path }))).toEqual(created);

    const body = { email: 'new@example.com', metadata: { plan: '', level: 2 } };
    const updated = await value(payjp.updateCustomer({ client, path, body }));
    expect(updated).toMatchObject({
      email: 'new@example.com',
      description: 'a friend',
      metadata: { seats: 3, active: true, level: 2 },
    });

    expect((await value(payjp.deleteCustomer({ client, path }))).id).toBe('taro-1');
    expect(await errorOf(payjp.getCustomer({ client, path }))).toEqual([404, 'not_found']);
    expect(await errorOf(payjp.deleteCustomer({ client, path }))).toEqual([404, 'not_found']);
  });

  test('gets an id of ours without one of their own', async () => {
    expect((await aCustomer()).id).toMatch(/^cus_[0-9a-z]{26}$/);
  });

  test('created with a payment method owns it, as the default', async () => {
    const method = await aMethod();
    const customer = await aCustomer({ payment_method_id: method.id });
    expect(customer.default_payment_method_id).toBe(method.id);
    const methods = await value(payjp.getCustomerPaymentMethods({ client, path: { customer_id: customer.id } }));
    expect(methods.data.map((each) => [each.id, each.customer_id])).toEqual([[method.id, customer.id]]);
  });

  test('can choose another default, and none', async () => {
    const customer = await aCustomer();
    const method = await aMethod({ customer_id: customer.id });
    const path = { customer_id: customer.id };
    const chosen = payjp.updateCustomer({ client, path, body: { default_payment_method_id: method.id } });
    expect((await value(chosen)).default_payment_method_id).toBe(method.id);
    const none = payjp.updateCustomer({ client, path, body: { default_payment_method_id: null } });
    expect((await value(none)).default_payment_method_id).toBeNull();
  });

  test('who is deleted loses their methods, and their open flows are canceled', async () => {
    const customer = await aCustomer();
    const method = await aMethod({ customer_id: customer.id });
    const flow = await aFlow({ customer_id: customer.id });
    await value(payjp.deleteCustomer({ client, path: { customer_id: customer.id } }));
    const detached = await value(payjp.getPaymentMethod({ client, path: { payment_method_id: method.id } }));
    expect(detached).toMatchObject({ customer_id: null, detached_at: expect.any(String) });
    const canceled = await value(payjp.getSetupFlow({ client, path: { setup_flow_id: flow.id } }));
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
  });
});

describe('a setup flow', () => {
  test('has defaults for everything', async () => {
    expect(await aFlow()).toMatchObject({
      livemode: false,
      customer_id: null,
      description: null,
      metadata: {},
      payment_method_id: null,
      payment_method_options: null,
      payment_method_types: ['card'],
      status: 'requires_payment_method',
      next_action: null,
      return_url: null,
      last_setup_error: null,
      cancellation_reason: null,
    });
  });

  test('is created with what is given, changed, and read as it is then', async () => {
    const customer = await aCustomer();
    const created = await aFlow({
      customer_id: customer.id,
      payment_method_types: ['card'],
      payment_method_options: { card: { request_three_d_secure: 'any' } },
      usage: 'on_session',
      description: 'a card for later',
      metadata: { order: 'o-1' },
    });
    expect(created).toMatchObject({
      customer_id: customer.id,
      payment_method_options: { card: { request_three_d_secure: 'any' } },
      description: 'a card for later',
      metadata: { order: 'o-1' },
    });
    const path = { setup_flow_id: created.id };
    const body = { description: 'another', metadata: { order: '', note: 'n' }, payment_method_options: {} };
    const updated = await value(payjp.updateSetupFlow({ client, path, body }));
    expect(updated).toMatchObject({ description: 'another', metadata: { note: 'n' }, payment_method_options: null });
    expect(await value(payjp.getSetupFlow({ client, path }))).toEqual(updated);
    expect(updated.client_secret).toBe(created.client_secret);
  });

  test.each(['abandoned', 'duplicate', 'requested_by_customer'] as const)('is canceled as %s', async (reason) => {
    const path = { setup_flow_id: (await aFlow()).id };
    const canceled = payjp.cancelSetupFlow({ client, path, body: { cancellation_reason: reason } });
    expect(await value(canceled)).toMatchObject({ status: 'canceled', cancellation_reason: reason });
    expect(await errorOf(payjp.cancelSetupFlow({ client, path }))).toEqual([400, 'invalid_status']);
    expect(await errorOf(payjp.updateSetupFlow({ client, path, body: { description: 'x' } }))).toEqual([
      400,
      'invalid_status',
    ]);
  });
});

describe('a payment method', () => {
  test('is created from a test card', async () => {
    expect(await aMethod({ metadata: { a: 1 } })).toMatchObject({
      livemode: false,
      type: 'card',
      customer_id: null,
      detached_at: null,
      metadata: { a: 1 },
      billing_details: { ...BILLING, phone: null, address: { line1: null, country: null } },
      card: { brand: 'Visa', last4: '4242', exp_month: 12, exp_year: 2040 },
    });
  });

  test.each([
    ['4242424242424242', 'Visa'],
    ['5555555555554444', 'MasterCard'],
    ['3530111333300000', 'JCB'],
    ['378282246310005', 'American Express'],
    ['38520000023237', 'Diners Club'],
    ['6011111111111117', 'Discover'],
  ])('from %s is of brand %s', async (number, brand) => {
    const { card } = (await value(payjp.createPaymentMethod({ client, body: cardData(number) }))) as Json;
    expect([card.brand, card.last4]).toEqual([brand, number.slice(-4)]);
  });

  test('has the fingerprint of its card number', async () => {
    const [first, second, third] = [await aMethod(), await aMethod(), await aMethod(cardData('5555555555554444'))];
    expect(first.card.fingerprint).toBe(second.card.fingerprint);
    expect(first.card.fingerprint).not.toBe(third.card.fingerprint);
    expect(first.id).not.toBe(second.id);
  });

  test('changes in billing details and metadata, and in nothing else', async () => {
    const { id } = await aMethod();
    const body = {
      type: 'card',
      billing_details: { phone: '0312345678' },
      metadata: { a: 'b' },
      card: { exp_month: 1 },
    };
    const updated: Json = await value(
      payjp.updatePaymentMethod({ client, path: { payment_method_id: id }, body: body as Json }),
    );
    expect(updated.billing_details).toMatchObject({ ...BILLING, phone: '0312345678' });
    expect([updated.metadata, updated.card.exp_month]).toEqual([{ a: 'b' }, 12]);
  });

  test('is attached once, detached once, and never used again', async () => {
    const customer = await aCustomer();
    const path = { payment_method_id: (await aMethod()).id };
    const body = { customer_id: customer.id };
    expect(await errorOf(payjp.detachPaymentMethod({ client, path }))).toEqual([400, 'payment_method_unattached']);
    expect(await value(payjp.attachPaymentMethod({ client, path, body }))).toMatchObject({ customer_id: customer.id });
    expect(await errorOf(payjp.attachPaymentMethod({ client, path, body }))).toEqual([
      400,
      'payment_method_already_attached',
    ]);
    const detached = await value(payjp.detachPaymentMethod({ client, path }));
    expect(detached).toMatchObject({ customer_id: null, detached_at: expect.any(String) });
    expect(await errorOf(payjp.detachPaymentMethod({ client, path }))).toEqual([
      400,
      'payment_method_already_detached',
    ]);
    expect(await errorOf(payjp.attachPaymentMethod({ client, path, body }))).toEqual([
      400,
      'detached_payment_method_not_usable',
    ]);
  });

  test('that is the default is so no longer once it is detached', async () => {
    const method = await aMethod();
    const customer = await aCustomer({ payment_method_id: method.id });
    await value(payjp.detachPaymentMethod({ client, path: { payment_method_id: method.id } }));
    const found = await value(payjp.getCustomer({ client, path: { customer_id: customer.id } }));
    expect(found.default_payment_method_id).toBeNull();
  });
});

describe('a payment method configuration', () => {
  test('has cards on without a wish, and says what is changed', async () => {
    const by = server.clientOf(other);
    const before = await theConfiguration(by);
    expect(before.card).toEqual({ available: true, display_preference: { preference: 'none', value: 'on' } });
    const path = { payment_method_configuration_id: before.id };
    const body: Json = { name: 'shop', card: { display_preference: { preference: 'off' } } };
    const after: Json = await value(payjp.updatePaymentMethodConfiguration({ client: by, path, body }));
    expect(after).toMatchObject({
      name: 'shop',
      card: { available: false, display_preference: { preference: 'off', value: 'off' } },
    });
    expect(await errorOf(payjp.createSetupFlow({ client: by }))).toEqual([400, 'invalid_payment_method_types']);

    const on: Json = { card: { display_preference: { preference: 'on' } } };
    await value(payjp.updatePaymentMethodConfiguration({ client: by, path, body: on }));
    expect((await aFlow({}, by)).payment_method_types).toEqual(['card']);
  });
});

describe('a checkout session', () => {
  test('is created with what is given, and with a flow of its own', async () => {
    const customer = await aCustomer();
    const session = await aSession({
      customer_id: customer.id,
      success_url: 'https://shop.example/done?s={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://shop.example/cart',
      locale: 'ja',
      metadata: { order: 'o-1' },
      setup_flow_data: { metadata: { from: 'session' }, description: 'a card' },
      payment_method_options: { card: { request_three_d_secure: 'any' } },
    });
    expect(session).toMatchObject({
      status: 'open',
      customer_id: customer.id,
      success_url: 'https://shop.example/done?s={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://shop.example/cart',
      locale: 'ja',
      metadata: { order: 'o-1' },
      url: `${server.onfile.vaultUrl}/setup/${session.id}`,
    });
    const path = { setup_flow_id: session.setup_flow_id as string };
    expect(await value(payjp.getSetupFlow({ client, path }))).toMatchObject({
      customer_id: customer.id,
      description: 'a card',
      metadata: { from: 'session' },
      status: 'requires_payment_method',
    });
    expect(Date.parse(session.expires_at ?? '') - Date.parse(session.created_at)).toBe(24 * 60 * 60 * 1000);
  });

  test('keeps its flow to itself', async () => {
    const path = { setup_flow_id: (await aSession()).setup_flow_id as string };
    const customer = await aCustomer();
    expect(await errorOf(payjp.cancelSetupFlow({ client, path }))).toEqual([400, 'invalid_status']);
    expect(await errorOf(payjp.updateSetupFlow({ client, path, body: { customer_id: customer.id } }))).toEqual([
      400,
      'invalid_status',
    ]);
    expect(await value(payjp.updateSetupFlow({ client, path, body: { description: 'x' } }))).toMatchObject({
      description: 'x',
    });
  });

  test('that is expired cancels its flow', async () => {
    const session = await aSession();
    const { status, body } = await server.ask(`POST /v2/checkout/sessions/${session.id}/expire`);
    expect([status, body.status]).toEqual([200, 'expired']);
    const path = { setup_flow_id: session.setup_flow_id as string };
    expect(await value(payjp.getSetupFlow({ client, path }))).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
    });
    const again = await server.ask(`POST /v2/checkout/sessions/${session.id}/expire`);
    expect([again.status, again.body.code]).toEqual([400, 'invalid_status']);
  });

  test('changes in metadata only', async () => {
    const session = await aSession({ metadata: { a: 1 } });
    const body: Json = { metadata: { b: 2 }, success_url: 'https://elsewhere.example/' };
    const path = { checkout_session_id: session.id };
    const updated = await value(payjp.updateCheckoutSession({ client, path, body }));
    expect(updated).toMatchObject({ metadata: { a: 1, b: 2 }, success_url: null });
  });

  test('sells nothing', async () => {
    const path = { checkout_session_id: (await aSession()).id };
    expect((await value(payjp.getAllCheckoutSessionLineItems({ client, path }))).data).toEqual([]);
  });
});

describe('events', () => {
  test('tell what happened to an object, newest first, and only what this API has a name for', async () => {
    const customer = await aCustomer();
    const path = { customer_id: customer.id };
    await value(payjp.updateCustomer({ client, path, body: { description: 'x' } }));
    await value(payjp.deleteCustomer({ client, path }));
    const { data } = await value(payjp.getAllEvents({ client, query: { resource_id: customer.id } }));
    expect(data.map(({ type }) => type)).toEqual(['customer.deleted', 'customer.updated', 'customer.created']);
    expect(data.map((event) => event.data.description)).toEqual(['x', 'x', null]);
  });

  test('are found by type and by kind of object', async () => {
    const flow = await aFlow();
    await value(payjp.updateSetupFlow({ client, path: { setup_flow_id: flow.id }, body: { description: 'x' } }));
    await value(payjp.cancelSetupFlow({ client, path: { setup_flow_id: flow.id } }));
    const typesOf = async (query: object) =>
      (await value(payjp.getAllEvents({ client, query: { resource_id: flow.id, ...query } }))).data.map(
        ({ type }) => type,
      );
    expect(await typesOf({})).toEqual(['setup_flow.canceled', 'setup_flow.created']);
    expect(await typesOf({ type: 'setup_flow.created' })).toEqual(['setup_flow.created']);
    expect(await typesOf({ object: 'setup_flow' })).toEqual(['setup_flow.canceled', 'setup_flow.created']);
    expect(await typesOf({ object: 'customer' })).toEqual([]);
    expect(await typesOf({ type: 'refund.created' })).toEqual([]);
  });

  test('hold no client secret', async () => {
    const flow = await aFlow();
    const { data } = await value(payjp.getAllEvents({ client, query: { resource_id: flow.id } }));
    expect(data[0]?.data.client_secret).toBe('');
  });

  test('can be read one by one', async () => {
    const event = await anEvent();
    expect(await value(payjp.getEvent({ client, path: { event_id: event.id } }))).toEqual(event);
  });
});

describe('paging', () => {
  test('goes through a list forwards and backwards, newest first', async () => {
    const by = server.clientOf(await server.onfile.addMerchant('A shop with five customers'));
    const ids: string[] = [];
    for (const id of ['a', 'b', 'c', 'd', 'e']) ids.unshift((await aCustomer(id < 'c' ? { id } : {}, by)).id);
    const page = async (query: object) => {
      const { data, has_more } = await value(payjp.getAllCustomers({ client: by, query }));
      return [data.map(({ id }) => ids.indexOf(id)), has_more];
    };
    expect(await page({})).toEqual([[0, 1, 2, 3, 4], false]);
    expect(await page({ limit: 2 })).toEqual([[0, 1], true]);
    expect(await page({ limit: 2, starting_after: ids[1] })).toEqual([[2, 3], true]);
    expect(await page({ limit: 2, starting_after: ids[3] })).toEqual([[4], false]);
    expect(await page({ limit: 2, ending_before: ids[3] })).toEqual([[1, 2], true]);
    expect(await page({ limit: 2, ending_before: ids[1] })).toEqual([[0], false]);
    expect(await page({ limit: 5, starting_after: ids[4] })).toEqual([[], false]);
  });

  const LISTS: Readonly<Record<string, (query: Json) => Promise<{ error?: unknown; response: Response }>>> = {
    '/v2/setup_flows': (query) => payjp.getAllSetupFlows({ client, query }),
    '/v2/customers': (query) => payjp.getAllCustomers({ client, query }),
    '/v2/payment_methods': (query) => payjp.getAllPaymentMethods({ client, query }),
    '/v2/payment_method_configurations': (query) => payjp.getAllPaymentMethodConfigurations({ client, query }),
    '/v2/checkout/sessions': (query) => payjp.getAllCheckoutSessions({ client, query }),
    '/v2/events': (query) => payjp.getAllEvents({ client, query }),
  };
  const UNKNOWN_TAIL = '01kdz1m000e00800000000000a';
  const PREFIXES: Readonly<Record<string, string>> = {
    '/v2/setup_flows': 'setfw_',
    '/v2/customers': 'cus_',
    '/v2/payment_methods': 'pm_',
    '/v2/payment_method_configurations': 'pmc_',
    '/v2/checkout/sessions': 'cs_',
    '/v2/events': 'evnt_',
  };

  describe.each(Object.entries(LISTS))('of %s', (url, list) => {
    test('says its own address', async () => {
      expect((await server.ask(`GET ${url}`)).body.url).toBe(url);
    });

    test.each([
      ['an unknown cursor', { starting_after: PREFIXES[url] + UNKNOWN_TAIL }, [400, 'resource_missing']],
      ['a malformed cursor', { ending_before: 'no-such.thing' }, [400, 'resource_missing']],
      ['a limit of none', { limit: 0 }, [422, 'validation_error']],
      ['a limit above 100', { limit: 101 }, [422, 'validation_error']],
      ['two cursors', { starting_after: 'a', ending_before: 'b' }, [422, 'validation_error']],
    ])('refuses %s', async (_, query, expected) => {
      expect(await errorOf(list(query))).toEqual(expected);
    });
  });

  test("of a customer's methods goes both ways too, and over no detached one", async () => {
    const { id } = await aCustomer();
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.unshift((await aMethod({ customer_id: id })).id);
    const page = async (query: object) =>
      (await value(payjp.getCustomerPaymentMethods({ client, path: { customer_id: id }, query }))).data.map((each) =>
        ids.indexOf(each.id),
      );
    expect(await page({ limit: 2 })).toEqual([0, 1]);
    expect(await page({ starting_after: ids[0] })).toEqual([1, 2]);
    expect(await page({ ending_before: ids[1] })).toEqual([0]);
    await value(payjp.detachPaymentMethod({ client, path: { payment_method_id: ids[1] as string } }));
    expect(await page({})).toEqual([0, 2]);
  });
});
