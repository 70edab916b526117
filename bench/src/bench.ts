import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Uuid } from '@onfile/core';
import {
  createIds,
  createLog,
  createMerchant,
  issueApiKey,
  openStorage,
  readConfig,
  type StartedParts,
  startInOrder,
  startServer,
  systemClock,
} from '@onfile/server';
import { type BenchDatabase, startBenchDatabase } from './bench-database.js';
import { OwnProcess } from './child-process.js';
import { type Figures, figuresOf, type Round } from './figures.js';
import type { Load, LoadAnswer, LoadOrder } from './load-process.js';
import { createPgbench, findPgbench, HOW_TO_GET_PGBENCH, type Pgbench } from './pgbench.js';
import { cpuMsOf, residentBytesOf } from './process-cost.js';
import { type Recording, recordWorkloads } from './record.js';
import { startSimulatorProcess } from './simulator-process.js';
import { openClient, type Target, WORKLOADS, type Workload } from './workloads.js';

export interface BenchSettings {
  /** How long each measured run is. */
  readonly seconds: number;
  /** Rounds; each measures every workload and its yardsticks once. */
  readonly rounds: number;
  /** Operations under way at any time; pgbench has as many clients. */
  readonly connections: number;
  /** What is measured; everything is recorded and checked all the same. */
  readonly only: readonly Workload[];
  /** Where the server's CPU profile is written when it ends; `null` for none, which costs nothing. */
  readonly profileDirectory: string | null;
  readonly progress: (sentence: string) => void;
  /** Ends the bench; everything that it started is stopped all the same. */
  readonly signal: AbortSignal;
}

export interface BenchResult {
  readonly workloads: Readonly<Partial<Record<Workload, Figures>>>;
  readonly postgres: string;
}

/** Setup flows that there are before anything is measured, for the reads. */
const FLOWS = 64;
const TRIAL_TRANSACTIONS = 5;

/** Measures every workload, and in turn with it what the same work costs without Onfile. */
export async function runBench(settings: BenchSettings): Promise<BenchResult> {
  const { parts, stage } = await startInOrder(async (parts) => ({ parts, stage: await setUp(parts, settings) }));
  try {
    await checkPgbench(stage, settings);
    settings.progress(`warming up, ${settings.seconds} s for each workload`);
    for (const workload of settings.only) await measure(workload, stage, settings);

    const rounds: Record<Workload, Round[]> = { create: [], read: [], list: [], lifecycle: [] };
    for (let round = 1; round <= settings.rounds; round += 1) {
      for (const workload of settings.only) {
        settings.progress(`round ${round} of ${settings.rounds}: ${workload}`);
        rounds[workload].push(await measure(workload, stage, settings));
      }
    }
    const figures = settings.only.map((name) => [name, figuresOf(rounds[name], stage.recordings[name].roundTrips)]);
    return {
      workloads: Object.fromEntries(figures) as Partial<Record<Workload, Figures>>,
      postgres: await stage.database.version(),
    };
  } finally {
    settings.progress('stopping');
    await parts.stopAll();
  }
}

/** Everything that is running while we measure. */
interface Stage {
  readonly database: BenchDatabase;
  readonly recordings: Readonly<Record<Workload, Recording>>;
  readonly server: OwnProcess;
  readonly generator: OwnProcess;
  readonly target: Target;
  /** The empty routes, asked as if they were Onfile. */
  readonly emptyTarget: Target;
  readonly pgbench: Pgbench | null;
  /** In whose name pgbench works: its rows are not between those of the server that is measured. */
  readonly yardstickMerchant: Uuid;
}

async function setUp(parts: StartedParts, { connections, profileDirectory, progress }: BenchSettings): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'onfile-bench-'));
  parts.add(() => rm(directory, { recursive: true, force: true }));
  progress('starting PostgreSQL and the simulator');
  const database = await startBenchDatabase();
  parts.add(() => database.stop());
  const simulatorDirectory = join(directory, 'simulator');
  await mkdir(simulatorDirectory);
  const simulator = await startSimulatorProcess(simulatorDirectory);
  parts.add(() => simulator.stop());
  const environment = {
    ONFILE_PORT: '0',
    ONFILE_DATA_DIR: join(directory, 'onfile'),
    DATABASE_URL: database.url,
    ONFILE_SIMULATOR_URL: simulator.url,
    ONFILE_LOG_LEVEL: 'warn',
    // One merchant confirms more in a second than anybody may in an hour.
    ONFILE_TEST_MODE_LIMIT_FACTOR: '0',
  };
  const [measured, yardstick] = await addMerchants(environment);

  progress('recording what each workload asks of the database');
  const recordings = await recordInThisProcess(environment, { merchant: yardstick, database });

  const server = new OwnProcess('server-process', {
    environment,
    nodeFlags: profileDirectory === null ? [] : ['--cpu-prof', '--cpu-prof-dir', profileDirectory],
  });
  parts.add(() => server.stop());
  const addresses = await server.ask<{ apiUrl: string; vaultUrl: string }>();
  const target = await withFlows({ ...addresses, ...measured, flowIds: [] });

  const emptyRoute = new OwnProcess('empty-route-process');
  parts.add(() => emptyRoute.stop());
  const answers = { read: recordings.read.answer, list: recordings.list.answer };
  const { url } = await emptyRoute.ask<{ url: string }>({ answers });
  const generator = new OwnProcess('load-process');
  parts.add(() => generator.stop());

  const path = await findPgbench();
  if (path === null) progress(HOW_TO_GET_PGBENCH);
  return {
    database,
    recordings,
    server,
    generator,
    target,
    emptyTarget: { ...target, apiUrl: url },
    pgbench: path === null ? null : createPgbench(path, { database, directory, clients: connections }),
    yardstickMerchant: yardstick.merchantId,
  };
}

