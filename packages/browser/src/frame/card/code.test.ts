import { expect, test } from 'vitest';
import { readCvc } from './code.js';

const entries = [
  // entered  brand         digits  problem
  ['123', 'visa', '123', null],
  ['１２３', 'visa', '123', null],
  [' 123 ', 'jcb', '123', null],
  ['1234', 'amex', '1234', null],
  ['123', null, '123', null],
  ['1234', null, '1234', null],
  ['123', 'amex', '123', 'wrong_length'],
  ['1234', 'visa', '1234', 'wrong_length'],
  ['12', 'visa', '12', 'wrong_length'],
  ['', 'visa', '', 'required'],
  ['12a', 'visa', '', 'not_digits'],
] as const;

for (const [entered, brand, digits, problem] of entries) {
  test(`"${entered}" on a card of ${brand ?? 'no known brand'} gives ${problem ?? 'no problem'}`, () => {
    expect(readCvc(entered, brand)).toEqual({ digits, problem });
  });
}
