import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCardNumber, readCardNumber } from './number.js';

const VISA = '4242424242424242';

describe('reading a card number', () => {
  const entries = [
    // entered                            digits                 brand         problem
    [VISA, VISA, 'visa', null],
    ['4242 4242 4242 4242', VISA, 'visa', null],
    [' 4242-4242-4242-4242\n', VISA, 'visa', null],
    ['4242–4242—4242−4242', VISA, 'visa', null],
    ['４２４２　４２４２　４２４２　４２４２', VISA, 'visa', null],
    ['４２４２－４２４２ー４２４２ｰ４２４２', VISA, 'visa', null],
    ['4242\u00a04242\u200b4242\u202f4242', VISA, 'visa', null],
    ['3782 822463 10005', '378282246310005', 'amex', null],
    ['3852 000002 3237', '38520000023237', 'diners', null],
    ['3530111333300000', '3530111333300000', 'jcb', null],
    ['', '', null, 'required'],
    [' - ', '', null, 'required'],
    ['4242', '4242', 'visa', 'too_short'],
    ['4242424242424241', '4242424242424241', 'visa', 'mistyped'],
    ['9999 9999 9999', '999999999999', null, 'mistyped'],
    ['4242 4242 4242 4242 4242', '42424242424242424242', 'visa', 'too_long'],
    ['4242x', '', null, 'not_digits'],
    ['taro yamada', '', null, 'not_digits'],
    ['四二四二', '', null, 'not_digits'],
    ['4242.4242', '', null, 'not_digits'],
    ['4'.repeat(201), '', null, 'not_digits'],
    ['\ud800', '', null, 'not_digits'],
  ] as const;
  for (const [entered, digits, brand, problem] of entries) {
    test(`${JSON.stringify(entered.slice(0, 40))} gives ${problem ?? `a ${brand} number`}`, () => {
      expect(readCardNumber(entered)).toEqual({ digits, brand, problem });
    });
  }
});

describe('showing a card number', () => {
  const formats = [
    ['', ''],
    ['4', '4'],
    ['42424', '4242 4'],
    [VISA, '4242 4242 4242 4242'],
    ['4242424242424242424', '4242 4242 4242 4242 424'],
    ['378282246310005', '3782 822463 10005'],
    ['37828224631', '3782 822463 1'],
    ['38520000023237', '3852 000002 3237'],
    ['4242-4242', '4242 4242'],
    ['４２４２４', '4242 4'],
    ['42424242424242424242424', '4242 4242 4242 4242 4242424'],
    ['4242x', '4242x'],
  ] as const;
  for (const [entered, shown] of formats) {
    test(`"${entered}" is shown as "${shown}"`, () => {
      expect(formatCardNumber(entered)).toBe(shown);
    });
  }

  const typed = fc.string({ unit: fc.constantFrom(...'0123456789 -４　ー'), maxLength: 60 });

  test('loses and adds no digit, and showing it again changes nothing', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const shown = formatCardNumber(text);
        expect(readCardNumber(shown)).toEqual(readCardNumber(text));
        expect(formatCardNumber(shown)).toBe(shown);
      }),
    );
  });
});

test('any text at all is read without a fault', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(readCardNumber(text).digits).toMatch(/^\d*$/);
    }),
  );
});
