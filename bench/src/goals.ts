import type { BenchResult } from './bench.js';

/** A figure that Onfile is to reach on one machine with two cores that everything shares. */
export interface Goal {
  readonly name: string;
  readonly goal: string;
  /** `null`: this run did not measure it. */
  readonly measured: number | null;
  readonly isReached: boolean | null;
  readonly unit: '%' | '×' | 'MB';
}

const ROWS_OF_GOAL = 1_000_000;

/** Every goal, with what this run found. */
export function goalsOf({
  workloads,
  paced,
  filled,
}: Pick<BenchResult, 'workloads' | 'paced' | 'filled'>): readonly Goal[] {
  const { create, lifecycle, read } = workloads;
  const isFilledEnough = filled !== null && filled.rows >= ROWS_OF_GOAL;
  const ofEmptyDatabase = isFilledEnough
    ? Object.values(filled.workloads).map(({ ratioToEmptyDatabase }) => ratioToEmptyDatabase)
    : [];
  const all = [...Object.values(workloads), ...Object.values(paced), ...Object.values(filled?.workloads ?? {})];
  const memory = all.map(({ serverMemoryMb }) => serverMemoryMb);
  return [
    atLeast('create, of pgbench with its SQL', 0.45, create?.ratioToPgbench),
    atLeast('lifecycle, of pgbench with its SQL', 0.35, lifecycle?.ratioToPgbench),
    atLeast('read by id, of the empty route', 0.45, read?.ratioToEmptyRoute),
    atMost('lifecycle at half its peak: p99, of p50', { most: 5, unit: '×' }, paced.lifecycleAt50?.p99OverP50),
    atLeast('1 M stored setups, of an empty database (the slowest workload)', 0.9, least(ofEmptyDatabase)),
    atMost(
      'memory of one API process under load',
      { most: 180, unit: 'MB' },
      memory.length > 0 ? Math.max(...memory) : null,
    ),
  ];
}

function atLeast(name: string, share: number, measured: number | null = null): Goal {
  const isReached = measured === null ? null : measured >= share;
  return { name, goal: `≥ ${share * 100} %`, measured, isReached, unit: '%' };
}

function atMost(
  name: string,
  { most, unit }: { readonly most: number; readonly unit: '×' | 'MB' },
  measured: number | null = null,
): Goal {
  return { name, goal: `≤ ${most} ${unit}`, measured, isReached: measured === null ? null : measured <= most, unit };
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}
