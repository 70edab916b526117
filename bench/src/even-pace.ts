import { setTimeout as delay } from 'node:timers/promises';

/** What tells the time, in milliseconds; tests have one of their own. */
export interface PaceClock {
  now(): number;
  sleepUntil(moment: number): Promise<void>;
}

/**
 * Begins each at its moment, whatever became of those before: a server that falls behind cannot slow its clients down.
 * `begin` gets the moment that was meant, from which its time counts. Who is late begins at once. After the first
 * fault nothing more is begun; it is thrown when what was begun has ended.
 */
export async function atEvenPace(
  { count, perSecond }: { readonly count: number; readonly perSecond: number },
  begin: (turn: number, dueAt: number) => Promise<void>,
  clock: PaceClock = realClock,
): Promise<void> {
  const beganAt = clock.now();
  const begun: Promise<void>[] = [];
  const faults: unknown[] = [];
  for (let turn = 0; turn < count && faults.length === 0; turn += 1) {
    const dueAt = beganAt + (turn * 1_000) / perSecond;
    if (dueAt > clock.now()) await clock.sleepUntil(dueAt);
    begun.push(begin(turn, dueAt).catch((fault) => void faults.push(fault)));
  }
  await Promise.all(begun);
  if (faults.length > 0) throw faults[0];
}

const realClock: PaceClock = {
  now: () => performance.now(),
  async sleepUntil(moment) {
    // Timers know whole milliseconds, and some end early.
    for (let left = moment - performance.now(); left > 0; left = moment - performance.now())
      await delay(Math.ceil(left));
  },
};
