import { type HistoryResult, runHistory } from './history.js';
import type { Plan } from './plan.js';
import type { PlantedBug } from './planted-bugs.js';

/** A history that goes wrong, and as little of it as still does. */
interface Counterexample {
  readonly plan: Plan;
  readonly result: HistoryResult;
}

const RUNS_MAX = 400;

/**
 * Takes away operations, their faults, their repetitions and crashes, as long as the same thing goes wrong. Every operation has
 * luck of its own, so what is left mostly happens as it did before.
 */
export async function shrink(plan: Plan, bug: PlantedBug | null): Promise<Counterexample> {
  let smallest: Counterexample = { plan, result: await runHistory(plan, bug) };
  const wrong = kindOf(smallest.result);
  let runs = 0;
  let isSmaller = wrong !== null;
  while (isSmaller && runs < RUNS_MAX) {
    isSmaller = false;
    for (const candidate of smallerPlans(smallest.plan)) {
      if (runs >= RUNS_MAX) break;
      runs += 1;
      const result = await runHistory(candidate, bug);
      if (kindOf(result) !== wrong) continue;
      smallest = { plan: candidate, result };
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** The same mistake, of whichever objects. */
function kindOf({ violation }: HistoryResult): string | null {
  return violation?.replaceAll(/\b[0-9a-f]{4}\b|\d+/g, '…') ?? null;
}

function* smallerPlans(plan: Plan): Generator<Plan> {
  const { operations, crashes } = plan;
  for (let size = operations.length >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from < operations.length; from += size) {
      yield { ...plan, operations: operations.toSpliced(from, size) };
    }
  }
  for (const index of crashes.keys()) yield { ...plan, crashes: crashes.toSpliced(index, 1) };
  if (plan.worker !== 'none') yield { ...plan, worker: 'none' };
  if (plan.isLimited) yield { ...plan, isLimited: false };
  if (plan.processorLeavesAtMs !== null) yield { ...plan, processorLeavesAtMs: null };
  for (const [index, operation] of operations.entries()) {
    const { hasFaults, isDoubled, patience } = operation;
    if (hasFaults) yield { ...plan, operations: operations.with(index, { ...operation, hasFaults: false }) };
    if (isDoubled) yield { ...plan, operations: operations.with(index, { ...operation, isDoubled: false }) };
    if (patience > 0) yield { ...plan, operations: operations.with(index, { ...operation, patience: 0 }) };
  }
}
