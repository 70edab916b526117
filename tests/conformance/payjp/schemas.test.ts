import { describe, expect, test } from 'vitest';
import { faultsOfAnswer, faultsOfError } from './schemas.js';

// The other tests lean on these checks with every answer, so here is what they see.

const CUSTOMER = {
  object: 'customer',
  id: 'taro',
  livemode: false,
  email: null,
  description: null,
  default_payment_method_id: null,
  default_payment_method: null,
  metadata: { a: 1, b: 'x', c: true },
  created_at: '2026-01-02T03:04:05.000Z',
  updated_at: '2026-01-02T03:04:05Z',
};
const { email: _, ...WITHOUT_EMAIL } = CUSTOMER;

describe('an answer', () => {
  test('as the specification has it has no faults', () => {
    expect(faultsOfAnswer(CUSTOMER)).toEqual([]);
    expect(faultsOfAnswer({ object: 'list', url: '/v2/customers', has_more: false, data: [CUSTOMER] })).toEqual([]);
  });

  test.each([
    ['without a key', WITHOUT_EMAIL, 'customer.email is missing'],
    ['with a key too many', { ...CUSTOMER, bin: '424242' }, 'customer.bin is not in the specification'],
    ['with null where none may be', { ...CUSTOMER, livemode: null }, 'customer.livemode is no boolean'],
    ['with a time of another form', { ...CUSTOMER, created_at: 0 }, 'customer.created_at is no RFC 3339 time in UTC'],
    ['with a fraction in metadata', { ...CUSTOMER, metadata: { a: 1.5 } }, /metadata\.a is no string, integer or/],
    ['of a kind that is unknown', { object: 'coupon' }, 'there is no schema of coupon'],
  ])('%s has that fault', (__, answer, fault) => {
    expect(faultsOfAnswer(answer)).toEqual([typeof fault === 'string' ? fault : expect.stringMatching(fault)]);
  });

  test('in a list is looked at too', () => {
    const list = { object: 'list', url: '/v2/customers', has_more: false, data: [WITHOUT_EMAIL] };
    expect(faultsOfAnswer(list)).toEqual(['list.data[0]: customer.email is missing']);
  });
});

describe('an error', () => {
  const ERROR = {
    type: 'https://shop.example/errors/not-found',
    title: 'Not Found',
    status: 404,
    code: 'not_found',
    detail: 'There is no such thing.',
    instance: '/v2/customers/x',
  };

  test('as the specification has it has no faults', () => {
    expect(faultsOfError(ERROR, 404)).toEqual([]);
    expect(faultsOfError({ ...ERROR, errors: [{ field: 'a', message: 'b' }] }, 422)).toEqual([]);
  });

  test.each([
    ['of fields without the fields', ERROR, 422, 'error.errors is missing'],
    ['of no fields with fields', { ...ERROR, errors: [] }, 404, 'error.errors is not in the specification'],
    ['with a message that is no text', { ...ERROR, errors: [{ field: 'a', message: 1 }] }, 422, /message is no string/],
  ])('%s has that fault', (__, error, status, fault) => {
    const expected = typeof fault === 'string' ? fault : expect.stringMatching(fault);
    expect(faultsOfError(error, status)).toContainEqual(expected);
  });
});
