import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createIds,
  createLog,
  createMerchant,
  issueApiKey,
  openStorage,
  readConfig,
  type StartedParts,
  startInOrder,
  systemClock,
} from '@onfile/server';
import { Pool } from 'undici';
import { type BenchDatabase, startBenchDatabase } from './bench-database.js';
import { OwnProcess } from './child-process.js';
import { atEvenPace } from './even-pace.js';
import { cpuMsOfFamily, peakMemoryBytesOf } from './process-cost.js';
import { alignRows } from './render-table.js';
import { medianOf, quantile } from './statistics.js';
import type { Arrivals, Behaviour, OpenedReceivers, ReceiversOrder } from './webhook-receivers-process.js';

export interface WebhooksSettings {
  /** For how long events are made at an even pace. */
  readonly seconds: number;
  /** Events made in a second of that time; each goes to every endpoint. */
  readonly rate: number;
  readonly rounds: number;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Medians over all rounds, of what arrived at endpoints that accept; memory is the most of all rounds. */
export interface WebhookFigures {
  readonly endpoints: number;
  readonly failing: number;
  /** First POSTs a second while a backlog is worked off. */
  readonly perSecond: number;
  /** From an event's moment, right before its commit, to its POST, at an even pace. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** CPU of Onfile's process, and of all of PostgreSQL's, for one delivery of the backlog. */
  readonly serverCpuMs: number;
  readonly databaseCpuMs: number;
  readonly serverMemoryMb: number;
}

const ENDPOINTS = 20;
const FAILING = [0, 5, 10] as const;
const WAYS_TO_FAIL: readonly Behaviour[] = ['refuses', 'hangs', 'answers 500'];
const WARM_UP_EVENTS = 40;
const BACKLOG_DELIVERIES = 6_000;
const BACKLOG_CONNECTIONS = 16;
/** What has not arrived by then counts as lost, and ends the bench. */
const PATIENCE_MS = 300_000;
const LOOK_EVERY_MS = 50;

export async function benchWebhooks(settings: WebhooksSettings): Promise<readonly WebhookFigures[]> {
  const rounds = new Map<number, Round[]>(FAILING.map((failing) => [failing, []]));
  for (let round = 1; round <= settings.rounds; round += 1) {
    for (const failing of FAILING) {
      settings.progress(`round ${round} of ${settings.rounds}: ${ENDPOINTS} endpoints, ${failing} of them failing`);
      rounds.get(failing)?.push(await measure(failing, settings));
      settings.signal.throwIfAborted();
    }
  }
  return [...rounds].map(([failing, found]) => ({
    endpoints: ENDPOINTS,
    failing,
    perSecond: medianOf(found, ({ perSecond }) => perSecond),
    p50Ms: medianOf(found, ({ delaysMs }) => quantile(delaysMs, 0.5)),
    p99Ms: medianOf(found, ({ delaysMs }) => quantile(delaysMs, 0.99)),
    mostMs: medianOf(found, ({ delaysMs }) => quantile(delaysMs, 1)),
    serverCpuMs: medianOf(found, (each) => each.serverCpuMs),
    databaseCpuMs: medianOf(found, (each) => each.databaseCpuMs),
    serverMemoryMb: Math.max(...found.map(({ serverMemoryBytes }) => serverMemoryBytes)) / 1e6,
  }));
}

export function renderWebhooks(figures: readonly WebhookFigures[]): string {
  return alignRows([
    ['20 endpoints', 'deliveries/s', 'p50 ms', 'p99 ms', 'most ms', 'server CPU ms', 'database CPU ms', 'server MB'],
    ...figures.map(({ failing, perSecond, p50Ms, p99Ms, mostMs, serverCpuMs, databaseCpuMs, serverMemoryMb }) => [
      failing === 0 ? 'none fails' : `${failing} fail`,
      ...[perSecond, p50Ms, p99Ms, mostMs].map((figure) => figure.toFixed(0)),
      ...[serverCpuMs, databaseCpuMs].map((figure) => figure.toFixed(2)),
      serverMemoryMb.toFixed(0),
    ]),
  ]);
}

interface Round {
  readonly delaysMs: readonly number[];
  readonly perSecond: number;
  readonly serverCpuMs: number;
  readonly databaseCpuMs: number;
  readonly serverMemoryBytes: number;
}

/** Everything is started anew: an endpoint that failed a while ago is still tried. */
async function measure(failing: number, settings: WebhooksSettings): Promise<Round> {
  const { parts, stage } = await startInOrder(async (parts) => ({ parts, stage: await setUp(parts) }));
  try {
    const healthy = ENDPOINTS - failing;
    await stage.open(Array.from({ length: healthy }, () => 'accepts' as const));
    await stage.makeAtOnce(WARM_UP_EVENTS);
    await takeArrivals(stage, WARM_UP_EVENTS * healthy, settings);

    // From here on, so that the time until they are known to fail is measured too.
    await stage.open(Array.from({ length: failing }, (_, place) => WAYS_TO_FAIL[place % 3] ?? 'refuses'));
    const paced = await makeEvenly(stage, settings);
    const { delaysMs } = await takeArrivals(stage, paced * healthy, settings);

    const before = { at: Date.now(), serverCpu: cpuMsOfFamily(stage.server.pid), databaseCpu: stage.database.cpuMs() };
    const backlog = Math.ceil(BACKLOG_DELIVERIES / healthy);
    await stage.makeAtOnce(backlog);
    const deliveries = backlog * healthy;
    const { lastAt } = await takeArrivals(stage, deliveries, settings);
    return {
      delaysMs,
      perSecond: deliveries / ((lastAt - before.at) / 1_000),
      serverCpuMs: (cpuMsOfFamily(stage.server.pid) - before.serverCpu) / deliveries,
      databaseCpuMs: (stage.database.cpuMs() - before.databaseCpu) / deliveries,
      serverMemoryBytes: peakMemoryBytesOf(stage.server.pid),
    };
  } finally {
    await parts.stopAll();
  }
}

interface Stage {
  readonly database: BenchDatabase;
  readonly server: OwnProcess;
  readonly receivers: OwnProcess;
  /** Endpoints at the receivers, registered with the server. */
  open(behaviours: readonly Behaviour[]): Promise<void>;
  makeEvent(): Promise<void>;
  makeAtOnce(count: number): Promise<void>;
}

async function setUp(parts: StartedParts): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'onfile-bench-'));
  parts.add(() => rm(directory, { recursive: true, force: true }));
  const database = await startBenchDatabase();
  parts.add(() => database.stop());
  const environment = {
    ONFILE_PORT: '0',
    ONFILE_DATA_DIR: join(directory, 'onfile'),
    DATABASE_URL: database.url,
    ONFILE_LOG_LEVEL: 'error',
  };
  const secretKey = await addMerchant(environment);
  const receivers = new OwnProcess('webhook-receivers-process');
  parts.add(() => receivers.stop());
  const server = new OwnProcess('server-process', { environment });
  parts.add(() => server.stop());
  const { apiUrl } = await server.ask<{ apiUrl: string }>();
  const api = new Pool(apiUrl, { connections: BACKLOG_CONNECTIONS });
  parts.add(() => api.close());

  const makeEvent = () => post(api, { path: '/v2/customers', secretKey, body: {} });
  return {
    database,
    server,
    receivers,
    makeEvent,
    async open(behaviours) {
      const { urls } = await receivers.ask<OpenedReceivers>({ open: behaviours } satisfies ReceiversOrder);
      for (const url of urls) await post(api, { path: '/operator/v1/webhook_endpoints', secretKey, body: { url } });
    },
    async makeAtOnce(count) {
      let made = 0;
      const one = async () => {
        for (; made < count; await makeEvent()) made += 1;
      };
      await Promise.all(Array.from({ length: BACKLOG_CONNECTIONS }, one));
    },
  };
}

