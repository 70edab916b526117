import type { Profiler } from 'node:inspector';
import { startInOrder } from '@onfile/server';
import { readEventLoopDelay } from './event-loop-delay.js';
import {
  type Figures,
  type FilledFigures,
  figuresOf,
  filledFiguresOf,
  type PacedFigures,
  pacedFiguresOf,
  type Round,
  type Run,
} from './figures.js';
import type { Load, LoadAnswer, LoadOrder } from './load-process.js';
import { cpuMsOfFamily, forgetPeakMemory, peakMemoryBytesOf } from './process-cost.js';
import type { ProfileOrder } from './server-process.js';
import { type Installation, type Stage, setUp } from './stage.js';
import {
  isOneRequest,
  MIX,
  ONE_REQUEST,
  openClient,
  type Target,
  type Turns,
  WORKLOADS,
  type Workload,
} from './workloads.js';

export interface BenchSettings {
  /** How long each measured run is. */
  readonly seconds: number;
  /** Rounds; each measures every workload and its yardsticks once. */
  readonly rounds: number;
  /** Operations under way at any time; pgbench has as many clients. */
  readonly connections: number;
  /** What is measured; everything is recorded and checked all the same. */
  readonly only: readonly Workload[];
  /** Whether traffic at an even pace is measured, too; that takes the lifecycle's peak. */
  readonly isPaced: boolean;
  /** So many setups are stored in a second database, where the workloads are measured again; `null` for none. */
  readonly rows: number | null;
  /** In whose names Onfile is asked, in turn; each reads and writes its own. */
  readonly merchants: number;
  /** Processes of Onfile. */
  readonly workers: number;
  /** Whether one more run is profiled at the end: of the lifecycle, or of the first workload where it is not among them. */
  readonly isProfiled: boolean;
  readonly progress: (sentence: string) => void;
  /** Shows one line in the place of the one before. */
  readonly showBar: (line: string) => void;
  /** Ends the bench; everything that it started is stopped all the same. */
  readonly signal: AbortSignal;
}

export interface BenchResult {
  readonly workloads: Readonly<Partial<Record<Workload, Figures>>>;
  readonly paced: Readonly<Partial<Record<Pace, PacedFigures>>>;
  readonly filled: FilledResult | null;
  /** Of Onfile's process under one workload. */
  readonly profiled: { readonly workload: Workload; readonly profile: Profiler.Profile } | null;
  readonly postgres: string;
}

export interface FilledResult {
  readonly rows: number;
  readonly databaseMb: number;
  readonly workloads: Readonly<Partial<Record<Workload, FilledFigures>>>;
}

/** Traffic at an even pace, as a part of the lifecycle's rate at full load in the same round. */
const PACES = {
  lifecycleAt50: { workloads: ['lifecycle'], share: 0.5 },
  mixedAt25: { workloads: MIX, share: 0.25 },
  mixedAt50: { workloads: MIX, share: 0.5 },
  mixedAt75: { workloads: MIX, share: 0.75 },
} as const satisfies Record<string, { workloads: Turns; share: number }>;
export type Pace = keyof typeof PACES;
const PACE_NAMES = Object.keys(PACES) as readonly Pace[];

const TRIALS = 5;
const WARM_UP_OPERATIONS = 5_000;

/** Measures every workload, and in turn with it what the same work costs without Onfile. */
export async function runBench(settings: BenchSettings): Promise<BenchResult> {
  const { parts, stage } = await startInOrder(async (parts) => ({ parts, stage: await setUp(parts, settings) }));
  try {
    await checkYardsticks(stage, settings);
    await warmUp(stage, settings);

    const rounds: RoundOfAll[] = [];
    for (let round = 1; round <= settings.rounds; round += 1) {
      const progress = (what: string) => settings.progress(`round ${round} of ${settings.rounds}: ${what}`);
      rounds.push(await measureRound(stage, { ...settings, progress, isFilledFirst: round % 2 === 0 }));
    }
    return {
      ...resultOf(rounds, stage, settings),
      profiled: settings.isProfiled ? await profileOne(stage, settings) : null,
      postgres: await stage.database.version(),
    };
  } finally {
    settings.progress('stopping');
    await parts.stopAll();
  }
}

