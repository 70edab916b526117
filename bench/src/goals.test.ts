import { describe, expect, test } from 'vitest';
import { figuresOf, filledFiguresOf, pacedFiguresOf } from './figures.js';
import { goalsOf } from './goals.js';
import { renderGoals } from './render-table.js';
import { aRound } from './testing/rounds.js';

describe('the goals', () => {
  test('are not measured where nothing was', () => {
    const goals = goalsOf({ workloads: {}, paced: {}, filled: null });
    expect(goals.map(({ measured, isReached }) => [measured, isReached])).toEqual(Array(6).fill([null, null]));
    expect(renderGoals(goals).match(/not measured/g)).toHaveLength(6);
  });

  const cases = [
    // pgbench  empty route  p99 at half  1 M filled  memory     reached: create, lifecycle, read, p99, rows, memory
    [200, 200, 5, 90, 180e6, [true, true, true, true, true, true]],
    [250, 250, 5.1, 89, 181e6, [false, true, false, false, false, false]],
    [300, 300, 4, 100, 1e6, [false, false, false, true, true, true]],
  ] as const;
  for (const [pgbenchPerSecond, emptyRoutePerSecond, p99Ms, onFilled, serverMemoryBytes, reached] of cases) {
    test(`are judged: 100 a second beside ${pgbenchPerSecond} of pgbench, ${onFilled} with a million stored`, () => {
      const figures = figuresOf([aRound({ pgbenchPerSecond, emptyRoutePerSecond, serverMemoryBytes })], 1);
      const goals = goalsOf({
        workloads: { create: figures, lifecycle: figures, read: figures },
        paced: { lifecycleAt50: pacedFiguresOf([{ ...aRound({ p99Ms }), begunPerSecond: 50 }]) },
        filled: aFilled(1_000_000, onFilled),
      });
      expect(goals.map(({ isReached }) => isReached)).toEqual(reached);
    });
  }

  test('say nothing of a million where fewer were stored, but count the memory of every run', () => {
    const goals = goalsOf({ workloads: {}, paced: {}, filled: aFilled(999_999, 100) });
    expect(goals.map(({ isReached }) => isReached)).toEqual([...Array(5).fill(null), true]);
  });
});

function aFilled(rows: number, perSecond: number) {
  const figures = filledFiguresOf([aRound({ filled: { perSecond } })]);
  const faster = filledFiguresOf([aRound({ filled: { perSecond: 200 } })]);
  if (figures === null || faster === null) throw new Error('Both rounds have a filled database');
  return { rows, databaseMb: 9_000, workloads: { create: faster, read: figures } };
}
