import type { Load } from './load-process.js';
import { medianOf } from './statistics.js';

/** What one round found: a run over HTTP, and beside it the same work without Onfile. */
export interface Round {
  readonly load: Load;
  /** Spent while the load ran, in all. */
  readonly serverCpuMs: number;
  readonly databaseCpuMs: number;
  readonly walBytes: number;
  readonly serverMemoryBytes: number;
  readonly pgbenchPerSecond: number | null;
  readonly emptyRoutePerSecond: number | null;
}

/** Medians over all rounds; CPU, round trips and WAL are for one operation. */
export interface Figures {
  readonly perSecond: number;
  readonly ratioToPgbench: number | null;
  readonly ratioToEmptyRoute: number | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly serverCpuMs: number;
  readonly databaseCpuMs: number;
  readonly roundTrips: number;
  readonly walBytes: number;
  readonly serverMemoryMb: number;
  readonly pgbenchPerSecond: number | null;
  readonly emptyRoutePerSecond: number | null;
}

/** A ratio is taken within each round and the median of these is given, so that a slow minute is slow for both sides. */
export function figuresOf(rounds: readonly Round[], roundTrips: number): Figures {
  const perOperation = (totalOf: (round: Round) => number) =>
    medianOf(rounds, (round) => totalOf(round) / round.load.operations);
  return {
    perSecond: medianOf(rounds, ({ load }) => load.perSecond),
    ratioToPgbench: ratio(rounds, ({ pgbenchPerSecond }) => pgbenchPerSecond),
    ratioToEmptyRoute: ratio(rounds, ({ emptyRoutePerSecond }) => emptyRoutePerSecond),
    p50Ms: medianOf(rounds, ({ load }) => load.p50Ms),
    p99Ms: medianOf(rounds, ({ load }) => load.p99Ms),
    p999Ms: medianOf(rounds, ({ load }) => load.p999Ms),
    serverCpuMs: perOperation(({ serverCpuMs }) => serverCpuMs),
    databaseCpuMs: perOperation(({ databaseCpuMs }) => databaseCpuMs),
    roundTrips,
    walBytes: perOperation(({ walBytes }) => walBytes),
    serverMemoryMb: Math.max(...rounds.map(({ serverMemoryBytes }) => serverMemoryBytes)) / 1e6,
    pgbenchPerSecond: yardstick(rounds, ({ pgbenchPerSecond }) => pgbenchPerSecond),
    emptyRoutePerSecond: yardstick(rounds, ({ emptyRoutePerSecond }) => emptyRoutePerSecond),
  };
}

type RateOf = (round: Round) => number | null;

function ratio(rounds: readonly Round[], rateOf: RateOf): number | null {
  if (rounds.some((round) => rateOf(round) === null)) return null;
  return medianOf(rounds, (round) => round.load.perSecond / (rateOf(round) ?? Number.NaN));
}

function yardstick(rounds: readonly Round[], rateOf: RateOf): number | null {
  if (rounds.some((round) => rateOf(round) === null)) return null;
  return medianOf(rounds, (round) => rateOf(round) ?? Number.NaN);
}
