import { type CardBrand, done } from '@onfile/core';
import { aPaymentMethod, NOON, SCOPE, uuid } from '@onfile/core/testing';
import { describe, expect, test } from 'vitest';
import { send } from '../../testing/send.js';
import { createPayjpDialect } from './dialect.js';
import type { Naming } from './settings.js';

function aDialect(naming: Naming = 'both') {
  return createPayjpDialect({ apiUrl: () => 'https://shop.example', naming });
}
const dialect = aDialect();
const ID = dialect.ids.paymentMethod.render(uuid(30));
const CARD = { number: 'card_reference', exp_month: 12, exp_year: 2030, cvc: 'card_reference' };
const BILLING = { email: 'taro@example.com' };

function answering(method = aPaymentMethod()) {
  const asked: unknown[] = [];
  const answer = async (...args: unknown[]) => {
    asked.push(...args.slice(1));
    return done(method);
  };
  const list = async (...args: unknown[]) => {
    asked.push(...args.slice(1));
    return done({ items: [method], hasMore: false });
  };
  const retrieve = async () => done(method);
  return {
    asked,
    operations: { paymentMethods: { create: answer, retrieve, update: answer, attach: answer, detach: answer, list } },
  };
}

async function fieldsOf(target: string, body: unknown): Promise<string[]> {
  const response = await send(dialect, target, { body });
  return (response.body.errors ?? []).map(({ field }: { field: string }) => field);
}

describe('a payment method in an answer', () => {
  const common = {
    object: 'payment_method',
    id: ID,
    livemode: false,
    type: 'card',
    detached_at: null,
    metadata: {},
    created_at: '2026-01-02T12:00:00.000Z',
    updated_at: '2026-01-02T12:00:00.000Z',
    billing_details: {
      name: 'TARO YAMADA',
      email: 'taro@example.com',
      phone: null,
      address: { line1: null, line2: null, city: null, state: null, zip: null, country: null },
    },
    card: { brand: 'Visa', country: null, exp_month: 12, exp_year: 2030, fingerprint: 'fp_test', last4: '4242' },
  };

  test.each([
    ['both', { ...common, customer_id: 'taro', customer: 'taro' }],
    ['current', { ...common, customer_id: 'taro' }],
    ['seed', { ...common, customer: 'taro' }],
  ] as const)('has the names of: %s', async (naming, body) => {
    const { operations } = answering(aPaymentMethod({ customer: { id: uuid(40), chosenId: 'taro' } }));
    const response = await send(aDialect(naming), `GET /v2/payment_methods/${ID}`, { operations });
    expect(response).toEqual({ status: 200, body });
  });

  test('that was detached has no customer and tells when', async () => {
    const { operations } = answering(aPaymentMethod({ state: 'detached', detachedAt: NOON }));
    const { body } = await send(dialect, `GET /v2/payment_methods/${ID}`, { operations });
    expect(body).toMatchObject({ customer_id: null, detached_at: '2026-01-02T12:00:00.000Z' });
  });

  const BRANDS: Record<CardBrand, string> = {
    visa: 'Visa',
    mastercard: 'MasterCard',
    jcb: 'JCB',
    amex: 'American Express',
    diners: 'Diners Club',
    discover: 'Discover',
    unionpay: 'UnionPay',
  };
  test.each(Object.entries(BRANDS) as [CardBrand, string][])('of brand %s is called %s', async (brand, name) => {
    const { card } = aPaymentMethod();
    const { operations } = answering(aPaymentMethod({ card: { ...card, brand } }));
    expect((await send(dialect, `GET /v2/payment_methods/${ID}`, { operations })).body.card.brand).toBe(name);
  });

  test('tells nothing that a merchant must not know', async () => {
    const { operations } = answering(aPaymentMethod({ networkTransactionId: 'network-1' }));
    const text = JSON.stringify(await send(dialect, `GET /v2/payment_methods/${ID}`, { operations }));
    expect(text).not.toMatch(/network-1|424242|"bin"/);
  });
});

