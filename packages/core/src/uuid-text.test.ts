import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Uuid } from './scope.js';
import { createUuidText } from './uuid-text.js';

const ALPHABET = '0123456789abcdefghijklmnopqrstuv';
const { encode, decode } = createUuidText(ALPHABET);
const uuids = fc.uuid() as fc.Arbitrary<Uuid>;

describe('the text of a UUID', () => {
  test('is its number in base 32', () => {
    fc.assert(
      fc.property(uuids, (id) => {
        const number = BigInt(`0x${id.replaceAll('-', '')}`);
        expect(encode(id)).toBe(number.toString(32).padStart(26, '0'));
      }),
    );
  });

  test('gives it back', () => {
    fc.assert(
      fc.property(uuids, (id) => {
        expect(decode(encode(id))).toBe(id);
      }),
    );
    const ends = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as Uuid[];
    for (const id of ends) expect(decode(encode(id))).toBe(id);
  });

  test('sorts as it does', () => {
    fc.assert(
      fc.property(uuids, uuids, (a, b) => {
        expect(encode(a) < encode(b)).toBe(a < b);
      }),
    );
  });

  test.each([
    ['short', '0'.repeat(25)],
    ['long', '0'.repeat(27)],
    ['empty', ''],
    ['more than a UUID holds', `8${'0'.repeat(25)}`],
    ['another alphabet', `${'0'.repeat(25)}w`],
    ['upper case', `${'0'.repeat(25)}A`],
    ['not ASCII', `${'0'.repeat(25)}\u0661`],
    ['beyond the table', `${'0'.repeat(25)}\uff10`],
  ])('%s is not read', (_, text) => {
    expect(decode(text)).toBeNull();
  });

  test('that is read is the one that is written', () => {
    const texts = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 26, maxLength: 26 });
    fc.assert(
      fc.property(texts, (text) => {
        const id = decode(text);
        expect(id === null ? text > '8' : encode(id) === text).toBe(true);
      }),
    );
  });
});
