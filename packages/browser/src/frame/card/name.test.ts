import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CARDHOLDER_NAME_CHARACTERS_MAX, readCardholderName } from './name.js';

describe('reading a cardholder name', () => {
  const names = [
    ['TARO YAMADA', 'TARO YAMADA'],
    ['ＴＡＲＯ　ＹＡＭＡＤＡ', 'TARO YAMADA'],
    ['  Taro \t Yamada ', 'Taro Yamada'],
    ["D'ARCY-SMITH J. R.", "D'ARCY-SMITH J. R."],
    ['JOSÉ NÚÑEZ', 'JOSÉ NÚÑEZ'],
    ['ИВАН', 'ИВАН'],
    ['A', 'A'],
    ['TARO\u200b YAMADA\u202e', 'TARO YAMADA'],
    ['JOHN SMITH 3RD', 'JOHN SMITH 3RD'],
    ['A'.repeat(45), 'A'.repeat(45)],
  ] as const;
  for (const [entered, name] of names) {
    test(`${JSON.stringify(entered)} is "${name}"`, () => {
      expect(readCardholderName(entered)).toEqual({ name, problem: null });
    });
  }

  const refusals = [
    ['', 'required'],
    [' 　', 'required'],
    ['山田太郎', 'not_latin'],
    ['ヤマダ タロウ', 'not_latin'],
    ['ﾔﾏﾀﾞ', 'not_latin'],
    ['やまだ', 'not_latin'],
    ['YAMADA 太郎', 'not_latin'],
    ['홍길동', 'not_latin'],
    ['4242 4242 4242 4242', 'looks_like_card_number'],
    ['４２４２４２４２４２４２', 'looks_like_card_number'],
    ['TARO 123456789012', 'looks_like_card_number'],
    ['TARO ١٢٣٤٥٦٧٨٩٠١٢', 'looks_like_card_number'],
    ['12/34', 'unreadable'],
    ['...', 'unreadable'],
    ['A'.repeat(46), 'too_long'],
    ['A'.repeat(100_000), 'too_long'],
  ] as const;
  for (const [entered, problem] of refusals) {
    test(`${JSON.stringify(entered.slice(0, 50))} is refused as ${problem}`, () => {
      expect(readCardholderName(entered)).toEqual({ name: null, problem });
    });
  }

  test('a name that is accepted is short, holds no card number and nothing invisible, and is accepted again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const { name } = readCardholderName(text);
        if (name === null) return;
        expect(Array.from(name).length).toBeLessThanOrEqual(CARDHOLDER_NAME_CHARACTERS_MAX);
        expect(name).not.toMatch(/\p{Control}/u);
        expect(name.replace(/\D/g, '').length).toBeLessThan(12);
        expect(readCardholderName(name).name).toBe(name);
      }),
    );
  });
});
