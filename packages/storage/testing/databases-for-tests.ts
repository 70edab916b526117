import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DatabaseAddress } from '../src/database.js';
import { distributeByCitus, HAS_CITUS } from '../src/distribute.js';
import { migrate } from '../src/migrate.js';
import { startServerForTests } from './embedded-for-tests.js';

/** A server on which tests make databases of their own. */
export interface DatabasesForTests {
  /** Where the server is, and which database of it nobody needs. */
  readonly server: DatabaseAddress;
  /** A new database that has all tables. */
  create(): Promise<DatabaseAddress>;
  /** A new database that has none. */
  createEmpty(): Promise<DatabaseAddress>;
  /** Runs SQL as nobody but tests may: past the storage port. */
  query(
    database: DatabaseAddress,
    text: string,
    values?: readonly unknown[],
  ): Promise<readonly Record<string, unknown>[]>;
  /** Drops the databases; stops the server if it is ours. */
  stop(): Promise<void>;
}

export interface ServerForStorage {
  readonly name: string;
  /** Whether its tables are distributed over nodes: then only what is meant for that is tested there. */
  readonly isDistributed: boolean;
  start(): Promise<DatabasesForTests>;
}

/** The servers that storage is tested on: the embedded one, and the one of `DATABASE_URL` when that is set. */
export const SERVERS: readonly ServerForStorage[] = [
  { name: 'the embedded PostgreSQL', isDistributed: false, start: startEmbedded },
  ...(process.env.DATABASE_URL ? [await serverOf(process.env.DATABASE_URL)] : []),
];

/** Those that have all that a single PostgreSQL has. Says so where another is left out. */
export function singleServers(what: string): readonly ServerForStorage[] {
  for (const { name } of SERVERS.filter(({ isDistributed }) => isDistributed)) {
    console.info(`${what} is left out on ${name}: it is about a single PostgreSQL.`);
  }
  return SERVERS.filter(({ isDistributed }) => !isDistributed);
}

async function serverOf(connectionString: string): Promise<ServerForStorage> {
  const address = { connectionString };
  const [found] = await query(address, HAS_CITUS);
  return found?.has_citus
    ? { name: 'the Citus cluster of DATABASE_URL', isDistributed: true, start: async () => schemasOn(connectionString) }
    : { name: 'the PostgreSQL of DATABASE_URL', isDistributed: false, start: () => databasesOn(address) };
}

export async function startEmbedded(): Promise<DatabasesForTests> {
  const server = await startServerForTests();
  return databasesOn({ connection: server.connection }, () => server.stop());
}

function databaseOn(server: DatabaseAddress, database: string): DatabaseAddress {
  if ('connection' in server) return { connection: { ...server.connection, database } };
  const url = new URL(server.connectionString);
  url.pathname = `/${database}`;
  return { connectionString: url.href };
}

async function databasesOn(server: DatabaseAddress, stopServer = async () => {}): Promise<DatabasesForTests> {
  const prefix = `onfile_test_${randomBytes(6).toString('hex')}`;
  const template = `${prefix}_template`;
  const names: string[] = [];
  const run = (text: string) => query(server, text);
  const make = async (source: string, name = `${prefix}_${names.length}`) => {
    names.push(name);
    await run(`CREATE DATABASE ${name} TEMPLATE ${source}`);
    return databaseOn(server, name);
  };
  await migrate(await make('template0', template), { log: () => {} });
  return {
    server,
    create: () => make(template),
    createEmpty: () => make('template0'),
    query,
    async stop() {
      for (const name of names) await run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await stopServer();
    },
  };
}

/** A cluster's nodes do not share databases that somebody makes, so every test gets a schema of its own in the one that is there. */
function schemasOn(connectionString: string): DatabasesForTests {
  const prefix = `onfile_test_${randomBytes(6).toString('hex')}`;
  const server = { connectionString };
  const names: string[] = [];
  const make = async () => {
    const name = `${prefix}_${names.length}`;
    names.push(name);
    await query(server, `CREATE SCHEMA ${name}`);
    const url = new URL(connectionString);
    url.searchParams.set('options', `-c search_path=${name},public`);
    return { connectionString: url.href };
  };
  return {
    server,
    async create() {
      const database = await make();
      await migrate(database, { log: () => {} });
      await distributeByCitus(database);
      return database;
    },
    createEmpty: make,
    query,
    async stop() {
      for (const name of names) await query(server, `DROP SCHEMA ${name} CASCADE`);
    },
  };
}

async function query(database: DatabaseAddress, text: string, values: readonly unknown[] = []) {
  const client = new pg.Client('connection' in database ? database.connection : database);
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(text, [...values]);
    return result.rows;
  } finally {
    await client.end();
  }
}
