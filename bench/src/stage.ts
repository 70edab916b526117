import { once } from 'node:events';
import { constants, mkdtemp, rm, statfs } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Uuid } from '@onfile/core';
import { createPayjpDialect } from '@onfile/dialects';
import {
  createIds,
  createLog,
  createMerchant,
  issueApiClient,
  issueApiKey,
  openStorage,
  readConfig,
  type StartedParts,
  startServer,
  systemClock,
} from '@onfile/server';
import type { BenchSettings } from './bench.js';
import { type BenchDatabase, startBenchDatabase } from './bench-database.js';
import { OwnProcess } from './child-process.js';
import type { EmptyRoutes, RouteWork } from './empty-route-process.js';
import { fillDatabase } from './fill-database.js';
import { isAccessible } from './is-accessible.js';
import { createPgbench, findPgbench, HOW_TO_GET_PGBENCH, type Pgbench } from './pgbench.js';
import { renderBar } from './progress-bar.js';
import { type Recording, recordWorkloads } from './record.js';
import { startSimulatorProcess } from './simulator-process.js';
import { type Account, logInToToast, openClient, type Target, type ToastSet, type Workload } from './workloads.js';

/** Everything that is running while we measure. */
export interface Stage {
  readonly database: BenchDatabase;
  readonly recordings: Readonly<Record<Workload, Recording>>;
  readonly installation: Installation;
  /** The same on a database that holds setups already; `null` where none was asked for. */
  readonly filled: FilledInstallation | null;
  readonly generator: OwnProcess;
  /** The empty routes, asked as if they were Onfile. */
  readonly emptyTarget: Target;
  /** The same routes, which ask PostgreSQL before each answer. */
  readonly sqlTarget: Target;
  readonly pgbench: Pgbench | null;
  /** In whose name pgbench works: its rows are not between those of the server that is measured. */
  readonly yardstickMerchant: Uuid;
}

/** A server with a database of its own, and as whom it is asked. */
export interface Installation {
  readonly server: OwnProcess;
  readonly target: Target;
}

export interface FilledInstallation extends Installation {
  /** What its database takes on the disk, indexes included. */
  readonly databaseBytes: number;
}

/** Setup flows that there are before anything is measured, for the reads; of each merchant at least one. */
const FLOWS = 64;

export async function setUp(parts: StartedParts, settings: BenchSettings): Promise<Stage> {
  const { progress, connections, rows, merchants, workers } = settings;
  if (rows !== null) await requireRoom(rows);
  const directory = await mkdtemp(join(tmpdir(), 'onfile-bench-'));
  parts.add(() => rm(directory, { recursive: true, force: true }));
  progress('starting PostgreSQL and the simulator');
  const database = await startBenchDatabase();
  parts.add(() => database.stop());
  const simulatorDirectory = await mkdtemp(join(await elsewhere(), 'onfile-bench-simulator-'));
  parts.add(() => rm(simulatorDirectory, { recursive: true, force: true }));
  const simulator = await startSimulatorProcess(simulatorDirectory);
  parts.add(() => simulator.stop());
  const environmentOf = async (databaseUrl: string, name: string): Promise<Environment> => ({
    // Several processes cannot tell us which one they got.
    ONFILE_PORT: workers === 1 ? '0' : String(await freePort()),
    ONFILE_WORKERS: String(workers),
    ONFILE_DATA_DIR: join(directory, name),
    DATABASE_URL: databaseUrl,
    ONFILE_SIMULATOR_URL: simulator.url,
    ONFILE_LOG_LEVEL: 'warn',
    // One merchant confirms more in a second than anybody may in an hour, and asks more than Toast's callers may.
    ONFILE_TEST_MODE_LIMIT_FACTOR: '0',
    ONFILE_RATE_LIMITS: 'off',
  });
  const environment = await environmentOf(database.url, 'onfile');
  const [yardstick] = (await addMerchants(environment, ['Yardstick'])) as readonly [Merchant];

  progress('recording what each workload asks of the database');
  const recordings = await recordInThisProcess(environment, { merchant: yardstick, database });

  progress(`starting Onfile with ${merchants} ${merchants === 1 ? 'merchant' : 'merchants'}`);
  const installation = await install(parts, environment, merchants);
  const withFlows = { ...installation, target: await makeFlows(installation.target) };
  const filled = rows === null ? null : await installFilled(parts, { environmentOf, database }, settings);

  const emptyRoute = new OwnProcess('empty-route-process');
  parts.add(() => emptyRoute.stop());
  const { url, sqlUrl } = await emptyRoute.ask<{ url: string; sqlUrl: string }>({
    connection: database.connection,
    routes: { create: workOf(recordings.create), read: workOf(recordings.read), list: workOf(recordings.list) },
  } satisfies EmptyRoutes);
  const generator = new OwnProcess('load-process');
  parts.add(() => generator.stop());

  const path = await findPgbench();
  if (path === null) progress(HOW_TO_GET_PGBENCH);
  return {
    database,
    recordings,
    installation: withFlows,
    filled,
    generator,
    emptyTarget: { ...withFlows.target, apiUrl: url },
    sqlTarget: { ...withFlows.target, apiUrl: sqlUrl },
    pgbench: path === null ? null : createPgbench(path, { database, directory, clients: connections }),
    yardstickMerchant: yardstick.merchantId,
  };
}

