import type { Load } from './load-process.js';
import { medianOf } from './statistics.js';

/** One run over HTTP, and what was spent while it ran, in all. */
export interface Run {
  readonly load: Load;
  readonly serverCpuMs: number;
  readonly databaseCpuMs: number;
  readonly walBytes: number;
  /** The most that the server's process had in RAM during the run. */
  readonly serverMemoryBytes: number;
  readonly eventLoopDelayMs: number;
}

/** What one round found: a run, and beside it the same work without Onfile, and on a filled database. */
export interface Round extends Run {
  readonly pgbenchPerSecond: number | null;
  readonly emptyRoutePerSecond: number | null;
  readonly sqlRoutePerSecond: number | null;
  readonly filled: Run | null;
}

/** Medians over all rounds but for memory, the most of all; CPU, round trips and WAL are for one operation. */
export interface RunFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly serverCpuMs: number;
  readonly databaseCpuMs: number;
  readonly walBytes: number;
  readonly serverMemoryMb: number;
  readonly eventLoopDelayMs: number;
}

export interface Figures extends RunFigures {
  readonly ratioToPgbench: number | null;
  readonly ratioToEmptyRoute: number | null;
  readonly ratioToSqlRoute: number | null;
  readonly roundTrips: number;
  readonly pgbenchPerSecond: number | null;
  readonly emptyRoutePerSecond: number | null;
  readonly sqlRoutePerSecond: number | null;
}

/** The same on a filled database. */
export interface FilledFigures extends RunFigures {
  readonly ratioToEmptyDatabase: number;
}

/** At an even pace. */
export interface PacedFigures extends RunFigures {
  /** Operations that were begun in a second. */
  readonly begunPerSecond: number;
  readonly p99OverP50: number;
  /** How late the load generator was, at the 99th percentile; in the times it is included. */
  readonly beganLateMs: number;
}

/** A ratio is taken within each round and the median of these is given, so that a slow minute is slow for both sides. */
export function figuresOf(rounds: readonly Round[], roundTrips: number): Figures {
  return {
    ...runFiguresOf(rounds),
    ratioToPgbench: ratio(rounds, ({ pgbenchPerSecond }) => pgbenchPerSecond),
    ratioToEmptyRoute: ratio(rounds, ({ emptyRoutePerSecond }) => emptyRoutePerSecond),
    ratioToSqlRoute: ratio(rounds, ({ sqlRoutePerSecond }) => sqlRoutePerSecond),
    roundTrips,
    pgbenchPerSecond: yardstick(rounds, ({ pgbenchPerSecond }) => pgbenchPerSecond),
    emptyRoutePerSecond: yardstick(rounds, ({ emptyRoutePerSecond }) => emptyRoutePerSecond),
    sqlRoutePerSecond: yardstick(rounds, ({ sqlRoutePerSecond }) => sqlRoutePerSecond),
  };
}

/** `null` where nothing was filled. */
export function filledFiguresOf(rounds: readonly Round[]): FilledFigures | null {
  const pairs = rounds.flatMap(({ load, filled }) => (filled === null ? [] : [{ load, filled }]));
  if (pairs.length === 0) return null;
  return {
    ...runFiguresOf(pairs.map(({ filled }) => filled)),
    ratioToEmptyDatabase: medianOf(pairs, ({ load, filled }) => filled.load.perSecond / load.perSecond),
  };
}

export function pacedFiguresOf(runs: readonly (Run & { readonly begunPerSecond: number })[]): PacedFigures {
  return {
    ...runFiguresOf(runs),
    begunPerSecond: medianOf(runs, ({ begunPerSecond }) => begunPerSecond),
    p99OverP50: medianOf(runs, ({ load }) => load.p99Ms / load.p50Ms),
    beganLateMs: medianOf(runs, ({ load }) => load.beganLateMs),
  };
}

function runFiguresOf(runs: readonly Run[]): RunFigures {
  const perOperation = (totalOf: (run: Run) => number) => medianOf(runs, (run) => totalOf(run) / run.load.operations);
  return {
    perSecond: medianOf(runs, ({ load }) => load.perSecond),
    p50Ms: medianOf(runs, ({ load }) => load.p50Ms),
    p99Ms: medianOf(runs, ({ load }) => load.p99Ms),
    p999Ms: medianOf(runs, ({ load }) => load.p999Ms),
    serverCpuMs: perOperation(({ serverCpuMs }) => serverCpuMs),
    databaseCpuMs: perOperation(({ databaseCpuMs }) => databaseCpuMs),
    walBytes: perOperation(({ walBytes }) => walBytes),
    serverMemoryMb: Math.max(...runs.map(({ serverMemoryBytes }) => serverMemoryBytes)) / 1e6,
    eventLoopDelayMs: medianOf(runs, ({ eventLoopDelayMs }) => eventLoopDelayMs),
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
