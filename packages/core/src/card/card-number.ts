import type { CardBrand } from '../payment-method/payment-method.js';
import { CARD_BRANDS, cardBrandOf, UNKNOWN_BRAND } from './brands.js';
import { passesLuhn } from './luhn.js';

/**
 * What is wrong with a card number as it was entered. `not_digits`: it holds something that is neither a digit nor a
 * separator. `mistyped`: the length is possible, but the check digit says that some digit is wrong.
 */
export type CardNumberProblem = 'required' | 'not_digits' | 'too_short' | 'too_long' | 'mistyped';

/** `not_digits` as for the number; `wrong_length`: the brand's cards have another number of digits there. */
export type CvcProblem = 'required' | 'not_digits' | 'wrong_length';

/**
 * The problem of a whole card number, given as digit values, or `null`. The check digit is looked at only when the
 * length is possible, since "some digit is wrong" misleads a person who left one out. A brand that we do not know is no
 * problem here: whether a brand is accepted is another question.
 */
export function checkCardNumber(digits: ArrayLike<number>): CardNumberProblem | null {
  if (digits.length === 0) return 'required';

  const lengths = possibleCardNumberLengths(cardBrandOf(digits));
  if (digits.length > Math.max(...lengths)) return 'too_long';
  if (!lengths.includes(digits.length)) return 'too_short';
  return passesLuhn(digits) ? null : 'mistyped';
}

/** The problem of a security code of that many digits, or `null`. Without a known brand 3 and 4 are both possible. */
export function checkCvcLength(length: number, brand: CardBrand | null): CvcProblem | null {
  if (length === 0) return 'required';
  const lengths = brand === null ? [3, 4] : [CARD_BRANDS[brand].cvcLength];
  return lengths.includes(length) ? null : 'wrong_length';
}

/** Every length that a number of the brand, or of one we do not know, can have; ascending. */
export function possibleCardNumberLengths(brand: CardBrand | null): readonly number[] {
  return brand === null ? UNKNOWN_BRAND.lengths : CARD_BRANDS[brand].lengths;
}
