import { expect, test } from 'vitest';
import { checkEntries, type Entries } from './check-entries.js';

const GOOD: Entries = {
  card_number: '4242 4242 4242 4242',
  card_expiry: '12 / 34',
  card_cvc: '123',
  card_name: 'TARO YAMADA',
  email: 'taro@example.com',
  phone: '',
};
const ALL = { name: true, email: true, phone: true };
const TODAY = { year: 2026, month: 11 };

function check(entries: Partial<Entries>, { asks = ALL, given = {} } = {}) {
  return checkEntries({ ...GOOD, ...entries }, { asks, given, today: TODAY });
}

test('good entries are what the server is to get', () => {
  expect(check({})).toEqual({
    problems: {},
    brand: 'visa',
    card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' },
    contact: { name: 'TARO YAMADA', email: 'taro@example.com' },
  });
});

// biome-ignore format: a table
test.each([
  [{ card_number: '' },                        { card_number: 'required' }],
  [{ card_number: '4242424242424241' },        { card_number: 'mistyped' }],
  [{ card_expiry: '10/26' },                   { card_expiry: 'past' }],
  [{ card_cvc: '1234' },                       { card_cvc: 'wrong_length' }],
  [{ card_name: '山田太郎' },                   { card_name: 'not_latin' }],
  [{ card_name: '4242424242424242' },          { card_name: 'looks_like_card_number' }],
  [{ email: '' },                              { email: 'required' }],
  [{ email: '', phone: '09012345678' },        {}],
  [{ email: 'taro' },                          { email: 'unreadable' }],
  [{ phone: '123' },                           { phone: 'unreadable' }],
] as const)('%j has the problems %j', (entries, problems) => {
  const checked = check(entries);
  expect(checked.problems).toEqual(problems);
  expect(checked.card === null).toBe(Object.keys(problems).length > 0);
});

test('what the form does not ask for, the page may bring', () => {
  const asks = { name: false, email: true, phone: false };
  expect(check({ email: '', card_name: '' }, { asks }).problems).toEqual({ email: 'required' });
  expect(check({ email: '', card_name: '' }, { asks, given: { phone: '09012345678' } }).problems).toEqual({});
  const nothing = { name: false, email: false, phone: false };
  expect(check({ email: 'ignored', card_name: 'ignored' }, { asks: nothing })).toMatchObject({
    problems: {},
    contact: {},
  });
});
