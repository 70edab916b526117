import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { earliestMonthAt, formatExpiry, readExpiry } from './expiry.js';

const NOVEMBER_2026 = { year: 2026, month: 11 };

describe('reading an expiry in November 2026', () => {
  const entries = [
    // entered          year  month
    ['1234', 2034, 12],
    ['12/34', 2034, 12],
    ['12 / 34', 2034, 12],
    ['12-34', 2034, 12],
    ['12.34', 2034, 12],
    ['12 34', 2034, 12],
    [' 12/34 ', 2034, 12],
    ['12/2034', 2034, 12],
    ['122034', 2034, 12],
    ['2034-12', 2034, 12],
    ['2034/12', 2034, 12],
    ['203412', 2034, 12],
    ['2034-3', 2034, 3],
    ['3/31', 2031, 3],
    ['03/31', 2031, 3],
    ['331', 2031, 3],
    ['0331', 2031, 3],
    ['１２／３４', 2034, 12],
    ['１２３４', 2034, 12],
    ['１２　３４', 2034, 12],
    ['１２ー３４', 2034, 12],
    ['12・34', 2034, 12],
    ['2034年12月', 2034, 12],
    ['２０３４年　３月', 2034, 3],
    ['34年12月', 2034, 12],
    ['12月34年', 2034, 12],
    ['12月/2034', 2034, 12],
    ['11/26', 2026, 11], //     the card is good until its month is over
    ['11/46', 2046, 11], //     20 years ahead to the month
  ] as const;
  for (const [entered, year, month] of entries) {
    test(`"${entered}" is month ${month} of ${year}`, () => {
      expect(readExpiry(entered, NOVEMBER_2026)).toEqual({ expiry: { year, month }, problem: null });
    });
  }

  const refusals = [
    ['', 'required'],
    [' / ', 'required'],
    ['1', 'unreadable'],
    ['12', 'unreadable'],
    ['12/', 'unreadable'],
    ['12/3', 'unreadable'],
    ['12/234', 'unreadable'],
    ['12034', 'unreadable'],
    ['12/34/56', 'unreadable'],
    ['Dec 2034', 'unreadable'],
    ['4242 4242 4242 4242', 'unreadable'],
    ['1'.repeat(41), 'unreadable'],
    ['13/34', 'no_such_month'],
    ['0/34', 'no_such_month'],
    ['00/34', 'no_such_month'],
    ['2034-13', 'no_such_month'],
    ['34/12', 'no_such_month'],
    ['10/26', 'past'],
    ['12/25', 'past'],
    ['12/1999', 'past'],
    ['12/46', 'too_far'],
    ['01/99', 'too_far'],
    ['12/9999', 'too_far'],
  ] as const;
  for (const [entered, problem] of refusals) {
    test(`"${entered}" is refused as ${problem}`, () => {
      expect(readExpiry(entered, NOVEMBER_2026)).toEqual({ expiry: null, problem });
    });
  }

  test('every month from now to 20 years ahead is read back from the way it is shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 240 }), (ahead) => {
        const months = 2026 * 12 + 10 + ahead;
        const expiry = { year: Math.floor(months / 12), month: (months % 12) + 1 };
        expect(readExpiry(formatExpiry(expiry), NOVEMBER_2026)).toEqual({ expiry, problem: null });
      }),
    );
  });

  test('any text at all is read without a fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const { expiry, problem } = readExpiry(text, NOVEMBER_2026);
        expect(expiry === null).toBe(problem !== null);
      }),
    );
  });
});

test('a month begins when it has begun everywhere', () => {
  expect(earliestMonthAt(Date.UTC(2026, 11, 1, 11, 59))).toEqual({ year: 2026, month: 11 });
  expect(earliestMonthAt(Date.UTC(2026, 11, 1, 12, 0))).toEqual({ year: 2026, month: 12 });
});
