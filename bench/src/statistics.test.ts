import { describe, expect, test } from 'vitest';
import { figuresOf, filledFiguresOf, pacedFiguresOf } from './figures.js';
import { renderTable } from './render-table.js';
import { latenciesOf, median, quantile } from './statistics.js';
import { aRound } from './testing/rounds.js';

describe('the statistics of the bench', () => {
  const medians = [
    // values           median
    [[7], 7],
    [[3, 1, 2], 2],
    [[10, 1, 4, 3], 3.5],
    [[100, 9, 10, 11, 8], 10],
  ] as const;
  for (const [values, middle] of medians) {
    test(`the median of ${values.join(', ')} is ${middle}`, () => expect(median(values)).toBe(middle));
  }

  const thousand = Array.from({ length: 1_000 }, (_, index) => 1_000 - index);
  const quantiles = [
    // share   of 1 to 1000, in descending order
    [0, 1],
    [0.5, 500],
    [0.99, 990],
    [0.999, 999],
    [1, 1_000],
  ] as const;
  for (const [share, value] of quantiles) {
    test(`the ${share} quantile of 1 to 1000 is ${value}`, () => expect(quantile(thousand, share)).toBe(value));
  }

  test('latencies are three quantiles', () => {
    expect(latenciesOf(thousand)).toEqual({ p50Ms: 500, p99Ms: 990, p999Ms: 999 });
  });

  test('nothing has no median and no quantile', () => {
    expect(() => median([])).toThrow('no values');
    expect(() => quantile([], 0.5)).toThrow('no values');
  });
});

describe('the figures of several rounds', () => {
  test('are medians, for one operation, and a ratio is taken within its round', () => {
    const rounds = [
      aRound({ perSecond: 100, operations: 100, serverCpuMs: 50, pgbenchPerSecond: 200 }),
      aRound({ perSecond: 10, operations: 10, serverCpuMs: 20, pgbenchPerSecond: 40 }),
      aRound({ perSecond: 90, operations: 90, serverCpuMs: 90, pgbenchPerSecond: 100 }),
    ];
    expect(figuresOf(rounds, 2)).toMatchObject({
      perSecond: 90,
      serverCpuMs: 1,
      pgbenchPerSecond: 100,
      ratioToPgbench: 0.5,
      ratioToEmptyRoute: null,
      roundTrips: 2,
    });
  });

  test('without pgbench have no ratio to it, and the table has no column for it', () => {
    const without = figuresOf([aRound({ pgbenchPerSecond: null })], 1);
    const withPgbench = figuresOf([aRound({ pgbenchPerSecond: 400 })], 1);
    expect(without.ratioToPgbench).toBeNull();
    expect(renderTable(allOf(without))).not.toContain('pgbench');
    expect(renderTable(allOf(withPgbench)).split('\n')[1]).toMatch(/^create +100 +25 % /);
  });
});

describe('the figures beside them', () => {
  test('of a filled database are ratios to the empty one in the same round, and null without one', () => {
    const rounds = [
      aRound({ perSecond: 100, filled: { perSecond: 90 } }),
      aRound({ perSecond: 10, filled: { perSecond: 9.5 } }),
      aRound({ perSecond: 200, filled: { perSecond: 100 } }),
    ];
    expect(filledFiguresOf(rounds)).toMatchObject({ perSecond: 90, ratioToEmptyDatabase: 0.9 });
    expect(filledFiguresOf([aRound()])).toBeNull();
  });

  test('of an even pace tell how far the slowest hundredth is from the middle, round by round', () => {
    const runs = [3, 9, 4].map((p99Ms) => ({ ...aRound({ p99Ms }), begunPerSecond: 50 }));
    expect(pacedFiguresOf(runs)).toMatchObject({ begunPerSecond: 50, p99OverP50: 4, p99Ms: 4 });
  });
});

function allOf<T>(figures: T) {
  return { create: figures, read: figures, list: figures, lifecycle: figures };
}
