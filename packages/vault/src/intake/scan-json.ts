import { isUtf8 } from 'node:buffer';
import { ownBytes, wipe } from '../secret.js';
import { CardNumberRuns } from './card-number-runs.js';
import { printableKey } from './printable-key.js';
import { codePointAt, writeCodePoint } from './utf8.js';
import { type Range, readWholePart } from './whole-part.js';

export type JsonProblemCode =
  | 'invalid_utf8'
  | 'byte_order_mark'
  | 'invalid_json'
  | 'too_deep'
  | 'too_many_keys'
  | 'duplicate_key'
  /** `__proto__`, `constructor` or `prototype`, or one with a backslash in it: see {@link isForbidden}. */
  | 'forbidden_key'
  /** Of 10³⁰⁸ or more: beyond that a number becomes infinite. */
  | 'number_out_of_range'
  | 'lone_surrogate'
  | 'nul_character'
  /** Where no card number belongs; it was not looked at further, and the bytes are wiped. */
  | 'card_number_found';

/** What is wrong with a body and where, but never what stands there. */
export interface JsonProblem {
  readonly code: JsonProblemCode;
  /** In bytes from the start. */
  readonly offset: number;
  /** Keys and indexes from the outside in, joined by dots: `metadata.note`, `items.0.name`. Empty at the top. */
  readonly path: string;
}

export interface JsonLimits {
  readonly depthMax: number;
  /** In all objects of the body together. */
  readonly keysMax: number;
}

export const JSON_LIMITS: JsonLimits = { depthMax: 16, keysMax: 1_000 };

/** A value that the caller asked for by its path. */
export interface FoundValue {
  readonly path: string;
  /** From the first byte of the value to the one after its last, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly isString: boolean;
}

/**
 * Checks a JSON body while it is still bytes, before any part of it becomes a string: `null` when it is one strict JSON
 * value within the limits that means the same to every parser, and holds no card number. Wipes the bytes when it does.
 */
export function scanJson(bytes: Uint8Array, limits: JsonLimits = JSON_LIMITS): JsonProblem | null {
  const scan = findInJson(bytes, [], limits);
  return scan.kind === 'problem' ? scan.problem : null;
}

/** As {@link scanJson}; where the values at these paths stand is told, and what is in them is not searched. */
export function findInJson(
  bytes: Uint8Array,
  paths: readonly string[],
  limits: JsonLimits = JSON_LIMITS,
):
  | { readonly kind: 'found'; readonly values: readonly FoundValue[] }
  | { readonly kind: 'problem'; readonly problem: JsonProblem } {
  const scanner = new JsonScanner(bytes, paths, limits);
  try {
    return { kind: 'found', values: scanner.scan() };
  } catch (stopped) {
    if (!(stopped instanceof Stop)) throw stopped;
    const { problem } = stopped;
    if (problem.code === 'card_number_found') wipe(bytes);
    return { kind: 'problem', problem };
  } finally {
    scanner.wipe();
  }
}

/** Unwinds the scanner's recursion; never seen outside this file. */
class Stop {
  readonly problem: JsonProblem;
  constructor(problem: JsonProblem) {
    this.problem = problem;
  }
}

interface KeyRange {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** A recursive descent over the bytes, as RFC 8259 writes the grammar. Its depth is bounded by the limits. */
class JsonScanner {
  readonly #bytes: Uint8Array;
  readonly #limits: JsonLimits;
  readonly #wanted: readonly { readonly path: string; readonly keys: readonly Buffer[] }[];
  readonly #values: FoundValue[] = [];
  readonly #runs: CardNumberRuns;
  /** Decoded keys, one after the other. Decoding never makes a text longer. */
  readonly #keyBytes: Buffer;
  #keyBytesEnd = 0;
  #keyCount = 0;
  #at = 0;
  #path: (KeyRange | number)[] = [];

  constructor(bytes: Uint8Array, paths: readonly string[], limits: JsonLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
    this.#wanted = paths.map((path) => ({ path, keys: path.split('.').map((key) => Buffer.from(key)) }));
    this.#runs = new CardNumberRuns(bytes);
    this.#keyBytes = ownBytes(bytes.length);
  }

