import { afterAll, describe, expect, test } from 'vitest';
import { recordFigure } from '../prove/figures.js';
import { type HistoryResult, runHistory } from './history.js';
import { planHistory } from './plan.js';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.js';

/** Fewer than the short tier tries, so that what is found here is found there. */
const HISTORIES_MAX = 600;

describe('The simulation finds that', () => {
  let found = 0;
  for (const bug of PLANTED_BUGS) {
    test(`${bug.name}`, { timeout: 120_000 }, async () => {
      const { seed, result } = await firstWrong(bug);
      process.stdout.write(`planted bug: ${bug.name}: seed ${seed}: ${result.violation?.split('\n')[0]}\n`);
      expect(result.violation).not.toContain('the program threw');
      const again = await runHistory(planFor(bug, seed), bug);
      expect(again.traceHash).toBe(result.traceHash);
      expect((await runHistory(planFor(bug, seed))).violation).toBeNull();
      found += 1;
    });
  }
  afterAll(() => {
    process.stdout.write(`planted bugs found: ${found} of ${PLANTED_BUGS.length}\n`);
    recordFigure('simulation.planted bugs', PLANTED_BUGS.length);
    recordFigure('simulation.planted bugs found', found);
  });
});

function planFor({ under }: PlantedBug, seed: number) {
  const plan = planHistory(seed);
  return under?.(plan) ?? plan;
}

async function firstWrong(bug: PlantedBug): Promise<{ readonly seed: number; readonly result: HistoryResult }> {
  for (let seed = 1; seed <= HISTORIES_MAX; seed += 1) {
    const result = await runHistory(planFor(bug, seed), bug);
    if (result.violation !== null) return { seed, result };
  }
  throw new Error(`${bug.name}: not found in ${HISTORIES_MAX} histories`);
}
