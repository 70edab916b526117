import { CARD_BRANDS, type CardBrand, cardBrandOf } from '@onfile/core';
import creditCardType from 'credit-card-type';
import { describe, expect, test } from 'vitest';

const BRANDS = Object.keys(CARD_BRANDS) as CardBrand[];

const OTHER_NAMES: Partial<Record<CardBrand, string>> = { amex: 'american-express', diners: 'diners-club' };

/**
 * Where our table differs from the public library's on purpose. `lengths`: those of theirs that we refuse, and those
 * of ours that they do not list.
 */
const LENGTH_DIFFERENCES: Partial<Record<CardBrand, { refused: number[]; added: number[] }>> = {
  diners: { refused: [16, 19], added: [] },
  discover: { refused: [], added: [17, 18] },
  unionpay: { refused: [14, 15], added: [] },
};

for (const brand of BRANDS) {
  const rules = CARD_BRANDS[brand];
  describe(rules.displayName, () => {
    const theirs = creditCardType.getTypeInfo(OTHER_NAMES[brand] ?? brand);

    test('has the lengths of the public table, but for the differences named here', () => {
      const { refused, added } = LENGTH_DIFFERENCES[brand] ?? { refused: [], added: [] };
      const expected = [...theirs.lengths.filter((length) => !refused.includes(length)), ...added];
      expect(rules.lengths).toEqual(expected.sort((a, b) => a - b));
    });

    test('has the code length and the display name of the public table', () => {
      expect(rules.cvcLength).toBe(theirs.code.size);
      expect(rules.displayName).toBe(theirs.niceType);
    });
  });
}

test('every start of four digits that the public table gives to one of our brands alone is of that brand here', () => {
  const brandOfTheirs = new Map(BRANDS.map((brand) => [OTHER_NAMES[brand] ?? brand, brand]));
  for (let start = 1000; start < 10_000; start += 1) {
    const claims = creditCardType(String(start));
    const brand = brandOfTheirs.get(claims[0]?.type ?? '');
    if (claims.length !== 1 || brand === undefined || isJcbOfOld(start)) continue;
    expect({ start, brand: cardBrandOf(Array.from(String(start), Number)) }).toEqual({ start, brand });
  }
});

/** 2131 and 1800 are JCB's 15-digit numbers of before 1989. */
function isJcbOfOld(start: number): boolean {
  return start === 2131 || start === 1800;
}
