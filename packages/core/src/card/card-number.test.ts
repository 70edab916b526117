import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CardBrand } from '../payment-method/payment-method.js';
import { CARD_BRANDS, cardBrandOf } from './brands.js';
import { checkCardNumber, checkCvcLength, possibleCardNumberLengths } from './card-number.js';
import { passesLuhn } from './luhn.js';

const digitsOf = (text: string): number[] => Array.from(text, Number);

const digit = fc.integer({ min: 0, max: 9 });
const brand = fc.constantFrom(...(Object.keys(CARD_BRANDS) as CardBrand[]));

/** A number of the brand with a right check digit, made of nothing but the table and chance. */
const numberOf = (name: CardBrand): fc.Arbitrary<number[]> => {
  const { prefixes, lengths } = CARD_BRANDS[name];
  return fc
    .tuple(fc.constantFrom(...prefixes), fc.constantFrom(...lengths), fc.array(digit, { minLength: 19, maxLength: 19 }))
    .chain(([{ from, to }, length, rest]) =>
      fc.integer({ min: from, max: to }).map((prefix) => {
        const body = [...digitsOf(String(prefix)), ...rest].slice(0, length - 1);
        return [...body, checkDigitOf(body)];
      }),
    );
};

/** Found by trial, so that it does not repeat the formula under test. */
function checkDigitOf(body: readonly number[]): number {
  const found = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((last) => passesLuhn([...body, last]));
  expect(found).toHaveLength(1);
  return found[0] as number;
}

describe('the brand of a number', () => {
  const numbers = [
    // number               brand
    ['4242424242424242', 'visa'],
    ['4012888888881881', 'visa'],
    ['5555555555554444', 'mastercard'],
    ['5105105105105100', 'mastercard'],
    ['3530111333300000', 'jcb'],
    ['3566002020360505', 'jcb'],
    ['378282246310005', 'amex'],
    ['371449635398431', 'amex'],
    ['38520000023237', 'diners'],
    ['30569309025904', 'diners'],
    ['36227206271667', 'diners'],
    ['6011111111111117', 'discover'],
    ['6011000990139424', 'discover'],
  ] as const;
  for (const [number, name] of numbers) {
    test(`the published test card ${number} is ${name} and has no problem`, () => {
      expect(cardBrandOf(digitsOf(number))).toBe(name);
      expect(checkCardNumber(digitsOf(number))).toBeNull();
      expect(checkCardNumber(Uint8Array.from(digitsOf(number)))).toBeNull();
    });
  }

  const edges = [
    ['', null],
    ['4', 'visa'],
    ['50', null],
    ['51', 'mastercard'],
    ['55', 'mastercard'],
    ['56', null],
    ['2220', null],
    ['2221', 'mastercard'],
    ['2720', 'mastercard'],
    ['2721', null],
    ['222', null],
    ['3527', null],
    ['3528', 'jcb'],
    ['3589', 'jcb'],
    ['3590', null],
    ['352', null],
    ['34', 'amex'],
    ['35', null],
    ['37', 'amex'],
    ['300', 'diners'],
    ['305', 'diners'],
    ['306', null],
    ['3095', 'diners'],
    ['36', 'diners'],
    ['38', 'diners'],
    ['39', 'diners'],
    ['6011', 'discover'],
    ['6012', null],
    ['643', null],
    ['644', 'discover'],
    ['649', 'discover'],
    ['65', 'discover'],
    ['62', 'unionpay'],
    ['622126', 'unionpay'],
    ['8099', null],
    ['8100', 'unionpay'],
    ['8171', 'unionpay'],
    ['8172', null],
    ['99', null],
  ] as const;
  for (const [start, name] of edges) {
    test(`digits that start "${start}" are of ${name ?? 'no known brand'}`, () => {
      expect(cardBrandOf(digitsOf(start))).toBe(name);
    });
  }

  test('no prefix lies in two brands', () => {
    for (let prefix = 0; prefix < 10_000; prefix += 1) {
      const digits = digitsOf(String(prefix).padStart(4, '0'));
      const claimed = Object.values(CARD_BRANDS).filter(({ prefixes }) =>
        prefixes.some(({ from, to }) => {
          const start = Number(digits.slice(0, String(from).length).join(''));
          return from <= start && start <= to;
        }),
      );
      expect(claimed.length).toBeLessThanOrEqual(1);
    }
  });

  test('the groups of a brand hold its longest number', () => {
    for (const { groups, lengths } of Object.values(CARD_BRANDS)) {
      expect(groups.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(Math.max(...lengths));
      expect([...lengths].sort((a, b) => a - b)).toEqual(lengths);
    }
  });
});

describe('a card number', () => {
  const cases = [
    ['', 'required'],
    ['4', 'too_short'],
    ['424242424242424', 'too_short'], //      a length below Visa's
    ['42424242424242424', 'too_short'], //    17 digits: between two of Visa's lengths
    ['4242424242424241', 'mistyped'],
    ['4242424242424224', 'mistyped'], //      two neighbours swapped
    ['42424242424242424242', 'too_long'],
    ['37828224631000', 'too_short'],
    ['3782822463100057', 'too_long'],
    ['385200000232370', 'too_long'],
    ['99999999999', 'too_short'], //          no known brand: 12 at least
    ['999999999999', 'mistyped'],
    ['99999999999999999999', 'too_long'],
  ] as const;
  for (const [number, problem] of cases) {
    test(`"${number}" is ${problem}`, () => {
      expect(checkCardNumber(digitsOf(number))).toBe(problem);
    });
  }

  test('of any brand in the table, with a right check digit, has no problem and is of that brand', () => {
    fc.assert(
      fc.property(
        brand.chain((name) => fc.tuple(fc.constant(name), numberOf(name))),
        ([name, digits]) => {
          expect(cardBrandOf(digits)).toBe(name);
          expect(checkCardNumber(digits)).toBeNull();
        },
      ),
    );
  });

  test('with one digit wrong never passes', () => {
    fc.assert(
      fc.property(brand.chain(numberOf), fc.nat(), fc.integer({ min: 1, max: 9 }), (digits, place, off) => {
        const wrong = [...digits];
        const at = place % digits.length;
        wrong[at] = ((digits[at] as number) + off) % 10;
        expect(checkCardNumber(wrong)).not.toBeNull();
      }),
    );
  });

  test('of no brand that we know may have 12 to 19 digits', () => {
    expect(possibleCardNumberLengths(null)).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
  });
});

describe('a security code', () => {
  const cases = [
    // digits brand     problem
    [0, 'visa', 'required'],
    [3, 'visa', null],
    [4, 'visa', 'wrong_length'],
    [3, 'amex', 'wrong_length'],
    [4, 'amex', null],
    [2, null, 'wrong_length'],
    [3, null, null],
    [4, null, null],
    [5, null, 'wrong_length'],
  ] as const;
  for (const [length, name, problem] of cases) {
    test(`of ${length} digits on a card of ${name ?? 'no known brand'} gives ${problem ?? 'no problem'}`, () => {
      expect(checkCvcLength(length, name)).toBe(problem);
    });
  }
});
