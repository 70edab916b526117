import { describe, expect, test } from 'vitest';
import { atEvenPace, type PaceClock } from './even-pace.js';

describe('an even pace', () => {
  test('begins each at its moment, though none of those before has ended', async () => {
    const clock = aClock();
    const begun: number[] = [];
    let end: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const all = atEvenPace(
      { count: 4, perSecond: 100 },
      async (turn) => {
        begun.push(clock.now());
        if (turn === 3) end();
        await ended;
      },
      clock,
    );
    await all;
    expect(begun).toEqual([1_000, 1_010, 1_020, 1_030]);
  });

  test('begins late what is late, at once, and still tells the moment that was meant', async () => {
    const clock = aClock();
    const told: number[][] = [];
    await atEvenPace(
      { count: 5, perSecond: 100 },
      async (turn, dueAt) => {
        told.push([dueAt, clock.now()]);
        if (turn === 1) clock.stall(25);
      },
      clock,
    );
    expect(told).toEqual([
      // due, begun
      [1_000, 1_000],
      [1_010, 1_010],
      [1_020, 1_035],
      [1_030, 1_035],
      [1_040, 1_040],
    ]);
  });

  test('stops at the first fault, and throws it when the others have ended', async () => {
    const clock = aClock();
    const ended: number[] = [];
    const all = atEvenPace(
      { count: 1_000, perSecond: 100 },
      async (turn) => {
        if (turn === 1) throw new Error('answered 500');
        await clock.sleepUntil(clock.now() + 5);
        ended.push(turn);
      },
      clock,
    );
    await expect(all).rejects.toThrow('answered 500');
    expect(ended.length).toBeLessThan(5);
  });
});

function aClock(): PaceClock & { stall(ms: number): void } {
  let now = 1_000;
  return {
    now: () => now,
    async sleepUntil(moment) {
      now = Math.max(now, moment);
    },
    stall(ms) {
      now += ms;
    },
  };
}
