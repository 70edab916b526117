import type { SecurityCode } from '../card-number.js';
import type { Secret } from '../secret.js';

export interface CardFill {
  readonly number: Secret;
  readonly expMonth: number;
  readonly expYear: number;
  readonly cvc: SecurityCode | null;
}

/**
 * The template's bytes with the card in them, as memory that the caller wipes. Every value is digits, so it is safe in JSON
 * and in a form alike. `null` when a placeholder is unknown or stands there twice: then text that a customer entered has
 * got among them, and the card would go where it does not belong.
 */
export function fillPlaceholders(template: string, card: CardFill): Buffer | null {
  const pieces = template.split(PLACEHOLDER);
  const names = pieces.filter((_, index) => index % 2 === 1);
  if (new Set(names).size < names.length || !names.every(isKnown)) return null;

  const text = Buffer.from(template);
  const filled = Buffer.alloc(text.length + FILL_BYTES_MAX);
  let length = 0;
  pieces.forEach((piece, index) => {
    if (index % 2 === 0) length += filled.write(piece, length);
    else length += fillOne(piece as PlaceholderName, card, filled.subarray(length));
  });
  return filled.subarray(0, length);
}

type PlaceholderName = 'number' | 'exp_month' | 'exp_year' | 'cvc';

const PLACEHOLDER = /\{\{card\.([^{}]*)\}\}/;

/** More than all values together take. */
const FILL_BYTES_MAX = 64;

function isKnown(name: string): boolean {
  return name === 'number' || name === 'exp_month' || name === 'exp_year' || name === 'cvc';
}

function fillOne(name: PlaceholderName, { number, expMonth, expYear, cvc }: CardFill, into: Buffer): number {
  switch (name) {
    case 'number':
      return copy(number, into);
    case 'cvc':
      return cvc === null ? 0 : copy(cvc, into);
    case 'exp_month':
      return into.write(String(expMonth).padStart(2, '0'));
    case 'exp_year':
      return into.write(String(expYear).padStart(4, '0'));
  }
}

function copy(secret: Secret, into: Buffer): number {
  return secret.use((bytes) => {
    into.set(bytes);
    return bytes.length;
  });
}
