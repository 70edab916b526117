import { ownBytes, wipe } from '../secret.js';
import { looksLikeCardNumber } from './card-number-runs.js';

/** From the first byte to the one after the last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * How many digits a number has before its point once the exponent is applied, and whether they are a card number: 4.2e15
 * becomes the same number as sixteen digits written out.
 */
export function readWholePart(bytes: Uint8Array, whole: Range, fraction: Range, exponent: number) {
  const digits = Buffer.concat([bytes.subarray(whole.start, whole.end), bytes.subarray(fraction.start, fraction.end)]);
  const firstAt = digits.findIndex((digit) => digit !== ZERO);
  const wholeCount = firstAt === -1 ? 0 : whole.end - whole.start - firstAt + exponent;

  const values = ownBytes(wholeCount >= 13 && wholeCount <= 19 ? wholeCount : 0);
  for (let place = 0; place < values.length; place += 1) values[place] = (digits[firstAt + place] ?? ZERO) - ZERO;
  const isCardNumber = looksLikeCardNumber(values);
  wipe(digits, values);
  return { wholeCount, isCardNumber };
}

const ZERO = 0x30;
