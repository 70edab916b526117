import { isUtf8 } from 'node:buffer';
import {
  type CardNumberProblem,
  type CardReference,
  type CvcProblem,
  cardBrandOf,
  checkCardNumber,
  checkCvcLength,
  readEntryCharacter,
} from '@onfile/core';
import { digitValues } from '../card-number.js';
import { ownBytes, Secret, wipe } from '../secret.js';
import { holdsCardNumber } from './card-number-runs.js';
import type { CardsInHand } from './cards-in-hand.js';
import { printableKey } from './printable-key.js';
import { BUSY, type BusyProblem } from './take-card-from-json.js';
import { codePointAt } from './utf8.js';

/** Which of a form's fields have the card. */
export interface CardFields {
  readonly numberField: string;
  readonly cvcField: string;
}

export type FormProblemCode =
  | 'invalid_percent_encoding'
  | 'invalid_utf8'
  | 'nul_character'
  | 'repeated_field'
  | 'too_many_fields'
  /** In a field that is not the card's, or in a field's name. */
  | 'card_number_found';

export interface FormProblem {
  readonly code: FormProblemCode;
  /** In bytes from the start of the body, to the start of the field. */
  readonly offset: number;
  /** The field's name, when it is known. */
  readonly path: string;
}

export type FormIntake =
  | {
      readonly kind: 'taken';
      /** All other fields, decoded. */
      readonly fields: ReadonlyMap<string, string>;
      /** `null` when no number was entered. */
      readonly reference: CardReference | null;
      /** What the person who filled the form in can put right, known before anything is stored. */
      readonly problems: { readonly number: CardNumberProblem | null; readonly cvc: CvcProblem | null };
    }
  | { readonly kind: 'problem'; readonly problem: FormProblem | BusyProblem };

/**
 * Takes the card out of a form (application/x-www-form-urlencoded). Reads the number and the code as people type them:
 * full-width digits, and blanks and dashes of any script between them. The bytes are wiped, whatever happens.
 */
export function takeCardFromForm(bytes: Uint8Array, card: CardFields, cards: CardsInHand): FormIntake {
  const form = new FormReader(card);
  try {
    const problem = form.read(bytes);
    if (problem !== null) return { kind: 'problem', problem };

    const { fields, number, cvc } = form;
    const problems = { number: numberProblem(number), cvc: cvcProblem(cvc, number) };
    if (isEmpty(number)) return { kind: 'taken', fields, reference: null, problems };

    const reference = cards.hold({
      number: number === null ? null : new Secret('card-number', number),
      cvc: isEmpty(cvc) ? 'absent' : cvc === null ? null : new Secret('security-code', cvc),
    });
    if (reference === null) return { kind: 'problem', problem: BUSY };
    return { kind: 'taken', fields, reference, problems };
  } finally {
    form.wipe();
    wipe(bytes);
  }
}

const FIELDS_MAX = 100;
const NOTHING = Buffer.alloc(0);
const AMPERSAND = 0x26;
const EQUALS = 0x3d;

/** Digits (ASCII) as they were entered; `null` when something else was among them. */
type EnteredDigits = Buffer | null;

class FormReader {
  readonly fields = new Map<string, string>();
  number: EnteredDigits = NOTHING;
  cvc: EnteredDigits = NOTHING;
  readonly #card: CardFields;
  readonly #seen = new Set<string>();

  constructor(card: CardFields) {
    this.#card = card;
  }

  read(bytes: Uint8Array): FormProblem | null {
    for (let start = 0; start < bytes.length; ) {
      const end = endOf(bytes, start, AMPERSAND);
      const problem = start === end ? null : this.#readField(bytes.subarray(start, end), start);
      if (problem !== null) return problem;
      start = end + 1;
    }
    return null;
  }

  wipe(): void {
    wipe(this.number, this.cvc);
  }

  #readField(field: Uint8Array, offset: number): FormProblem | null {
    const nameEnd = endOf(field, 0, EQUALS);
    const name = decode(field.subarray(0, nameEnd));
    const value = decode(field.subarray(nameEnd + 1));
    try {
      const path = Buffer.isBuffer(name) ? printableKey(name) : '';
      const code = Buffer.isBuffer(name) ? this.#keep(name, value) : name;
      return code === null ? null : { code, offset, path };
    } finally {
      for (const decoded of [name, value]) if (Buffer.isBuffer(decoded)) wipe(decoded);
    }
  }

  #keep(nameBytes: Buffer, value: Buffer | FormProblemCode): FormProblemCode | null {
    if (holdsCardNumber(nameBytes)) return 'card_number_found';
    if (!Buffer.isBuffer(value)) return value;

    const name = nameBytes.toString();
    if (this.#seen.has(name)) return 'repeated_field';
    this.#seen.add(name);
    if (this.#seen.size > FIELDS_MAX) return 'too_many_fields';

    if (name === this.#card.numberField) this.number = readDigits(value);
    else if (name === this.#card.cvcField) this.cvc = readDigits(value);
    else if (holdsCardNumber(value)) return 'card_number_found';
    else this.fields.set(name, value.toString());
    return null;
  }
}

function endOf(bytes: Uint8Array, start: number, separator: number): number {
  const at = bytes.indexOf(separator, start);
  return at === -1 ? bytes.length : at;
}

function decode(encoded: Uint8Array): Buffer | FormProblemCode {
  const decoded = ownBytes(encoded.length);
  let length = 0;
  for (let at = 0; at < encoded.length; at += 1) {
    const byte = encoded[at] ?? 0;
    const read = byte === PERCENT ? hexByte(encoded[at + 1], encoded[at + 2]) : byte === PLUS ? SPACE : byte;
    if (read === null) return refused('invalid_percent_encoding', decoded);
    if (byte === PERCENT) at += 2;
    decoded[length] = read;
    length += 1;
  }
  const text = decoded.subarray(0, length);
  if (!isUtf8(text)) return refused('invalid_utf8', decoded);
  return text.includes(0) ? refused('nul_character', decoded) : text;
}

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

function refused(code: FormProblemCode, decoded: Buffer): FormProblemCode {
  wipe(decoded);
  return code;
}

function hexByte(high: number | undefined, low: number | undefined): number | null {
  const first = hexValue(high);
  const second = hexValue(low);
  return first === null || second === null ? null : first * 16 + second;
}

function hexValue(byte = 0): number | null {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : null;
}

function readDigits(text: Buffer): EnteredDigits {
  const digits = ownBytes(text.length);
  let count = 0;
  for (let at = 0; at < text.length; ) {
    const { codePoint, length } = codePointAt(text, at);
    const read = readEntryCharacter(codePoint);
    if (read === null) {
      wipe(digits);
      return null;
    }
    if (typeof read === 'number') {
      digits[count] = 0x30 + read;
      count += 1;
    }
    at += length;
  }
  return digits.subarray(0, count);
}

function isEmpty(digits: EnteredDigits): boolean {
  return digits !== null && digits.length === 0;
}

function numberProblem(digits: EnteredDigits): CardNumberProblem | null {
  return digits === null ? 'not_digits' : withValues(digits, checkCardNumber);
}

function cvcProblem(cvc: EnteredDigits, number: EnteredDigits): CvcProblem | null {
  if (cvc === null) return 'not_digits';
  return checkCvcLength(cvc.length, number === null ? null : withValues(number, cardBrandOf));
}

function withValues<T>(digits: Uint8Array, fn: (values: Uint8Array) => T): T {
  const values = digitValues(digits);
  try {
    return fn(values);
  } finally {
    wipe(values);
  }
}
