import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Uuid } from '@onfile/core';
import {
  createIds,
  createLog,
  createMerchant,
  issueApiKey,
  openStorage,
  readConfig,
  systemClock,
} from '@onfile/server';
import { type Simulator, startSimulator } from '@onfile/simulator';
import type { ClientConfig } from 'pg';
import { startServerForTests } from '../../packages/storage/testing/embedded-for-tests.js';
import { freePorts } from '../dev-process.js';
import { databaseUrl } from '../running-server.js';
import { type Books, contradictions, readBooks, unfinished } from './books.js';

const ROOT = resolve(import.meta.dirname, '../..');
const ALTERED = resolve(import.meta.dirname, 'altered/alter.mjs');
const START_MS_MAX = 60_000;

/** A database, a processor and a merchant, for as many server processes as a test starts. */
export interface Installation {
  readonly database: ClientConfig;
  readonly merchantId: Uuid;
  readonly secretKey: string;
  readonly directory: string;
  /** What every server process is started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts the built server in a process of its own; its adapters can be held and altered, see `altered/alter.mjs`. */
  startServer(environment?: Readonly<Record<string, string>>): Promise<ServerProcess>;
  books(): Promise<Books>;
  /** The books once nothing waits for an answer any more, or once it has taken longer than that. */
  settledBooks(timeoutMs: number): Promise<Books>;
  readonly simulatorUrl: string;
  readonly ledgerFile: string;
  stop(): Promise<void>;
}

export interface InstallationOptions {
  /** Where servers find the database; the database itself unless given. */
  readonly through?: (database: ClientConfig) => Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Milliseconds since 1970, for the processor. */
  readonly now?: () => number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Instead of the processor in this process. */
  readonly simulator?: { readonly url: string; readonly ledgerFile: string };
  /** Instead of a PostgreSQL of its own. */
  readonly postgres?: { readonly connection: ClientConfig };
}

