import { expect, test } from 'vitest';
import type { AddressValues } from '../../protocol/messages.js';
import { checkAddress, formatZip } from './check-address.js';
import { countriesIn } from './countries.js';
import { TEXTS } from './texts-en.js';

const GOOD: AddressValues = {
  country: 'JP',
  name: '山田 太郎',
  zip: '100-0001',
  state: '東京都',
  city: '千代田区',
  line1: '千代田1-1',
  line2: '',
  phone: '090-1234-5678',
};

// biome-ignore format: a table
test.each([
  [{},                                             []],
  [{ name: '' },                                   ['name']],
  [{ zip: '', state: '' },                         ['zip', 'state']],
  [{ zip: '1000' },                                ['zip']],
  [{ country: 'US', zip: '', state: '' },          []],
  [{ country: 'GB', zip: 'SW1A 1AA' },             []],
  [{ phone: '' },                                  ['phone']],
  [{ phone: '12' },                                ['phone']],
  [{ line1: '4242 4242 4242 4242' },               ['line1']],
] as const)('%j has problems at %j', (change, names) => {
  expect(Object.keys(checkAddress({ ...GOOD, ...change }, { asksPhone: true, texts: TEXTS }))).toEqual(names);
});

test('a phone number that is not asked for is no problem', () => {
  expect(checkAddress({ ...GOOD, phone: '' }, { asksPhone: false, texts: TEXTS })).toEqual({});
});

test.each([
  ['1000001', '100-0001'],
  ['〒１００ー０００１', '100-0001'],
  ['100-0001 ', '100-0001'],
  ['100-001', null],
  ['SW1A 1AA', null],
])('%s is the postal code %s', (text, code) => expect(formatZip(text)).toBe(code));

test('every country is there once, in the language, Japan first', () => {
  const [first, ...others] = countriesIn('ja');
  expect(first).toEqual({ code: 'JP', name: '日本' });
  expect(others).toHaveLength(248);
  expect(new Set(others.map(({ code }) => code)).size).toBe(248);
  expect(others.find(({ name, code }) => name === code)).toBeUndefined();
});
