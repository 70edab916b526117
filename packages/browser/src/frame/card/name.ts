/**
 * `not_latin`: kana, kanji or hangul, where the letters on the card are wanted. `looks_like_card_number`: 12 digits or
 * more. `unreadable`: no letter at all.
 */
export type CardholderNameProblem = 'required' | 'not_latin' | 'looks_like_card_number' | 'too_long' | 'unreadable';

export type CardholderNameEntry =
  | { readonly name: string; readonly problem: null }
  | { readonly name: null; readonly problem: CardholderNameProblem };

/** Characters of a name at most. Source: PAY.JP, 3-D Secure notes of 2025-01-15 (45 for the cardholder's name). */
export const CARDHOLDER_NAME_CHARACTERS_MAX = 45;

/**
 * Reads the name on a card: full-width Latin becomes half-width, blanks are single, invisible characters go. Letters of
 * other alphabets stay as they are; capitals are not forced.
 */
export function readCardholderName(text: string): CardholderNameEntry {
  if (text.length > ENTERED_CHARACTERS_MAX) return refused('too_long');

  const name = plainName(text);
  if (name === '') return refused('required');
  if (countDigits(name) >= CARD_NUMBER_DIGITS_MIN) return refused('looks_like_card_number');
  if (EAST_ASIAN.test(name)) return refused('not_latin');
  if (!/\p{Letter}/u.test(name)) return refused('unreadable');
  if (Array.from(name).length > CARDHOLDER_NAME_CHARACTERS_MAX) return refused('too_long');
  return { name, problem: null };
}

/** Digits of any script: a person may type a card number with a Japanese or an Arabic keyboard. */
export function countDigits(text: string): number {
  return text.match(/\p{Number}/gu)?.length ?? 0;
}

/** From this many digits on, a text is taken for a card number in the wrong field. */
export const CARD_NUMBER_DIGITS_MIN = 12;

const ENTERED_CHARACTERS_MAX = 400;
const EAST_ASIAN = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}\p{Script=Hangul}ー]/u;

function plainName(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .replace(/[\p{Control}\p{Format}\p{Surrogate}]/gu, '')
    .trim();
}

function refused(problem: CardholderNameProblem): CardholderNameEntry {
  return { name: null, problem };
}
