import type { CardBrand } from '../payment-method/payment-method.js';

/** Numbers whose first digits lie from `from` to `to`, both included and equally long, belong to the brand. */
export interface PrefixRange {
  readonly from: number;
  readonly to: number;
}

export interface CardBrandRules {
  /** As the brand writes itself, for people. */
  readonly displayName: string;
  readonly prefixes: readonly PrefixRange[];
  /** Every length that a number of the brand can have, ascending. */
  readonly lengths: readonly number[];
  /** How many digits the security code has. */
  readonly cvcLength: 3 | 4;
  /** How many digits stand together, from the left, as on the card; digits beyond the last group join it. */
  readonly groups: readonly number[];
}

/**
 * What tells the card brands apart. The order has no meaning: no prefix lies in two brands.
 * Sources: ISO/IEC 7812-1 for the make-up of a number; each network's published ranges, read 2026-11-21. Discover's
 * 622126 to 622925 are UnionPay's, whose cards it carries in North America. JCB: 3528 to 3589, 16 to 19 digits.
 */
export const CARD_BRANDS: Readonly<Record<CardBrand, CardBrandRules>> = {
  visa: {
    displayName: 'Visa',
    prefixes: [{ from: 4, to: 4 }],
    lengths: [16, 18, 19],
    cvcLength: 3,
    groups: [4, 4, 4, 4, 3],
  },
  mastercard: {
    displayName: 'Mastercard',
    prefixes: [
      { from: 51, to: 55 },
      { from: 2221, to: 2720 },
    ],
    lengths: [16],
    cvcLength: 3,
    groups: [4, 4, 4, 4],
  },
  jcb: {
    displayName: 'JCB',
    prefixes: [{ from: 3528, to: 3589 }],
    lengths: [16, 17, 18, 19],
    cvcLength: 3,
    groups: [4, 4, 4, 4, 3],
  },
  amex: {
    displayName: 'American Express',
    prefixes: [
      { from: 34, to: 34 },
      { from: 37, to: 37 },
    ],
    lengths: [15],
    cvcLength: 4,
    groups: [4, 6, 5],
  },
  diners: {
    displayName: 'Diners Club',
    prefixes: [
      { from: 300, to: 305 },
      { from: 3095, to: 3095 },
      { from: 36, to: 36 },
      { from: 38, to: 39 },
    ],
    lengths: [14],
    cvcLength: 3,
    groups: [4, 6, 4],
  },
  discover: {
    displayName: 'Discover',
    prefixes: [
      { from: 6011, to: 6011 },
      { from: 644, to: 649 },
      { from: 65, to: 65 },
    ],
    lengths: [16, 17, 18, 19],
    cvcLength: 3,
    groups: [4, 4, 4, 4, 3],
  },
  unionpay: {
    displayName: 'UnionPay',
    prefixes: [
      { from: 62, to: 62 },
      { from: 8100, to: 8171 },
    ],
    lengths: [16, 17, 18, 19],
    cvcLength: 3,
    groups: [4, 4, 4, 4, 3],
  },
};

/** How a number of no known brand is held: any length that ISO/IEC 7812-1 allows, in groups of four. */
export const UNKNOWN_BRAND = {
  lengths: [12, 13, 14, 15, 16, 17, 18, 19],
  groups: [4, 4, 4, 4, 3],
} as const;

/**
 * The brand that a number, or its first digits, belongs to; `null` while too few digits are there to tell, and for
 * brands that we do not know. Takes digit values, 0 to 9.
 */
export function cardBrandOf(digits: ArrayLike<number>): CardBrand | null {
  for (const [brand, { prefixes }] of Object.entries(CARD_BRANDS)) {
    if (prefixes.some((range) => startsWithin(digits, range))) return brand as CardBrand;
  }
  return null;
}

function startsWithin(digits: ArrayLike<number>, { from, to }: PrefixRange): boolean {
  const length = String(from).length;
  if (digits.length < length) return false;

  let prefix = 0;
  for (let place = 0; place < length; place += 1) prefix = prefix * 10 + (digits[place] ?? 0);
  return from <= prefix && prefix <= to;
}
