import {
  CARD_BRANDS,
  type CardBrand,
  type CardFault,
  type CardNumberProblem,
  cardBrandOf,
  checkCardNumber,
  readEntryCharacter,
  UNKNOWN_BRAND,
} from '@onfile/core';

export interface CardNumberEntry {
  /** The digits that were entered, and nothing else; without any when `problem` is `not_digits`. */
  readonly digits: string;
  /** `null` while too few digits are there to tell, and for brands that we do not know: that is no problem. */
  readonly brand: CardBrand | null;
  readonly problem: CardNumberProblem | null;
}

/** What can be wrong with the number: as it was entered, or by what the vault or the merchant accepts. */
export type NumberFieldProblem =
  | CardNumberProblem
  | Extract<CardFault, 'card_brand_unsupported' | 'test_card_in_live_mode' | 'live_card_in_test_mode'>;

/** Reads a card number as people type, paste and dictate it: any dashes and blanks, full-width or ASCII digits. */
export function readCardNumber(text: string): CardNumberEntry {
  const digits = readDigits(text);
  if (digits === null) return { digits: '', brand: null, problem: 'not_digits' };
  return { digits: digits.join(''), brand: cardBrandOf(digits), problem: checkCardNumber(digits) };
}

/**
 * The number in its brand's groups, for showing while it is typed: `4242 4242 4242 4242`, `3782 822463 10005`. Text that
 * holds more than digits and separators comes back as it is, so that nothing vanishes under the person's hands.
 */
export function formatCardNumber(text: string): string {
  const digits = readDigits(text);
  if (digits === null) return text;

  const brand = cardBrandOf(digits);
  const groups: readonly number[] = brand === null ? UNKNOWN_BRAND.groups : CARD_BRANDS[brand].groups;
  return inGroups(digits.join(''), groups);
}

/**
 * The digit values in a text, or `null` when it holds anything but digits and separators. Texts longer than any number
 * with its separators are refused unread.
 */
export function readDigits(text: string): number[] | null {
  if (text.length > ENTERED_CHARACTERS_MAX) return null;

  const digits: number[] = [];
  for (const character of text.normalize('NFKC')) {
    const reading = readEntryCharacter(character.codePointAt(0) ?? 0);
    if (reading === null) return null;
    if (reading !== 'separator') digits.push(reading);
  }
  return digits;
}

const ENTERED_CHARACTERS_MAX = 200;

function inGroups(digits: string, groups: readonly number[]): string {
  const parts: string[] = [];
  let from = 0;
  groups.forEach((size, index) => {
    const isLast = index === groups.length - 1;
    const part = digits.slice(from, isLast ? undefined : from + size);
    if (part !== '') parts.push(part);
    from += size;
  });
  return parts.join(' ');
}