/** A processor has a disk of its own: its ledger is in memory where there is such a folder, and waits for no disk of ours. */
async function elsewhere(): Promise<string> {
  return (await isAccessible(MEMORY, constants.W_OK)) ? MEMORY : tmpdir();
}

const MEMORY = '/dev/shm';

function workOf({ sent, madeIds, answer }: Recording): RouteWork {
  if (sent.some(({ length }) => length !== 1)) throw new Error('A create, a read and a list send one statement each');
  return { answer, statements: sent.flat(), madeIds: [...madeIds] };
}

type Environment = Readonly<Record<string, string>>;

async function install(
  parts: StartedParts,
  environment: Environment,
  count: number,
): Promise<Installation & { merchantId: Uuid }> {
  const merchants = await addMerchants(
    environment,
    Array.from({ length: count }, () => 'Measured'),
  );
  const server = new OwnProcess('server-process', { environment });
  parts.add(() => server.stop());
  const target = await targetOf(await server.ask<Addresses>(), merchants);
  // A merchant's first confirmation makes its keys, and no later one does.
  await usingClient(target, async ({ operations }) => {
    for (let turn = 0; turn < count; turn += 1) await operations.lifecycle(turn);
  });
  return { server, target, merchantId: (merchants[0] as Merchant).merchantId };
}

async function installFilled(
  parts: StartedParts,
  {
    environmentOf,
    database,
  }: { environmentOf: (url: string, name: string) => Promise<Environment>; database: BenchDatabase },
  { rows, progress, showBar, signal }: BenchSettings,
): Promise<FilledInstallation> {
  const copies = rows ?? 0;
  const { url, connection } = await database.createAnother('filled');
  const { server, target, merchantId } = await install(parts, await environmentOf(url, 'onfile-filled'), 1);
  const title = `storing ${copies.toLocaleString('en')} setups`;
  progress(title);
  const { intentIds, databaseBytes } = await fillDatabase(connection, {
    ...{ merchantId, copies, signal },
    progress: (done) => showBar(renderBar(title, done / copies)),
  });
  const { setupFlow } = createPayjpDialect({ apiUrl: () => '' }).ids;
  const flowIds = intentIds.map((id) => setupFlow.render(id));
  const accounts = target.accounts.map((account) => ({ ...account, flowIds }));
  return { server, target: { ...target, accounts }, databaseBytes };
}

/** What a setup takes on the disk with its indexes, and a quarter more for the log and for what is measured afterwards. */
const ROOM_BYTES = 12_000;

