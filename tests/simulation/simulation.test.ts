import { expect, test } from 'vitest';
import { recordFigure } from '../prove/figures.js';
import { type HistoryResult, runHistory } from './history.js';
import { planHistory } from './plan.js';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.js';
import { shrink } from './shrink.js';

/** How many histories are tried, and the seed of the first; the others' follow it. */
const HISTORY_COUNT = Number(process.env.ONFILE_SIMULATION_HISTORIES ?? 1_000);
const FIRST_SEED = Number(process.env.ONFILE_SIMULATION_SEED ?? 1);
/** A slow and busy machine included. */
const MS_PER_HISTORY_MAX = 250;

test(`${HISTORY_COUNT} histories under faults are correct, and leave nobody stuck`, {
  timeout: 60_000 + HISTORY_COUNT * MS_PER_HISTORY_MAX,
}, async () => {
  const counts = new Map<string, number>();
  let stepCount = 0;
  const cpu = process.cpuUsage();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORY_COUNT; seed += 1) {
    const result = await runHistory(planHistory(seed));
    if (result.violation !== null) throw new Error(await explained(seed, result));
    for (const [what, count] of result.counts) counts.set(what, (counts.get(what) ?? 0) + count);
    stepCount += result.stepCount;
  }
  const { user, system } = process.cpuUsage(cpu);
  const seconds = ((user + system) / 1e6).toFixed(1);
  const seeds = `seeds ${FIRST_SEED} to ${FIRST_SEED + HISTORY_COUNT - 1}`;
  const reached = [...counts].sort().map(([what, count]) => `${what} ${count}`);
  process.stdout.write(
    `simulation: ${HISTORY_COUNT} histories correct, ${seeds}, ${stepCount} steps, ${seconds} s of CPU; ${reached.join(', ')}\n`,
  );
  recordFigure('simulation.histories', HISTORY_COUNT);
  recordFigure('simulation.steps', stepCount);
  if (HISTORY_COUNT >= 1_000)
    for (const what of MUST_COME_ABOUT) expect(counts.get(what) ?? 0, what).toBeGreaterThan(0);
});

/** Histories in which these never happen would prove little. */
const MUST_COME_ABOUT = [
  ...['approved', 'declined', 'authentication_failed', 'abandoned', 'not_processed', 'superseded', 'canceled'].map(
    (outcome) => `attempt ${outcome}`,
  ),
  ...['intent succeeded', 'intent canceled', 'intent requires_payment_method'],
  ...['repeated answer', 'fault', 'crash'],
];

test('a seed gives the same history each time', async () => {
  for (const seed of [1, 2, 3, 40, 500]) {
    const [first, second] = [await runHistory(planHistory(seed)), await runHistory(planHistory(seed))];
    expect(first.stepCount).toBeGreaterThan(100);
    expect(second.trace).toEqual(first.trace);
    expect(second.traceHash).toBe(first.traceHash);
  }
});

test('other seeds give other histories', async () => {
  const hashes = new Set<string>();
  for (let seed = 1; seed <= 20; seed += 1) hashes.add((await runHistory(planHistory(seed))).traceHash);
  expect(hashes.size).toBe(20);
});

test('a history that goes wrong is shrunk to what is needed for it', async () => {
  const bug = PLANTED_BUGS.find(({ name }) => name.includes('without its mandate')) as PlantedBug;
  const seed = await firstWrongSeed(bug);
  const plan = planHistory(seed);
  const { plan: smallest, result } = await shrink(plan, bug);

  expect(result.violation).toContain('without a mandate');
  expect(smallest.operations.length).toBeLessThan(plan.operations.length);
  expect(smallest.operations.length).toBeLessThanOrEqual(3);
  expect(smallest.crashes).toEqual([]);
  expect(result.trace.length).toBeLessThan(60);
  expect((await runHistory(smallest, bug)).traceHash).toBe(result.traceHash);
});

async function firstWrongSeed(bug: PlantedBug): Promise<number> {
  for (let seed = 1; seed < 100; seed += 1) {
    if ((await runHistory(planHistory(seed), bug)).violation !== null) return seed;
  }
  throw new Error(`${bug.name} was not found`);
}

/** Everything that somebody needs who is to find out why. */
async function explained(seed: number, { violation }: HistoryResult): Promise<string> {
  const { plan, result } = await shrink(planHistory(seed), null);
  const { operations, ...conditions } = plan;
  return [
    `seed ${seed}: ${violation}`,
    `shrunk to ${operations.length} operations: ${result.violation}`,
    JSON.stringify(conditions),
    ...operations.map((operation) => JSON.stringify(operation)),
    ...result.trace,
    `Again: ONFILE_SIMULATION_SEED=${seed} ONFILE_SIMULATION_HISTORIES=1 npx vitest run tests/simulation/simulation`,
  ].join('\n');
}