describe('creating a payment method', () => {
  const ADDRESS = { line1: null, line2: null, city: null, state: null, zip: null, country: null };

  test('from a card', async () => {
    const { asked, operations } = answering();
    const body = {
      type: 'card',
      card: CARD,
      billing_details: { phone: '+81312345678', address: { zip: '100-0001', country: 'JP' } },
      customer: 'taro',
      metadata: { a: 1 },
    };
    await send(dialect, 'POST /v2/payment_methods', { body, operations });
    expect(asked).toEqual([
      {
        card: {
          reference: 'card_reference',
          expMonth: 12,
          expYear: 2030,
          billingDetails: {
            name: null,
            email: null,
            phone: '+81312345678',
            address: { ...ADDRESS, zip: '100-0001', country: 'JP' },
          },
        },
        customer: { chosenId: 'taro' },
        metadata: { a: 1 },
      },
    ]);
  });

  test.each([
    [{}, ['type']],
    [{ type: 'bank' }, ['type']],
    [{ type: 'card' }, ['card', 'billing_details']],
    [{ type: 'card', card: CARD, billing_details: {} }, ['billing_details']],
    [{ type: 'card', card: CARD, billing_details: { email: null } }, ['billing_details.email', 'billing_details']],
    [{ type: 'card', card: [], billing_details: BILLING }, ['card']],
    [{ type: 'card', card: { ...CARD, exp_month: 0 }, billing_details: BILLING }, ['card.exp_month']],
    [{ type: 'card', card: { ...CARD, exp_month: 1.5 }, billing_details: BILLING }, ['card.exp_month']],
    [{ type: 'card', card: { ...CARD, exp_year: -1 }, billing_details: BILLING }, ['card.exp_year']],
    [{ type: 'card', card: CARD, billing_details: BILLING, metadata: { a: [] } }, ['metadata.a']],
  ])('is refused for %j', async (body, fields) => {
    expect(await fieldsOf('POST /v2/payment_methods', body)).toEqual(fields);
  });

  test.each([[{ type: 'paypay' }], [{ type: 'apple_pay', token: 'x' }]])(
    'of another type is not supported: %j',
    async (body) => {
      const response = await send(dialect, 'POST /v2/payment_methods', { body });
      expect([response.status, response.body.code]).toEqual([400, 'unsupported_payment_method_type']);
    },
  );
});

describe('updating a payment method', () => {
  test('hands on the billing details that are named, without looking at the others', async () => {
    const { asked, operations } = answering();
    const body = { type: 'card', billing_details: { phone: '1', address: { city: 'Chiyoda' } } };
    const { update } = operations.paymentMethods;
    await send(dialect, `POST /v2/payment_methods/${ID}`, { body, operations: { paymentMethods: { update } } });
    expect(asked).toEqual([uuid(30), { billingDetails: { phone: '1', address: { city: 'Chiyoda' } } }]);
  });

  test('does not touch billing details that are not there', async () => {
    const { asked, operations } = answering();
    const body = { type: 'card', metadata: { a: '' }, card: CARD };
    await send(dialect, `POST /v2/payment_methods/${ID}`, { body, operations });
    expect(asked).toEqual([uuid(30), { metadata: { set: {}, remove: ['a'] } }]);
  });

  test.each([
    [{}, ['type']],
    [{ type: 'paypay' }, ['type']],
    [{ type: 'card', billing_details: { email: 'x' } }, ['billing_details.email']],
    [{ type: 'card', billing_details: null, metadata: null }, ['billing_details', 'metadata']],
  ])('is refused for %j', async (body, fields) => {
    expect(await fieldsOf(`POST /v2/payment_methods/${ID}`, body)).toEqual(fields);
  });
});

describe('attaching and detaching', () => {
  test.each([[{ customer_id: 'taro' }], [{ customer: 'taro' }]])('attaches by %j', async (body) => {
    const { asked, operations } = answering();
    await send(dialect, `POST /v2/payment_methods/${ID}/attach`, { body, operations });
    expect(asked).toEqual([uuid(30), { chosenId: 'taro' }]);
  });

  test.each([[{}], [{ customer_id: null }], [{ customer_id: 'taro', customer: 'jiro' }]])(
    'does not attach by %j',
    async (body) => {
      expect(await fieldsOf(`POST /v2/payment_methods/${ID}/attach`, body)).toEqual(['customer_id']);
    },
  );

  test('detaches', async () => {
    const { asked, operations } = answering();
    await send(dialect, `POST /v2/payment_methods/${ID}/detach`, { operations });
    expect(asked).toEqual([uuid(30)]);
  });
});

test.each([
  [{}, {}],
  [{ customer_id: 'taro' }, { customer: { chosenId: 'taro' } }],
  [{ customer: 'taro' }, { customer: { chosenId: 'taro' } }],
])('a list for %j', async (query, filter) => {
  const { asked, operations } = answering();
  await send(dialect, 'GET /v2/payment_methods', { query: query as Record<string, string>, operations });
  expect(asked[0]).toEqual(filter);
});

test('no card of API v1 is found', async () => {
  const response = await send(dialect, 'GET /v2/payment_methods/cards/car_1', { scope: SCOPE });
  expect([response.status, response.body.code]).toEqual([404, 'not_found']);
});
