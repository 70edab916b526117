import { type CardBrand, type CvcProblem, checkCvcLength } from '@onfile/core';
import { readDigits } from './number.js';

export interface CvcEntry {
  readonly digits: string;
  readonly problem: CvcProblem | null;
}

/** Reads a security code: 4 digits for American Express, 3 for the others, either while the brand is not known. */
export function readCvc(text: string, brand: CardBrand | null): CvcEntry {
  const digits = readDigits(text);
  if (digits === null) return { digits: '', problem: 'not_digits' };
  return { digits: digits.join(''), problem: checkCvcLength(digits.length, brand) };
}