async function requireRoom(copies: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const [needed, free] = [copies * ROOM_BYTES, bavail * bsize].map((bytes) => `${(bytes / 1e9).toFixed(0)} GB`);
  if (copies * ROOM_BYTES > bavail * bsize)
    throw new Error(`--rows needs ${needed} below ${tmpdir()}, which has ${free}`);
}

interface Addresses {
  readonly apiUrl: string;
  readonly vaultUrl: string;
}

interface Merchant {
  readonly merchantId: Uuid;
  readonly secretKey: string;
  readonly publicKey: string;
  readonly toastClients: Readonly<Record<ToastSet, { readonly clientId: string; readonly clientSecret: string }>>;
}

async function addMerchants(environment: Environment, names: readonly string[]): Promise<readonly Merchant[]> {
  const opened = await openStorage(readConfig(environment, process.cwd()), silentLog());
  const ports = { storage: opened.storage, clock: systemClock, ids: createIds(systemClock) };
  try {
    const merchants: Merchant[] = [];
    for (const name of names) merchants.push(await addMerchant(ports, name));
    return merchants;
  } finally {
    await opened.close();
  }
}

type MerchantPorts = Parameters<typeof createMerchant>[0] &
  Parameters<typeof issueApiClient>[0] &
  Parameters<typeof issueApiKey>[0];

async function addMerchant(ports: MerchantPorts, name: string): Promise<Merchant> {
  const { id: merchantId } = await createMerchant(ports, name);
  const asked = (kind: 'secret' | 'public') => ({ merchantId, mode: 'test', kind, name: null }) as const;
  return {
    merchantId,
    secretKey: (await issueApiKey(ports, asked('secret'))).text,
    publicKey: (await issueApiKey(ports, asked('public'))).text,
    toastClients: {
      payment: await issueApiClient(ports, asked('secret')),
      iframe: await issueApiClient(ports, asked('public')),
    },
  };
}

async function targetOf({ apiUrl, vaultUrl }: Addresses, merchants: readonly Merchant[]): Promise<Target> {
  const accounts: Account[] = [];
  for (const { secretKey, publicKey, toastClients } of merchants) {
    const toastTokens = {
      payment: await logInToToast(apiUrl, toastClients.payment),
      iframe: await logInToToast(apiUrl, toastClients.iframe),
    };
    accounts.push({ secretKey, publicKey, toastTokens, flowIds: [] });
  }
  return { apiUrl, vaultUrl, accounts };
}

/** The API's, with one above it for the vault: nobody else opens ports here meanwhile. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function recordInThisProcess(
  environment: Environment,
  { merchant, database }: { merchant: Merchant; database: BenchDatabase },
): Promise<Readonly<Record<Workload, Recording>>> {
  const alone = { ...environment, ONFILE_PORT: '0', ONFILE_WORKERS: '1' };
  const server = await startServer(readConfig(alone, process.cwd()), { log: silentLog() });
  try {
    const target = await makeFlows(await targetOf(server, [merchant]));
    const { merchantId } = merchant;
    return await usingClient(target, (client) => recordWorkloads(client, { database, merchantId }));
  } finally {
    await server.stop('recorded');
  }
}

function makeFlows(target: Target): Promise<Target> {
  return usingClient(target, async ({ operations }) => {
    const count = target.accounts.length;
    const flowIds = target.accounts.map((): string[] => []);
    for (let turn = 0; turn < Math.max(FLOWS, count); turn += 1) {
      flowIds[turn % count]?.push((JSON.parse(await operations.create(turn)) as { id: string }).id);
    }
    return { ...target, accounts: target.accounts.map((account, at) => ({ ...account, flowIds: flowIds[at] ?? [] })) };
  });
}

async function usingClient<Answer>(
  target: Target,
  use: (client: ReturnType<typeof openClient>) => Promise<Answer>,
): Promise<Answer> {
  const client = openClient(target, 1);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

function silentLog() {
  return createLog({ level: 'error', format: 'json', writeLine: (line) => process.stderr.write(line) });
}