export interface ServerProcess {
  readonly apiUrl: string;
  readonly vaultUrl: string;
  readonly pid: number;
  readonly hasEnded: boolean;
  output(): string;
  /** From now on the next operation that comes to this point stays there; `reached` resolves when one has. */
  arm(point: string): Promise<{ readonly reached: Promise<void> }>;
  /** What is held goes on. */
  release(): Promise<void>;
  /** From now on its clock is ahead of the system's by this much. */
  skew(ms: number): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

/** What a server is killed and held with all the same: no limits, since a test's many confirmations look like an attack. */
const ENVIRONMENT = { ONFILE_TEST_MODE_LIMIT_FACTOR: '0', ONFILE_RATE_LIMITS: 'off', ONFILE_LOG_LEVEL: 'warn' };

export async function startInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), 'onfile-installation-'));
  const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const servers = new Set<ServerProcess>();
  const stop = async () => {
    await Promise.all([...servers].map((server) => server.kill()));
    for (let end = undo.pop(); end !== undefined; end = undo.pop()) await end();
  };
  try {
    const postgres = options.postgres ?? (await startOwnPostgres(undo));
    const simulator = options.simulator ?? (await startOwnSimulator(directory, options, undo));
    const through = await options.through?.(postgres.connection);
    if (through) undo.push(() => through.close());
    const direct = databaseUrl(postgres.connection as Parameters<typeof databaseUrl>[0]);
    const environment = {
      ONFILE_DATA_DIR: directory,
      ONFILE_SIMULATOR_URL: simulator.url,
      ...ENVIRONMENT,
      ...options.environment,
      DATABASE_URL: through?.url ?? direct,
    };
    const merchant = await makeMerchant({ ...environment, DATABASE_URL: direct }, directory);
    const books = () => readBooks(postgres.connection, simulator.ledgerFile);
    return {
      database: postgres.connection,
      directory,
      environment,
      ...merchant,
      simulatorUrl: simulator.url,
      ledgerFile: simulator.ledgerFile,
      async startServer(more = {}) {
        const server = await startServerProcess({ ...environment, ...more });
        servers.add(server);
        return server;
      },
      books,
      settledBooks: (timeoutMs) => settled(books, timeoutMs),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function settled(books: () => Promise<Books>, timeoutMs: number): Promise<Books> {
  for (const end = Date.now() + timeoutMs; ; ) {
    const found = await books().catch(() => null);
    const isSettled = found !== null && unfinished(found) === 0;
    if (isSettled || Date.now() > end) return found ?? books();
    await delay(250);
  }
}

async function startOwnPostgres(undo: (() => Promise<unknown>)[]) {
  const postgres = await startServerForTests();
  undo.push(() => postgres.stop());
  return postgres;
}

async function startOwnSimulator(
  directory: string,
  { now }: InstallationOptions,
  undo: (() => Promise<unknown>)[],
): Promise<Simulator> {
  const simulator = await startSimulator({ dataDir: join(directory, 'simulator'), ...(now && { now }) });
  undo.push(() => simulator.close());
  return simulator;
}

async function makeMerchant(environment: Record<string, string>, directory: string) {
  const config = readConfig({ ...environment, ONFILE_PORT: '0' }, directory);
  const quiet = createLog({ level: 'error', format: 'json', writeLine: () => undefined });
  const { storage, close } = await openStorage(config, quiet);
  try {
    const ports = { storage, clock: systemClock, ids: createIds(systemClock) };
    const { id: merchantId } = await createMerchant(ports, 'Shop');
    const { text } = await issueApiKey(ports, { merchantId, mode: 'test', kind: 'secret', name: null });
    return { merchantId, secretKey: text };
  } finally {
    await close();
  }
}

async function startServerProcess(environment: Record<string, string>): Promise<ServerProcess> {
  const port = Number(environment.ONFILE_PORT ?? (await freePorts()));
  const child = spawn(process.execPath, ['--import', ALTERED, join(ROOT, 'apps/cli/dist/main.js'), 'serve'], {
    cwd: ROOT,
    env: { ...process.env, ...environment, ONFILE_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => output.push(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const gone = once(child, 'exit');
  const apiUrl = `http://127.0.0.1:${port}`;
  const tell = telling(child);
  await answering(`${apiUrl}/readyz`, child, () => output.join(''));
  return {
    apiUrl,
    vaultUrl: environment.ONFILE_ROLE === 'api' ? '' : `http://127.0.0.1:${port + 1}`,
    pid: child.pid as number,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    output: () => output.join(''),
    async arm(point) {
      const reached = new Promise<void>((resolve) => {
        child.on('message', (message: { reached?: string }) => message.reached === point && resolve());
      });
      await tell({ arm: point });
      return { reached };
    },
    release: () => tell({ release: true }),
    skew: (skewMs) => tell({ skewMs }),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = await gone;
      return code as number | null;
    },
  };
}

/** Says something to a process, and waits until it has heard it. */
function telling(child: ChildProcess): (message: object) => Promise<void> {
  let last = 0;
  const waiting = new Map<number, () => void>();
  child.on('message', ({ done }: { done?: number }) => waiting.get(done ?? -1)?.());
  child.on('error', () => undefined);
  child.once('exit', () => {
    for (const answer of waiting.values()) answer();
  });
  return (message) =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      if (child.connected) child.send({ ...message, id: last });
      else resolve();
    });
}

async function answering(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (const end = Date.now() + START_MS_MAX; Date.now() < end; ) {
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    if (child.exitCode !== null) break;
    await delay(50);
  }
  child.kill('SIGKILL');
  throw new Error(`A server did not start:\n${output()}`);
}

/** Fails with everything that does not fit together. */
export function expectAgreement(books: Books): void {
  const found = contradictions(books);
  if (found.length === 0) return;
  throw new Error(`The books do not agree (${found.length}):\n${found.slice(0, 40).join('\n')}`);
}
