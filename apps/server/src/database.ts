import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatabaseAddress, EmbeddedPostgresFault, migrate, startEmbeddedPostgres } from '@onfile/storage';
import type { Config } from './config.js';
import type { Log } from './log.js';

/** A PostgreSQL that can be connected to: a server of the operator's, or the embedded one, started by us. */
export interface OpenDatabase {
  readonly address: DatabaseAddress;
  /** Resolves with a sentence when the embedded server ends by itself. */
  readonly broken: Promise<string>;
  close(): Promise<void>;
}

export type DatabaseSettings = Pick<Config, 'databaseUrl' | 'dataDirectory'>;

/** Starts the embedded server unless `DATABASE_URL` names one. Does not touch its tables. */
export async function openDatabase(config: DatabaseSettings, log: Log): Promise<OpenDatabase> {
  if (config.databaseUrl !== null) return operatorsServer(config.databaseUrl);

  const startedAt = performance.now();
  const directory = join(config.dataDirectory, 'postgres');
  log.write('database.starting', { kind: 'embedded', directory });
  const server = await startEmbeddedPostgres({
    dataDir: directory,
    log: (event) => {
      if (event.event === 'server_log') log.write('database.server_log', { line: event.line });
      else log.write('database.supervised', { ...event, step: event.event });
    },
  });
  const address = { connection: server.connection };
  const durationMs = Math.round(performance.now() - startedAt);
  log.write('database.ready', { kind: 'embedded', durationMs });
  const addressFile = join(config.dataDirectory, ADDRESS_FILE);
  await writeFile(addressFile, JSON.stringify(address), { mode: 0o600 });
  return {
    address,
    broken: server.exited.then(() => 'the embedded database ended'),
    async close() {
      await rm(addressFile, { force: true });
      await server.stop();
    },
  };
}

/**
 * For commands that run beside a server: the database as {@link openDatabase} gives it, or, when another process of ours
 * has the embedded one, that one.
 */
export async function joinDatabase(config: DatabaseSettings, log: Log): Promise<OpenDatabase> {
  try {
    return await openDatabase(config, log);
  } catch (fault) {
    const running = await readAddress(config.dataDirectory);
    const isInUse = fault instanceof EmbeddedPostgresFault && fault.code === 'data_directory_in_use';
    if (!isInUse || running === null) throw fault;
    return { address: running, broken: NEVER, close: async () => undefined };
  }
}

/** Brings the tables up to this release; answers what was applied. */
export async function migrateTables(address: DatabaseAddress, log: Log): Promise<readonly string[]> {
  const { applied } = await migrate(address, {
    log: ({ name, durationMs }) => log.write('database.migrated', { name, durationMs }),
  });
  return applied;
}

/** Where the running embedded server is: a file for our own user, and no secret, since its socket takes nobody else. */
const ADDRESS_FILE = 'database.json';
const NEVER = new Promise<string>(() => undefined);

function operatorsServer(url: string): OpenDatabase {
  return { address: { connectionString: url }, broken: NEVER, close: async () => undefined };
}

async function readAddress(dataDirectory: string): Promise<DatabaseAddress | null> {
  try {
    return JSON.parse(await readFile(join(dataDirectory, ADDRESS_FILE), 'utf8')) as DatabaseAddress;
  } catch {
    return null;
  }
}
