import fc from 'fast-check';
import { expect, test } from 'vitest';
import { passesLuhn } from './luhn.js';

const sequences = [
  [[], false],
  [[0], true],
  [[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3], true],
  [[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 0], false],
  [[1, 8], true],
  [[8, 1], false],
] as const;
for (const [digits, passes] of sequences) {
  test(`${digits.join('') || 'nothing'} ${passes ? 'passes' : 'does not pass'}`, () => {
    expect(passesLuhn(digits)).toBe(passes);
  });
}

const digit = fc.integer({ min: 0, max: 9 });

test('of the ten sequences that differ in one place, exactly one passes', () => {
  fc.assert(
    fc.property(fc.array(digit, { minLength: 1, maxLength: 19 }), fc.nat(), (digits, place) => {
      const passing = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((value) =>
        passesLuhn(digits.with(place % digits.length, value)),
      );
      expect(passing).toHaveLength(1);
    }),
  );
});

test('bytes and plain numbers are read alike', () => {
  fc.assert(
    fc.property(fc.array(digit), (digits) => {
      expect(passesLuhn(Uint8Array.from(digits))).toBe(passesLuhn(digits));
    }),
  );
});
