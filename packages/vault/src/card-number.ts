import { type CardBrand, cardBrandOf, checkCardNumber } from '@onfile/core';
import { ownBytes, Secret } from './secret.js';

/**
 * A card number that passed the checks of form: its length suits its brand, and its check digit is right. Held as ASCII
 * digits. Whoever prints it sees `card ending in 4242`.
 */
export class CardNumber extends Secret<'card-number'> {
  // Private, so that a spread, a clone or a look at the properties finds nothing.
  readonly #brand: CardBrand | null;
  readonly #bin: string;
  readonly #last4: string;

  /** Takes the digits over and wipes what it was given; `null` when they are not a card number. */
  static parse(digits: Uint8Array): CardNumber | null {
    const values = digitValues(digits);
    try {
      const isNumber = values.every((value) => value <= 9) && checkCardNumber(values) === null;
      return isNumber ? new CardNumber(digits, cardBrandOf(values)) : null;
    } finally {
      values.fill(0);
      digits.fill(0);
    }
  }

  private constructor(digits: Uint8Array, brand: CardBrand | null) {
    const bin = asciiOf(digits.subarray(0, 6));
    const last4 = asciiOf(digits.subarray(-4));
    super('card-number', digits);
    this.#brand = brand;
    this.#bin = bin;
    this.#last4 = last4;
  }

  /** `null`: none that we know. */
  get brand(): CardBrand | null {
    return this.#brand;
  }

  /** The first six digits. */
  get bin(): string {
    return this.#bin;
  }

  get last4(): string {
    return this.#last4;
  }

  override toString(): string {
    return `card ending in ${this.last4}`;
  }
}

/** A card's security code, as ASCII digits. Not even its length is printed. */
export type SecurityCode = Secret<'security-code'>;

/** ASCII digits as the values 0 to 9; anything else is more than 9. To be wiped by whoever asks. */
export function digitValues(digits: Uint8Array): Uint8Array {
  const values = ownBytes(digits.length);
  for (const [index, digit] of digits.entries()) values[index] = digit - ASCII_ZERO;
  return values;
}

const ASCII_ZERO = 0x30;

function asciiOf(digits: Uint8Array): string {
  return String.fromCharCode(...digits);
}