interface Merchant {
  readonly merchantId: Uuid;
  readonly secretKey: string;
  readonly publicKey: string;
}

async function addMerchants(environment: Readonly<Record<string, string>>): Promise<[Merchant, Merchant]> {
  const opened = await openStorage(readConfig(environment, process.cwd()), silentLog());
  const ports = { storage: opened.storage, clock: systemClock, ids: createIds(systemClock) };
  const add = async (name: string): Promise<Merchant> => {
    const { id: merchantId } = await createMerchant(ports, name);
    const issue = (kind: 'secret' | 'public') => issueApiKey(ports, { merchantId, mode: 'test', kind, name: null });
    return { merchantId, secretKey: (await issue('secret')).text, publicKey: (await issue('public')).text };
  };
  try {
    return [await add('Measured'), await add('Yardstick')];
  } finally {
    await opened.close();
  }
}

async function recordInThisProcess(
  environment: Readonly<Record<string, string>>,
  { merchant, database }: { merchant: Merchant; database: BenchDatabase },
): Promise<Readonly<Record<Workload, Recording>>> {
  const server = await startServer(readConfig(environment, process.cwd()), { log: silentLog() });
  try {
    const target = await withFlows({ apiUrl: server.apiUrl, vaultUrl: server.vaultUrl, ...merchant, flowIds: [] });
    const client = openClient(target, 1);
    try {
      return await recordWorkloads(client, { database, merchantId: merchant.merchantId });
    } finally {
      await client.close();
    }
  } finally {
    await server.stop('recorded');
  }
}

async function withFlows(target: Target): Promise<Target> {
  const client = openClient(target, 1);
  const flowIds: string[] = [];
  try {
    while (flowIds.length < FLOWS) flowIds.push(((await client.operations.create(0)) as { id: string }).id);
  } finally {
    await client.close();
  }
  return { ...target, flowIds };
}

/** A script that finds nothing to change is fast and proves nothing: as many events as over HTTP show that it does the work. */
async function checkPgbench({ pgbench, recordings, database, yardstickMerchant }: Stage, { progress }: BenchSettings) {
  if (pgbench === null) return;
  progress('checking that pgbench does what the server does');
  for (const workload of WORKLOADS) {
    const { scripts, events } = recordings[workload];
    const before = await database.countEvents(yardstickMerchant);
    await pgbench.runTransactions(scripts, TRIAL_TRANSACTIONS);
    const made = (await database.countEvents(yardstickMerchant)) - before;
    if (made !== events * TRIAL_TRANSACTIONS) {
      throw new Error(`pgbench's ${workload} made ${made} events instead of ${events * TRIAL_TRANSACTIONS}`);
    }
  }
}

async function measure(workload: Workload, stage: Stage, settings: BenchSettings): Promise<Round> {
  const { database, server, pgbench, recordings, target, emptyTarget } = stage;
  const before = { serverCpu: cpuMsOf(server.pid), databaseCpu: database.cpuMs(), wal: await database.walBytes() };
  const load = await runLoad(stage, { workload, target }, settings);
  const cost = {
    serverCpuMs: cpuMsOf(server.pid) - before.serverCpu,
    databaseCpuMs: database.cpuMs() - before.databaseCpu,
    walBytes: (await database.walBytes()) - before.wal,
    serverMemoryBytes: residentBytesOf(server.pid),
  };
  settings.signal.throwIfAborted();
  const pgbenchPerSecond = pgbench && (await pgbench.perSecond(recordings[workload].scripts, settings.seconds));
  settings.signal.throwIfAborted();
  const hasEmptyRoute = workload === 'read' || workload === 'list';
  const empty = hasEmptyRoute ? await runLoad(stage, { workload, target: emptyTarget }, settings) : null;
  settings.signal.throwIfAborted();
  return { load, ...cost, pgbenchPerSecond, emptyRoutePerSecond: empty?.perSecond ?? null };
}

async function runLoad(
  { generator }: Stage,
  order: Pick<LoadOrder, 'workload' | 'target'>,
  { seconds, connections }: BenchSettings,
): Promise<Load> {
  const answer = await generator.ask<LoadAnswer>({ ...order, seconds, connections });
  if ('fault' in answer) throw new Error(`The load generator failed: ${answer.fault}`);
  return answer.load;
}

function silentLog() {
  return createLog({ level: 'error', format: 'json', writeLine: (line) => process.stderr.write(line) });
}