  scan(): readonly FoundValue[] {
    if (this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb && this.#bytes[2] === 0xbf) this.#stop('byte_order_mark', 0);
    if (!isUtf8(this.#bytes)) this.#stop('invalid_utf8', 0);

    this.#skipBlanks();
    this.#value(true);
    this.#skipBlanks();
    if (this.#at < this.#bytes.length) this.#stop('invalid_json');
    return this.#values;
  }

  wipe(): void {
    wipe(this.#keyBytes);
  }

  #value(isSearched: boolean): void {
    const wanted = this.#wanted.find(({ keys }) => this.#isAt(keys));
    const start = this.#at;
    const isString = this.#peek() === QUOTE;
    this.#anyValue(isSearched && wanted === undefined);
    if (wanted !== undefined) this.#values.push({ path: wanted.path, start, end: this.#at, isString });
  }

  #anyValue(isSearched: boolean): void {
    const first = this.#peek();
    if (first === OPEN_BRACE) this.#nested(() => this.#object(isSearched));
    else if (first === OPEN_BRACKET) this.#nested(() => this.#array(isSearched));
    else if (first === QUOTE) this.#string(isSearched, IGNORE);
    else if (first === LETTER_T) this.#literal('true');
    else if (first === LETTER_F) this.#literal('false');
    else if (first === LETTER_N) this.#literal('null');
    else this.#number(isSearched);
  }

  #nested(read: () => void): void {
    if (this.#path.length >= this.#limits.depthMax) this.#stop('too_deep');
    this.#at += 1;
    read();
  }

  #object(isSearched: boolean): void {
    const keys: KeyRange[] = [];
    this.#skipBlanks();
    if (this.#accept(CLOSE_BRACE)) return;

    do {
      this.#skipBlanks();
      const key = this.#key(isSearched);
      keys.push(key);
      this.#path.push(key);
      this.#skipBlanks();
      if (!this.#accept(COLON)) this.#stop('invalid_json');
      this.#skipBlanks();
      this.#value(isSearched);
      this.#path.pop();
      this.#skipBlanks();
    } while (this.#accept(COMMA));
    if (!this.#accept(CLOSE_BRACE)) this.#stop('invalid_json');
    this.#refuseRepeated(keys);
  }

  #array(isSearched: boolean): void {
    this.#skipBlanks();
    if (this.#accept(CLOSE_BRACKET)) return;

    let index = 0;
    do {
      this.#skipBlanks();
      this.#path.push(index);
      this.#value(isSearched);
      this.#path.pop();
      index += 1;
      this.#skipBlanks();
    } while (this.#accept(COMMA));
    if (!this.#accept(CLOSE_BRACKET)) this.#stop('invalid_json');
  }

  #key(isSearched: boolean): KeyRange {
    const offset = this.#at;
    if (this.#peek() !== QUOTE) this.#stop('invalid_json');
    this.#keyCount += 1;
    if (this.#keyCount > this.#limits.keysMax) this.#stop('too_many_keys');

    const start = this.#keyBytesEnd;
    this.#string(isSearched, (codePoint) => {
      this.#keyBytesEnd = writeCodePoint(codePoint, this.#keyBytes, this.#keyBytesEnd);
    });
    const key: KeyRange = { start, end: this.#keyBytesEnd, offset };
    if (isForbidden(this.#bytesOf(key))) this.#stopAtKey('forbidden_key', key);
    return key;
  }

  /** Sorted and not compared each with each, so that a thousand keys are no more than a thousand keys' work. */
  #refuseRepeated(keys: readonly KeyRange[]): void {
    const sorted = [...keys].sort((a, b) => Buffer.compare(this.#bytesOf(a), this.#bytesOf(b)) || a.offset - b.offset);
    const repeated = sorted.find((key, index) => {
      const before = sorted[index - 1];
      return before !== undefined && this.#bytesOf(before).equals(this.#bytesOf(key));
    });
    if (repeated !== undefined) this.#stopAtKey('duplicate_key', repeated);
  }

  #string(isSearched: boolean, onCodePoint: (codePoint: number) => void): void {
    const start = this.#at;
    this.#at += 1;
    while (this.#peek() !== QUOTE) {
      const offset = this.#at;
      const codePoint = this.#character();
      if (codePoint === 0) this.#stop('nul_character', offset);
      onCodePoint(codePoint);
      if (isSearched && this.#runs.push(codePoint, offset)) this.#stop('card_number_found', start);
    }
    if (isSearched && this.#runs.end(this.#at)) this.#stop('card_number_found', start);
    this.#at += 1;
  }

  #character(): number {
    const byte = this.#peek();
    if (byte === BACKSLASH) return this.#escape();
    if (byte === undefined || (byte < 0x20 && byte !== 0)) this.#stop('invalid_json');

    const { codePoint, length } = codePointAt(this.#bytes, this.#at);
    this.#at += length;
    return codePoint;
  }

  #escape(): number {
    const offset = this.#at;
    const letter = this.#bytes[this.#at + 1];
    this.#at += 2;
    if (letter !== LETTER_U) return ESCAPES.get(letter ?? 0) ?? this.#stop('invalid_json', offset);

    const unit = this.#hexUnit();
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    if (unit > 0xdbff || this.#peek() !== BACKSLASH || this.#bytes[this.#at + 1] !== LETTER_U) {
      this.#stop('lone_surrogate', offset);
    }
    this.#at += 2;
    const low = this.#hexUnit();
    if (low < 0xdc00 || low > 0xdfff) this.#stop('lone_surrogate', offset);
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }

  #hexUnit(): number {
    let unit = 0;
    for (let place = 0; place < 4; place += 1) {
      unit = unit * 16 + (hexValue(this.#peek()) ?? this.#stop('invalid_json'));
      this.#at += 1;
    }
    return unit;
  }

  #number(isSearched: boolean): void {
    const start = this.#at;
    this.#accept(MINUS);
    const whole = this.#digits();
    if (this.#bytes[whole.start] === ZERO && whole.end - whole.start > 1) this.#stop('invalid_json', start);
    const fraction = this.#accept(POINT) ? this.#digits() : { start: this.#at, end: this.#at };
    const exponent = this.#exponent();

    const { wholeCount, isCardNumber } = readWholePart(this.#bytes, whole, fraction, exponent);
    if (wholeCount > WHOLE_DIGITS_MAX) this.#stop('number_out_of_range', start);
    if (isSearched && isCardNumber) this.#stop('card_number_found', start);
  }

  #exponent(): number {
    if (!this.#accept(LETTER_E) && !this.#accept(CAPITAL_E)) return 0;

    const isNegative = this.#accept(MINUS);
    if (!isNegative) this.#accept(PLUS);
    const { start, end } = this.#digits();
    let exponent = 0;
    for (let at = start; at < end; at += 1) {
      exponent = Math.min(exponent * 10 + ((this.#bytes[at] ?? ZERO) - ZERO), EXPONENT_MAX);
    }
    return isNegative ? -exponent : exponent;
  }

  #digits(): Range {
    const start = this.#at;
    while (isDigit(this.#peek())) this.#at += 1;
    if (this.#at === start) this.#stop('invalid_json');
    return { start, end: this.#at };
  }

  #literal(text: string): void {
    for (const letter of Buffer.from(text)) if (!this.#accept(letter)) this.#stop('invalid_json');
  }

  #skipBlanks(): void {
    while (BLANKS.includes(this.#peek() ?? -1)) this.#at += 1;
  }

  #accept(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#at += 1;
    return true;
  }

  #peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  #isAt(keys: readonly Buffer[]): boolean {
    return (
      keys.length === this.#path.length &&
      this.#path.every((key, depth) => typeof key !== 'number' && keys[depth]?.equals(this.#bytesOf(key)))
    );
  }

  #bytesOf({ start, end }: KeyRange): Buffer {
    return this.#keyBytes.subarray(start, end);
  }

  #stopAtKey(code: JsonProblemCode, key: KeyRange): never {
    this.#path.push(key);
    this.#stop(code, key.offset);
  }

  #stop(code: JsonProblemCode, offset = this.#at): never {
    const path = this.#path.map((part) =>
      typeof part === 'number' ? String(part) : printableKey(this.#bytesOf(part)),
    );
    throw new Stop({ code, offset, path: path.join('.') });
  }
}

const WHOLE_DIGITS_MAX = 308;
const EXPONENT_MAX = 100_000;

const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'].map((key) => Buffer.from(key));

/**
 * Names that reach an object's prototype, and keys with a backslash: once the `JSON.parse` of Node 24 has seen one, it may
 * take any escaped key in its place for it, in every later text of the process. Source: nodejs/node issue 63785.
 */
function isForbidden(key: Buffer): boolean {
  return key.includes(BACKSLASH) || FORBIDDEN_KEYS.some((forbidden) => forbidden.equals(key));
}

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const CAPITAL_E = 0x45;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const LETTER_E = 0x65;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_U = 0x75;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

const ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(
    ([letter, character]) => [letter.charCodeAt(0), character.charCodeAt(0)],
  ),
);

const IGNORE = () => {};

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

function hexValue(byte: number | undefined): number | null {
  if (byte === undefined) return null;
  if (isDigit(byte)) return byte - ZERO;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : null;
}
