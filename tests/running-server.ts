import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Ids, Storage, Uuid, Webhooks } from '@onfile/core';
import {
  type AnsweredRoute,
  createLog,
  createMerchant,
  issueApiClient,
  issueApiKey,
  type RunningServer,
  readConfig,
  startServer,
} from '@onfile/server';
import { type Simulator, startSimulator } from '@onfile/simulator';
import { type ServerForTests, startServerForTests } from '../packages/storage/testing/embedded-for-tests.js';

/** The whole system, as `onfile dev` runs it but for the demo shop: real HTTP, real PostgreSQL, the real simulator. */
export interface RunningOnfile {
  readonly apiUrl: string;
  readonly vaultUrl: string;
  readonly simulatorUrl: string;
  readonly simulator: Simulator;
  readonly merchantId: Uuid;
  readonly secretKey: string;
  readonly publicKey: string;
  readonly clients: TestMerchant['clients'];
  readonly storage: Storage;
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Everything that the server answers. */
  readonly routes: readonly AnsweredRoute[];
  /** For statements of the test's own. */
  readonly database: ServerForTests['connection'];
  /** What was logged so far, a JSON object per line. */
  readonly logs: readonly string[];
  /** Another merchant, with keys of its own. */
  addMerchant(name: string): Promise<TestMerchant>;
  /** Ends PostgreSQL under the running server, for good. */
  stopDatabase(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestMerchant {
  readonly merchantId: Uuid;
  readonly secretKey: string;
  readonly publicKey: string;
  /** Credential sets for tokens: for the merchant's server, and for its pages. */
  readonly clients: { readonly payment: ClientCredentials; readonly iframe: ClientCredentials };
}

export interface ClientCredentials {
  readonly id: Uuid;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface OnfileOptions {
  /** The system's unless given; jobs run by the wall clock all the same. */
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Settings as the environment gives them. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Starts Onfile on free ports of the loopback, on a database of its own in a server that is thrown away with it. `stop`
 * leaves nothing behind.
 */
export async function startOnfile(options: OnfileOptions = {}): Promise<RunningOnfile> {
  const directory = await mkdtemp(join(tmpdir(), 'onfile-system-'));
  const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (let end = undo.pop(); end !== undefined; end = undo.pop()) await end();
  };
  try {
    const postgres = await startServerForTests();
    undo.push(() => postgres.stop());
    const simulator = await startSimulator({ dataDir: join(directory, 'simulator'), port: 0 });
    undo.push(() => simulator.close());

    const logs: string[] = [];
    const config = readConfig(
      {
        ONFILE_PORT: '0',
        ONFILE_DATA_DIR: join(directory, 'data'),
        DATABASE_URL: databaseUrl(postgres.connection),
        ONFILE_SIMULATOR_URL: simulator.url,
        ONFILE_LOG_LEVEL: 'debug',
        ...options.environment,
      },
      directory,
    );
    const server = await startServer(config, {
      log: createLog({ level: config.logLevel, format: 'json', writeLine: (line) => logs.push(line) }),
      ...(options.clock === undefined ? {} : { clock: options.clock }),
      ...(options.ids === undefined ? {} : { ids: options.ids }),
    });
    undo.push(() => server.stop('test'));
    const addMerchant = (name: string) => makeTestMerchant(server, name);
    return {
      ...(await addMerchant('Test shop')),
      apiUrl: server.apiUrl,
      vaultUrl: server.vaultUrl,
      simulatorUrl: simulator.url,
      simulator,
      storage: server.storage,
      webhooks: server.webhooks,
      clock: server.clock,
      ids: server.ids,
      routes: server.routes,
      database: postgres.connection,
      logs,
      addMerchant,
      stopDatabase: () => postgres.stop(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeTestMerchant(server: RunningServer, name: string): Promise<TestMerchant> {
  const { id: merchantId } = await createMerchant(server, name);
  const issue = (kind: 'secret' | 'public') => issueApiKey(server, { merchantId, mode: 'test', kind, name: null });
  const client = (kind: 'secret' | 'public') => issueApiClient(server, { merchantId, mode: 'test', kind, name: null });
  return {
    merchantId,
    secretKey: (await issue('secret')).text,
    publicKey: (await issue('public')).text,
    clients: { payment: await client('secret'), iframe: await client('public') },
  };
}

/** Of a server that listens on a Unix socket. */
export function databaseUrl({ host, port, user, database }: ServerForTests['connection']): string {
  return `postgres://${user}@/${database}?${new URLSearchParams({ host, port: String(port) })}`;
}
