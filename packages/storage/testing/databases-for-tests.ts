import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DatabaseAddress } from '../src/database.js';
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

/** The servers that storage is tested on: the embedded one, and the one of `DATABASE_URL` when that is set. */
export const SERVERS: readonly { readonly name: string; start(): Promise<DatabasesForTests> }[] = [
  { name: 'the embedded PostgreSQL', start: startEmbedded },
  ...(process.env.DATABASE_URL
    ? [{ name: 'the PostgreSQL of DATABASE_URL', start: () => databasesOn(urlAddress(process.env.DATABASE_URL ?? '')) }]
    : []),
];

export async function startEmbedded(): Promise<DatabasesForTests> {
  const server = await startServerForTests();
  return databasesOn({ connection: server.connection }, () => server.stop());
}

function urlAddress(connectionString: string): DatabaseAddress {
  return { connectionString };
}

function databaseOn(server: DatabaseAddress, database: string): DatabaseAddress {
  if ('connection' in server) return { connection: { ...server.connection, database } };
  const url = new URL(server.connectionString);
  url.pathname = `/${database}`;
  return urlAddress(url.href);
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
