import type { Round } from '../figures.js';

interface Choices
  extends Partial<Pick<Round, 'serverCpuMs' | 'serverMemoryBytes' | 'pgbenchPerSecond' | 'emptyRoutePerSecond'>> {
  readonly perSecond?: number;
  readonly operations?: number;
  readonly p99Ms?: number;
  /** The rate on a filled database; none unless given. */
  readonly filled?: { readonly perSecond: number };
}

/** A round of 100 operations in a second, 1 ms each, unless told otherwise. */
export function aRound({ perSecond = 100, operations = 100, p99Ms = 2, filled, ...choices }: Choices = {}): Round {
  const run = {
    load: { perSecond, operations, p50Ms: 1, p99Ms, p999Ms: 3, beganLateMs: 0 },
    serverCpuMs: 100,
    databaseCpuMs: 10,
    walBytes: 1_000,
    serverMemoryBytes: 1e8,
    eventLoopDelayMs: 1,
  };
  return {
    ...run,
    pgbenchPerSecond: 400,
    emptyRoutePerSecond: null,
    sqlRoutePerSecond: null,
    ...choices,
    filled: filled === undefined ? null : { ...run, load: { ...run.load, ...filled } },
  };
}
