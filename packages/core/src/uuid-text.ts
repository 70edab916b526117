import type { Uuid } from './scope.js';

/** UUIDs in texts that are shorter than their own: 26 characters of an alphabet of 32, in the order of the UUIDs. */
export interface UuidText {
  encode(id: Uuid): string;
  /** `null` for a text that `encode` cannot have made. */
  decode(text: string): Uuid | null;
}

const UUID_LENGTH = 36;
const ENCODED_LENGTH = 26;
const DASH = '-'.charCodeAt(0);
const DASH_PLACES = [8, 13, 18, 23];
const HEX_DIGITS = '0123456789abcdef';
const NO_DIGIT = -1;

/**
 * `alphabet`: 32 characters of ASCII, in ascending order. 26 of them hold 130 bits, so the first one has 3 only. An id is
 * read and written some ten times in a request, which is why this goes from digit to digit and makes one text at the end.
 */
export function createUuidText(alphabet: string): UuidText {
  const encoding = digitsOf(alphabet);
  const characters = new Uint8Array(ENCODED_LENGTH);
  const uuid = new Uint8Array(UUID_LENGTH);
  for (const place of DASH_PLACES) uuid[place] = DASH;

  return {
    encode(id) {
      // Two bits more than a UUID has, so that there are enough for the last character.
      let [bits, count, at] = [0, 2, 0];
      for (let from = 0; from < UUID_LENGTH; from += 1) {
        const digit = HEX.values[id.charCodeAt(from)] ?? NO_DIGIT;
        if (digit === NO_DIGIT) continue;
        bits = (bits << 4) | digit;
        count += 4;
        if (count < 5) continue;
        count -= 5;
        characters[at] = encoding.codes[bits >> count] ?? 0;
        at += 1;
        bits &= (1 << count) - 1;
      }
      return textOf(characters);
    },

    decode(text) {
      if (text.length !== ENCODED_LENGTH) return null;
      let [bits, count, at] = [0, -2, 0];
      for (let from = 0; from < ENCODED_LENGTH; from += 1) {
        const digit = encoding.values[text.charCodeAt(from)] ?? NO_DIGIT;
        if (digit === NO_DIGIT || (from === 0 && digit > 7)) return null;
        bits = (bits << 5) | digit;
        count += 5;
        for (; count >= 4; at += 1) {
          if (uuid[at] === DASH) at += 1;
          count -= 4;
          uuid[at] = HEX.codes[bits >> count] ?? 0;
          bits &= (1 << count) - 1;
        }
      }
      return textOf(uuid) as Uuid;
    },
  };
}

interface Digits {
  /** The character of each digit. */
  readonly codes: Uint8Array;
  /** The digit of each character. */
  readonly values: Int8Array;
}

const HEX = digitsOf(HEX_DIGITS);

function digitsOf(alphabet: string): Digits {
  const codes = Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
  const values = new Int8Array(128).fill(NO_DIGIT);
  codes.forEach((code, digit) => {
    values[code] = digit;
  });
  return { codes, values };
}

function textOf(codes: Uint8Array): string {
  return String.fromCharCode.apply(null, codes as unknown as number[]);
}
