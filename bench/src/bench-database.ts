import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@onfile/storage';
import pg from 'pg';
import { cpuMsOfFamily } from './process-cost.js';

/** The PostgreSQL that everything is measured on: the embedded one, as durable as it always is. */
export interface BenchDatabase {
  readonly connection: EmbeddedPostgres['connection'];
  readonly url: string;
  /** CPU of all of its processes so far, in milliseconds. */
  cpuMs(): number;
  /** Bytes of write-ahead log so far. */
  walBytes(): Promise<number>;
  /** The types of a statement's parameters, as PostgreSQL finds them. */
  parameterTypes(text: string): Promise<readonly string[]>;
  countEvents(merchantId: string): Promise<number>;
  version(): Promise<string>;
  /** A second database on the same server. */
  createAnother(name: string): Promise<{ readonly url: string; readonly connection: pg.ClientConfig }>;
  stop(): Promise<void>;
}

/** Its data is in a folder of its own, for as root the server runs as another user, who has to get there. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'onfile-bench-database-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  const server = await startEmbeddedPostgres({ dataDir: directory, fallbackDir: directory, log: () => {} }).catch(
    async (fault) => {
      await remove();
      throw fault;
    },
  );
  const { connection } = server;
  const { host, port, user, database } = connection;
  const client = new pg.Client({ ...connection, ssl: false });
  client.on('error', () => {});
  await client.connect();
  const one = async (text: string, values: readonly unknown[] = []) => {
    const { rows } = await client.query<{ answer: unknown }>(text, [...values]);
    return rows[0]?.answer;
  };
  const urlOf = (name: string) => `postgres://${user}@/${name}?${new URLSearchParams({ host, port: String(port) })}`;
  return {
    connection,
    url: urlOf(database),
    cpuMs: () => cpuMsOfFamily(server.pid),
    walBytes: async () => Number(await one("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS answer")),
    async parameterTypes(text) {
      await client.query(`PREPARE asked AS ${text}`);
      try {
        return (await one(
          "SELECT parameter_types::text[] AS answer FROM pg_prepared_statements WHERE name = 'asked'",
        )) as string[];
      } finally {
        await client.query('DEALLOCATE asked');
      }
    },
    countEvents: async (merchantId) =>
      Number(await one('SELECT count(*) AS answer FROM events WHERE merchant_id = $1', [merchantId])),
    version: async () => String(await one("SELECT current_setting('server_version') AS answer")),
    async createAnother(name) {
      await client.query(`CREATE DATABASE ${name}`);
      return { url: urlOf(name), connection: { ...connection, database: name, ssl: false } };
    },
    async stop() {
      await client.end();
      await server.stop().finally(remove);
    },
  };
}
