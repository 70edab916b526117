import { describe, expect, test } from 'vitest';
import { cardEndsAt, expiryWindows } from './expiry.js';

const month = (text: string) => {
  const [year = 0, ofYear = 0] = text.split('-').map(Number);
  return year * 12 + ofYear;
};

/** What is told now of a card that ends in this month; `null` for nothing. */
function noticeOf(now: string, lastMonth: string, days: readonly number[] = [60, 30]): number | null {
  const windows = expiryWindows(Date.parse(now), days);
  const found = windows.filter(
    (window) => window.firstMonth <= month(lastMonth) && month(lastMonth) <= window.lastMonth,
  );
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0]?.noticeDays ?? null;
}

describe('what is told of a card', () => {
  // biome-ignore format: a table
  const CASES = [
    // now                     last month   days       told
    ['2026-10-31T23:59:59Z',  '2026-12',   [60, 30],  null],
    ['2026-11-01T00:00:00Z',  '2026-12',   [60, 30],  60],
    ['2026-11-30T23:59:59Z',  '2026-12',   [60, 30],  60],
    ['2026-12-01T00:00:00Z',  '2026-12',   [60, 30],  30],
    ['2026-12-31T23:59:59Z',  '2026-12',   [60, 30],  30],
    ['2027-01-01T11:59:59Z',  '2026-12',   [60, 30],  30],
    ['2027-01-01T12:00:00Z',  '2026-12',   [60, 30],  0],
    ['2040-01-01T00:00:00Z',  '2026-12',   [60, 30],  0],
    ['2028-01-30T00:00:00Z',  '2028-02',   [30],      30],
    ['2028-01-29T23:59:59Z',  '2028-02',   [30],      null],
    ['2026-12-31T00:00:00Z',  '2026-12',   [],        null],
    ['2027-02-01T00:00:00Z',  '2026-12',   [],        0],
    ['2026-12-25T00:00:00Z',  '2026-12',   [7, 60, 3], 7],
    ['2026-01-01T00:00:00Z',  '2026-12',   [365],     365],
  ] as const;
  for (const [now, lastMonth, days, told] of CASES) {
    test(`that ends in ${lastMonth}, with notices of ${days} days, at ${now}: ${told}`, () => {
      expect(noticeOf(now, lastMonth, days)).toBe(told);
    });
  }
});

test('a card is good until its last month has ended everywhere on earth', () => {
  expect(new Date(cardEndsAt(12, 2026)).toISOString()).toBe('2027-01-01T12:00:00.000Z');
});
