import { done } from '@onfile/core';
import { aCustomer, aPaymentMethod, uuid } from '@onfile/core/testing';
import { describe, expect, test } from 'vitest';
import { send } from '../../testing/send.js';
import { createPayjpDialect } from './dialect.js';
import type { Naming } from './settings.js';

function aDialect(naming: Naming = 'both') {
  return createPayjpDialect({ apiUrl: () => 'https://shop.example', naming });
}
const dialect = aDialect();
const { ids } = dialect;
const ID = ids.customer.render({ id: uuid(40), chosenId: null });
const METHOD = ids.paymentMethod.render(uuid(30));

function answering(customer = aCustomer()) {
  const asked: unknown[] = [];
  const answer = async (...args: unknown[]) => {
    asked.push(...args.slice(1));
    return done(customer);
  };
  return {
    asked,
    operations: { customers: { create: answer, retrieve: answer, update: answer, delete: answer } },
  };
}

describe('a customer in an answer', () => {
  const whole = aCustomer({ email: 'taro@example.com', defaultPaymentMethodId: uuid(30), metadata: { a: 1 } });
  const common = {
    object: 'customer',
    id: ID,
    livemode: false,
    email: 'taro@example.com',
    description: null,
    metadata: { a: 1 },
    created_at: '2026-01-02T12:00:00.000Z',
    updated_at: '2026-01-02T12:00:00.000Z',
  };

  test.each([
    ['both', { ...common, default_payment_method_id: METHOD, default_payment_method: METHOD }],
    ['current', { ...common, default_payment_method_id: METHOD }],
    ['seed', { ...common, default_payment_method: METHOD }],
  ] as const)('has the names of: %s', async (naming, body) => {
    const { operations } = answering(whole);
    expect(await send(aDialect(naming), `GET /v2/customers/${ID}`, { operations })).toEqual({ status: 200, body });
  });

  test('is called by the id that the merchant chose', async () => {
    const { asked, operations } = answering(aCustomer({ chosenId: 'taro' }));
    expect((await send(dialect, 'GET /v2/customers/taro', { operations })).body.id).toBe('taro');
    expect(asked).toEqual([{ chosenId: 'taro' }]);
  });

  test('is answered whole when it is deleted', async () => {
    const { asked, operations } = answering();
    expect((await send(dialect, `DELETE /v2/customers/${ID}`, { operations })).body.object).toBe('customer');
    expect(asked).toEqual([{ id: uuid(40) }]);
  });
});

describe('creating a customer', () => {
  const NOTHING = { selector: null, email: null, description: null, metadata: {}, paymentMethodId: null };

  test.each([
    [{}, {}],
    [
      { id: 'taro', email: 'taro@example.com' },
      { selector: { chosenId: 'taro' }, email: 'taro@example.com' },
    ],
    [{ id: ID }, { selector: { id: uuid(40) } }],
    [
      { description: '', metadata: { a: true } },
      { description: '', metadata: { a: true } },
    ],
    [{ payment_method_id: METHOD }, { paymentMethodId: uuid(30) }],
    [{ payment_method: METHOD }, { paymentMethodId: uuid(30) }],
    [{ livemode: true, default_payment_method_id: METHOD }, {}],
  ])('from %j', async (body, input) => {
    const { asked, operations } = answering();
    await send(dialect, 'POST /v2/customers', { body, operations });
    expect(asked).toEqual([{ ...NOTHING, ...input }]);
  });

  test.each([
    [null, ['body']],
    [[], ['body']],
    [{ id: 'a b' }, ['id']],
    [{ id: '' }, ['id']],
    [{ id: 'a'.repeat(101) }, ['id']],
    [{ id: null }, ['id']],
    [{ email: 'taro' }, ['email']],
    [{ email: `${'a'.repeat(250)}@example.com` }, ['email']],
    [{ email: null, description: null, metadata: null }, ['email', 'description', 'metadata']],
    [{ description: 'd'.repeat(256) }, ['description']],
    [{ payment_method_id: METHOD, payment_method: 'pm_1' }, ['payment_method_id']],
  ])('is refused for %j', async (body, fields) => {
    const response = await send(dialect, 'POST /v2/customers', { body });
    expect(response.status).toBe(422);
    expect(response.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  });
});

describe('updating a customer', () => {
  test.each([
    [{}, {}],
    [{ email: 'new@example.com' }, { email: 'new@example.com' }],
    [{ default_payment_method_id: METHOD }, { defaultPaymentMethodId: uuid(30) }],
    [{ default_payment_method: METHOD }, { defaultPaymentMethodId: uuid(30) }],
    [{ default_payment_method_id: null }, { defaultPaymentMethodId: null }],
    [{ default_payment_method: null }, { defaultPaymentMethodId: null }],
    [{ metadata: { a: '' } }, { metadata: { set: {}, remove: ['a'] } }],
  ])('by %j', async (body, changes) => {
    const { asked, operations } = answering();
    await send(dialect, `POST /v2/customers/${ID}`, { body, operations });
    expect(asked).toEqual([{ id: uuid(40) }, changes]);
  });

  test.each([{ email: null }, { description: null }, { default_payment_method_id: 1 }])(
    'by %j is refused',
    async (body) => {
      const response = await send(dialect, `POST /v2/customers/${ID}`, { body });
      expect([response.status, response.body.errors[0].field]).toEqual([422, Object.keys(body)[0]]);
    },
  );
});

test("a customer's methods are a list of their own", async () => {
  const asked: unknown[] = [];
  const customers = {
    listPaymentMethods: async (_: unknown, ...args: unknown[]) => {
      asked.push(...args);
      return done({ items: [aPaymentMethod({ customer: { id: uuid(40), chosenId: 'taro' } })], hasMore: false });
    },
  };
  const { body } = await send(dialect, 'GET /v2/customers/taro/payment_methods', {
    query: { limit: '2', starting_after: METHOD },
    operations: { customers },
  });
  expect(asked).toEqual([{ chosenId: 'taro' }, { limit: 2, startingAfter: uuid(30), endingBefore: null }]);
  expect(body).toMatchObject({
    url: '/v2/customers/taro/payment_methods',
    has_more: false,
    data: [{ id: METHOD, customer_id: 'taro' }],
  });
});

describe('a cursor in the list of customers', () => {
  const list = (asked: unknown[]) => async (_: unknown, page: unknown) => {
    asked.push(page);
    return done({ items: [], hasMore: false });
  };

  test('may be an id that the merchant chose', async () => {
    const asked: unknown[] = [];
    const customers = { retrieve: async () => done(aCustomer({ chosenId: 'taro' })), list: list(asked) };
    await send(dialect, 'GET /v2/customers', { query: { starting_after: 'taro' }, operations: { customers } });
    expect(asked).toEqual([{ limit: 10, startingAfter: uuid(40), endingBefore: null }]);
  });

  test('that is of our form needs no search', async () => {
    const asked: unknown[] = [];
    await send(dialect, 'GET /v2/customers', {
      query: { ending_before: ID },
      operations: { customers: { list: list(asked) } },
    });
    expect(asked).toEqual([{ limit: 10, startingAfter: null, endingBefore: uuid(40) }]);
  });
});