async function addMerchant(environment: Readonly<Record<string, string>>): Promise<string> {
  const log = createLog({ level: 'error', format: 'json', writeLine: (line) => process.stderr.write(line) });
  const { storage, close } = await openStorage(readConfig(environment, process.cwd()), log);
  try {
    const ports = { storage, clock: systemClock, ids: createIds(systemClock) };
    const { id: merchantId } = await createMerchant(ports, 'Measured');
    return (await issueApiKey(ports, { merchantId, mode: 'test', kind: 'secret', name: null })).text;
  } finally {
    await close();
  }
}

interface Posted {
  readonly path: string;
  readonly secretKey: string;
  readonly body: object;
}

async function post(api: Pool, { path, secretKey, body }: Posted): Promise<void> {
  const response = await api.request({
    ...{ method: 'POST', path, body: JSON.stringify(body) },
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
  });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`${path} was answered ${response.statusCode}: ${text.slice(0, 500)}`);
}

async function makeEvenly(stage: Stage, { seconds, rate }: WebhooksSettings): Promise<number> {
  const count = seconds * rate;
  await atEvenPace({ count, perSecond: rate }, () => stage.makeEvent());
  return count;
}

async function takeArrivals(stage: Stage, count: number, { signal }: WebhooksSettings): Promise<Arrivals> {
  const look = (take: boolean) => stage.receivers.ask<Arrivals>({ take } satisfies ReceiversOrder);
  const endsAt = performance.now() + PATIENCE_MS;
  for (let arrived = 0; arrived < count; { arrived } = await look(false)) {
    if (performance.now() > endsAt) throw new Error(`Of ${count} deliveries ${arrived} arrived`);
    await delay(LOOK_EVERY_MS, null, { signal });
  }
  return look(true);
}
