import type { CardReference } from '@onfile/core';
import { ownBytes, Secret, wipe } from '../secret.js';
import type { CardsInHand, EnteredCard } from './cards-in-hand.js';
import { type FoundValue, findInJson, type JsonProblem } from './scan-json.js';

/** Where a route's body has the card, as dotted paths: `card.number`. */
export interface CardPaths {
  readonly numberPath: string;
  readonly cvcPath: string;
}

/** `busy`: more cards are in hand than this process may hold; the caller answers 503. */
export type BusyProblem = { readonly code: 'busy'; readonly offset: 0; readonly path: '' };

export type JsonIntake =
  | {
      readonly kind: 'taken';
      /** The body with the reference in the place of the card's strings, and `null` in that of anything else there. */
      readonly body: Buffer;
      /** `null` when the body has neither a number nor a code as a string. */
      readonly reference: CardReference | null;
    }
  | { readonly kind: 'problem'; readonly problem: JsonProblem | BusyProblem };

/**
 * Takes the card out of a JSON body. The number is digits with ASCII spaces or dashes between them, the code digits only;
 * what is neither stays with the vault too, and is a fault when the card is sealed. The bytes are wiped, whatever happens.
 */
export function takeCardFromJson(
  bytes: Uint8Array,
  { numberPath, cvcPath }: CardPaths,
  cards: CardsInHand,
): JsonIntake {
  try {
    const scan = findInJson(bytes, [numberPath, cvcPath]);
    if (scan.kind === 'problem') return scan;

    const strings = scan.values.filter(({ isString }) => isString);
    const reference = strings.length === 0 ? null : cards.hold(readCard(bytes, strings, { numberPath, cvcPath }));
    if (reference === null && strings.length > 0) return { kind: 'problem', problem: BUSY };
    return { kind: 'taken', body: withoutCard(bytes, scan.values, reference), reference };
  } finally {
    wipe(bytes);
  }
}

export const BUSY: BusyProblem = { code: 'busy', offset: 0, path: '' };

function readCard(bytes: Uint8Array, strings: readonly FoundValue[], { numberPath, cvcPath }: CardPaths): EnteredCard {
  const number = strings.find(({ path }) => path === numberPath);
  const cvc = strings.find(({ path }) => path === cvcPath);
  const numberDigits = number === undefined ? null : readDigits(contentOf(bytes, number), isSpaceOrDash);
  const cvcDigits = cvc === undefined ? 'absent' : readDigits(contentOf(bytes, cvc), () => false);
  return {
    number: numberDigits === null ? null : new Secret('card-number', numberDigits),
    cvc: cvcDigits === 'absent' || cvcDigits === null ? cvcDigits : new Secret('security-code', cvcDigits),
  };
}

function contentOf(bytes: Uint8Array, { start, end }: FoundValue): Uint8Array {
  return bytes.subarray(start + 1, end - 1);
}

/** The ASCII digits of a JSON string's inside, escaped ones included; `null` when there is something else in it. */
function readDigits(content: Uint8Array, isSkipped: (byte: number) => boolean): Uint8Array | null {
  const digits = ownBytes(content.length);
  let count = 0;
  for (let at = 0; at < content.length; ) {
    const isEscape = content[at] === BACKSLASH;
    const character = isEscape ? escapedCharacter(content.subarray(at)) : (content[at] ?? 0);
    at += isEscape ? ESCAPE_BYTES : 1;
    if (character >= ZERO && character <= ZERO + 9) {
      digits[count] = character;
      count += 1;
    } else if (!isSkipped(character)) {
      wipe(digits);
      return null;
    }
  }
  return digits.subarray(0, count);
}

const ZERO = 0x30;
const BACKSLASH = 0x5c;
const ESCAPE_BYTES = 6;

/** Of `\u0034` and the like. The short escapes stand for nothing that a card has, and are read as no character. */
function escapedCharacter(sequence: Uint8Array): number {
  if (sequence[1] !== 0x75) return 0;
  return sequence.subarray(2, ESCAPE_BYTES).reduce((unit, digit) => unit * 16 + hexValue(digit), 0);
}

function hexValue(digit: number): number {
  return digit <= ZERO + 9 ? digit - ZERO : (digit | 0x20) - 0x61 + 10;
}

function isSpaceOrDash(byte: number): boolean {
  return byte === 0x20 || byte === 0x2d;
}

function withoutCard(bytes: Uint8Array, values: readonly FoundValue[], reference: CardReference | null): Buffer {
  const pieces: Uint8Array[] = [];
  let copiedTo = 0;
  for (const { start, end, isString } of values) {
    pieces.push(bytes.subarray(copiedTo, start), Buffer.from(isString ? `"${reference}"` : 'null'));
    copiedTo = end;
  }
  return Buffer.concat([...pieces, bytes.subarray(copiedTo)]);
}