/**
 * What counts is a server that has been at work for a while: V8 goes on compiling for some thousands of operations, and lifecycles are
 * half as many again after it.
 */
async function warmUp(stage: Stage, settings: BenchSettings): Promise<void> {
  const { only, connections, signal, progress } = settings;
  const installations = [stage.installation, ...(stage.filled === null ? [] : [stage.filled])];
  for (const workload of only) {
    progress(`warming up: ${workload}, ${WARM_UP_OPERATIONS} times`);
    for (const { target } of installations) {
      for (let operations = 0; operations < WARM_UP_OPERATIONS; ) {
        const order = { workloads: [workload], pace: { connections }, target } as const;
        operations += (await runLoad(stage, order, settings)).operations;
        signal.throwIfAborted();
      }
    }
  }
  progress(`warming up: a round of ${settings.seconds} s for each run`);
  await measureRound(stage, { ...settings, progress: () => {} });
}

/** A statement that finds nothing to change is fast and proves nothing: as many events as over HTTP show that it does the work. */
async function checkYardsticks(stage: Stage, { progress }: BenchSettings): Promise<void> {
  const { pgbench, recordings, database, yardstickMerchant, sqlTarget } = stage;
  progress('checking that pgbench and the routes with SQL do what the server does');
  const requireEvents = async (who: string, workload: Workload, run: () => Promise<void>) => {
    const before = await database.countEvents(yardstickMerchant);
    await run();
    const made = (await database.countEvents(yardstickMerchant)) - before;
    const expected = recordings[workload].events * TRIALS;
    if (made !== expected) throw new Error(`${who} made ${made} events instead of ${expected} for ${workload}`);
  };
  for (const workload of pgbench === null ? [] : WORKLOADS) {
    const { scripts } = recordings[workload];
    await requireEvents('pgbench', workload, async () => pgbench?.runTransactions(scripts, TRIALS));
  }
  const client = openClient(sqlTarget, 1);
  try {
    for (const workload of ONE_REQUEST) {
      await requireEvents('The route with SQL', workload, async () => {
        for (let turn = 0; turn < TRIALS; turn += 1) await client.operations[workload](turn);
      });
    }
  } finally {
    await client.close();
  }
}

interface RoundOfAll {
  readonly workloads: ReadonlyMap<Workload, Round>;
  readonly paced: ReadonlyMap<Pace, PacedRun>;
}

type PacedRun = Run & { readonly begunPerSecond: number };

type RoundSettings = BenchSettings & { readonly isFilledFirst?: boolean };

async function measureRound(stage: Stage, settings: RoundSettings): Promise<RoundOfAll> {
  const workloads = new Map<Workload, Round>();
  for (const workload of settings.only) {
    settings.progress(workload);
    workloads.set(workload, await measure(workload, stage, settings));
  }
  const paced = new Map<Pace, PacedRun>();
  const peak = workloads.get('lifecycle')?.load.perSecond;
  for (const name of settings.isPaced && peak !== undefined ? PACE_NAMES : []) {
    settings.progress(`${name} %`);
    const { workloads, share } = PACES[name];
    const begunPerSecond = (peak ?? 0) * share;
    const run = await measureRun(
      stage,
      stage.installation,
      { workloads, pace: { perSecond: begunPerSecond } },
      settings,
    );
    paced.set(name, { ...run, begunPerSecond });
  }
  return { workloads, paced };
}

