import { cardBrandOf, passesLuhn, readEntryCharacter } from '@onfile/core';
import { ownBytes, wipe } from '../secret.js';
import { codePointAt } from './utf8.js';

/**
 * Whether a text, given as valid UTF-8, holds what looks like a card number. For texts that come whole; {@link
 * CardNumberRuns} is for those that come a character at a time.
 */
export function holdsCardNumber(text: Uint8Array): boolean {
  const runs = new CardNumberRuns(text);
  for (let at = 0; at < text.length; ) {
    const { codePoint, length } = codePointAt(text, at);
    if (runs.push(codePoint, at)) return true;
    at += length;
  }
  return runs.end(text.length);
}

/**
 * Watches a text go by and tells when it held a card number: 13 to 19 digits, alone or in groups with one to three
 * separators between them, whose check digit is right and whose start is one that cards have. More groups may stand before and
 * after it ("1 x 4242 4242 4242 4242"), but no group is cut: any long number has a valid piece somewhere.
 * Part of a long hexadecimal identifier is not a card number: about one UUID in ten thousand would be.
 */
export class CardNumberRuns {
  readonly #source: Uint8Array;
  /** Of the digits so far the last ones, each at its number modulo {@link DIGITS_MAX}; there is none before the first digit. */
  #lastDigits: Buffer | null = null;
  #digitCount = 0;
  #groups: Group[] = [];
  /** How many there are behind the last digit. */
  #separators = 0;

  /** `source`: where the offsets point into, to look at the surroundings of what was found. */
  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** Takes the next character; answers whether a card number ended just before it. */
  push(codePoint: number, offset: number): boolean {
    const read = readEntryCharacter(codePoint);
    if (typeof read === 'number') {
      this.#addDigit(read, offset);
      return false;
    }
    const found = this.#separators === 0 && this.#endsCardNumber(offset);
    if (read === null || this.#separators === SEPARATORS_MAX) this.#forget();
    else if (this.#digitCount > 0) this.#separators += 1;
    return found;
  }

  /** No more comes: answers whether a card number ended here. Ready for another text afterwards. */
  end(offset: number): boolean {
    const found = this.#separators === 0 && this.#endsCardNumber(offset);
    this.#forget();
    return found;
  }

  #addDigit(digit: number, offset: number): void {
    if (this.#digitCount === 0 || this.#separators > 0) {
      this.#groups = this.#groups.filter(({ firstDigit }) => this.#digitCount - firstDigit < DIGITS_MAX);
      this.#groups.push({ firstDigit: this.#digitCount, offset });
    }
    this.#separators = 0;
    this.#lastDigits ??= ownBytes(DIGITS_MAX);
    this.#lastDigits[this.#digitCount % DIGITS_MAX] = digit;
    this.#digitCount += 1;
  }

  #endsCardNumber(end: number): boolean {
    return this.#groups.some(({ firstDigit, offset }) => {
      const length = this.#digitCount - firstDigit;
      if (length < DIGITS_MIN || length > DIGITS_MAX) return false;
      return this.#lookLikeCardNumber(length) && !isInIdentifier(this.#source, offset, end);
    });
  }

  #lookLikeCardNumber(length: number): boolean {
    const digits = ownBytes(length);
    for (let at = 0; at < length; at += 1) {
      digits[at] = this.#lastDigits?.[(this.#digitCount - length + at) % DIGITS_MAX] ?? 0;
    }
    try {
      return looksLikeCardNumber(digits);
    } finally {
      wipe(digits);
    }
  }

  #forget(): void {
    if (this.#digitCount === 0) return;
    wipe(this.#lastDigits);
    this.#digitCount = 0;
    this.#groups = [];
    this.#separators = 0;
  }
}

interface Group {
  readonly firstDigit: number;
  readonly offset: number;
}

const DIGITS_MIN = 13;
const DIGITS_MAX = 19;
/** In a row, as in "4242 - 4242". */
const SEPARATORS_MAX = 3;

/** Cards start with 3 to 6, and with 2 only in one brand's range: dates and order numbers start with 2 every day. */
export function looksLikeCardNumber(digits: Uint8Array): boolean {
  const first = digits[0] ?? 0;
  const startsLikeCard = first === 2 ? cardBrandOf(digits) !== null : first >= 3 && first <= 6;
  return startsLikeCard && passesLuhn(digits);
}

function isInIdentifier(source: Uint8Array, start: number, end: number): boolean {
  const first = Math.max(0, start - IDENTIFIER_LENGTH_MAX);
  const last = Math.min(source.length, end + IDENTIFIER_LENGTH_MAX);
  let from = start;
  let to = end;
  while (from > first && isHexOrDash(source[from - 1])) from -= 1;
  while (to < last && isHexOrDash(source[to])) to += 1;
  return to - from >= IDENTIFIER_LENGTH_MIN && source.subarray(from, to).some(isHexLetter);
}

/** The shortest identifiers in hexadecimal that are common: 12 bytes. */
const IDENTIFIER_LENGTH_MIN = 24;
/** Nobody looks farther than this to either side, so that a text of hits costs no more than its length: 64 bytes. */
const IDENTIFIER_LENGTH_MAX = 128;

function isHexOrDash(byte: number | undefined): boolean {
  return byte !== undefined && (byte === 0x2d || (byte >= 0x30 && byte <= 0x39) || isHexLetter(byte));
}

function isHexLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