async function measure(workload: Workload, stage: Stage, settings: RoundSettings): Promise<Round> {
  const { pgbench, recordings, emptyTarget, sqlTarget, installation, filled } = stage;
  const order: Traffic = { workloads: [workload], pace: { connections: settings.connections } };
  const runOn = (where: Installation) => measureRun(stage, where, order, settings);
  // In turn one goes first, so that what the first leaves behind is no part of the difference.
  const early = filled && settings.isFilledFirst ? await runOn(filled) : null;
  const run = await runOn(installation);
  const late = filled && early === null ? await runOn(filled) : null;

  const pgbenchPerSecond = pgbench && (await pgbench.perSecond(recordings[workload].scripts, settings.seconds));
  settings.signal.throwIfAborted();
  const hasEmptyRoute = isOneRequest(workload);
  const rateAt = async (target: Target) => (await runLoad(stage, { ...order, target }, settings)).perSecond;
  const emptyRoutePerSecond = hasEmptyRoute ? await rateAt(emptyTarget) : null;
  settings.signal.throwIfAborted();
  const sqlRoutePerSecond = hasEmptyRoute ? await rateAt(sqlTarget) : null;
  settings.signal.throwIfAborted();
  return { ...run, filled: early ?? late, pgbenchPerSecond, emptyRoutePerSecond, sqlRoutePerSecond };
}

type Traffic = Pick<LoadOrder, 'workloads' | 'pace'>;

async function measureRun(
  stage: Stage,
  { server, target }: Installation,
  traffic: Traffic,
  settings: BenchSettings,
): Promise<Run> {
  const { database } = stage;
  // Reading it begins it anew.
  await readEventLoopDelay(target.apiUrl);
  forgetPeakMemory(server.pid);
  const before = {
    serverCpu: cpuMsOfFamily(server.pid),
    databaseCpu: database.cpuMs(),
    wal: await database.walBytes(),
  };
  const load = await runLoad(stage, { ...traffic, target }, settings);
  const run = {
    load,
    serverCpuMs: cpuMsOfFamily(server.pid) - before.serverCpu,
    databaseCpuMs: database.cpuMs() - before.databaseCpu,
    walBytes: (await database.walBytes()) - before.wal,
    serverMemoryBytes: peakMemoryBytesOf(server.pid),
    eventLoopDelayMs: await readEventLoopDelay(target.apiUrl),
  };
  settings.signal.throwIfAborted();
  return run;
}

async function runLoad(
  { generator }: Stage,
  order: Omit<LoadOrder, 'seconds'>,
  { seconds }: BenchSettings,
): Promise<Load> {
  const answer = await generator.ask<LoadAnswer>({ ...order, seconds }, { workMs: seconds * 1_000 });
  if ('fault' in answer) throw new Error(`The load generator failed: ${answer.fault}`);
  return answer.load;
}

async function profileOne(stage: Stage, settings: BenchSettings): Promise<NonNullable<BenchResult['profiled']>> {
  const workload = settings.only.includes('lifecycle') ? 'lifecycle' : (settings.only[0] ?? 'lifecycle');
  settings.progress(`profiling ${workload}`);
  const { server, target } = stage.installation;
  const order = (profile: ProfileOrder['profile']) =>
    server.ask<{ profile?: Profiler.Profile; fault?: string }>({ profile } satisfies ProfileOrder);
  await order('begin');
  const pace = { connections: settings.connections };
  await runLoad(stage, { workloads: [workload], pace, target }, settings);
  const { profile, fault } = await order('end');
  if (profile === undefined) throw new Error(`The server was not profiled: ${fault}`);
  return { workload, profile };
}

function resultOf(
  rounds: readonly RoundOfAll[],
  stage: Stage,
  { only, rows }: BenchSettings,
): Pick<BenchResult, 'workloads' | 'paced' | 'filled'> {
  const workloads: Partial<Record<Workload, Figures>> = {};
  const onFilled: Partial<Record<Workload, FilledFigures>> = {};
  for (const workload of only) {
    const found = rounds.flatMap((round) => round.workloads.get(workload) ?? []);
    workloads[workload] = figuresOf(found, stage.recordings[workload].roundTrips);
    const figures = filledFiguresOf(found);
    if (figures !== null) onFilled[workload] = figures;
  }
  const paced: Partial<Record<Pace, PacedFigures>> = {};
  for (const name of PACE_NAMES) {
    const runs = rounds.flatMap((round) => round.paced.get(name) ?? []);
    if (runs.length > 0) paced[name] = pacedFiguresOf(runs);
  }
  const databaseMb = (stage.filled?.databaseBytes ?? 0) / 1e6;
  return { workloads, paced, filled: rows === null ? null : { rows, databaseMb, workloads: onFilled } };
}
