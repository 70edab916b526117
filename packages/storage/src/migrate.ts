import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { DatabaseAddress } from './database.js';
import { sqlStateOf, toStorageFault } from './faults.js';

export type MigrationEvent = {
  readonly event: 'migration_applied';
  readonly name: string;
  readonly durationMs: number;
};

export interface MigrateOptions {
  readonly log: (event: MigrationEvent) => void;
  /** Where the numbered files are; the package's own when not given. */
  readonly directory?: string;
}

export interface Migrated {
  /** Names of the migrations that were applied now, in order; mostly none. */
  readonly applied: readonly string[];
}

export type SchemaFaultCode =
  /** The database was migrated by a newer release. */
  | 'schema_newer'
  /** A migration that was applied has another text now. */
  | 'migration_changed'
  /** A migration could not be applied, and nothing of it was. */
  | 'migration_failed'
  /** Tables are to be distributed, and the database has no Citus. */
  | 'citus_missing'
  /** A table is none of ours, is distributed in another way, or was refused by Citus. */
  | 'table_not_placeable';

/** The database's tables do not fit this release; the message says what the operator can do. */
export class SchemaFault extends Error {
  override readonly name = 'SchemaFault';

  constructor(
    readonly code: SchemaFaultCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Brings the database's tables to what this release needs: each missing migration in a transaction of its own. Any number
 * of processes may do it at once; one works and the others wait. When nothing is missing it is one query.
 *
 * Throws a {@link SchemaFault} for tables that do not fit, and a `StorageFault` when the database does not answer.
 */
export async function migrate(database: DatabaseAddress, options: MigrateOptions): Promise<Migrated> {
  const migrations = await readMigrations(options.directory ?? OWN_MIGRATIONS);
  const client = new pg.Client({
    ...('connectionString' in database ? database : database.connection),
    application_name: 'onfile migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return { applied: await applyMissing(client, migrations, options) };
  } catch (error) {
    throw error instanceof SchemaFault ? error : toStorageFault(error);
  } finally {
    await client.end().catch(() => {});
  }
}

const OWN_MIGRATIONS = fileURLToPath(new URL('../migrations/', import.meta.url));
const CONNECT_TIMEOUT_MS = 5_000;
/** How long to wait for another process that migrates, or for statements that still use a table. */
const LOCK_TIMEOUT_MS = 120_000;
/** Any number that nobody else locks in the same database. */
const LOCK_KEY = 4_242_001;

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly digest: string;
}

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly digest: string;
}

/** Line ends do not count: the same file is checked out in both ways. */
async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const files = (await readdir(directory)).filter((file) => /^\d{4}-.+\.sql$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const sql = (await readFile(`${directory}/${file}`, 'utf8')).replaceAll('\r\n', '\n');
      const digest = createHash('sha256').update(sql).digest('hex');
      return { number: Number.parseInt(file, 10), name: file.slice(0, -'.sql'.length), sql, digest };
    }),
  );
}

async function applyMissing(
  client: pg.Client,
  migrations: readonly Migration[],
  { log }: MigrateOptions,
): Promise<readonly string[]> {
  if (firstMissing(migrations, await readApplied(client)) === null) return [];

  const applied: string[] = [];
  // Each turn applies one, so there are at most as many as there are migrations, and one that finds nothing left.
  for (let turn = 0; turn <= migrations.length; turn += 1) {
    const startedAt = performance.now();
    const migration = await applyNext(client, migrations);
    if (migration === null) break;
    applied.push(migration.name);
    log({ event: 'migration_applied', name: migration.name, durationMs: Math.round(performance.now() - startedAt) });
  }
  return applied;
}

/** Applies the first migration that is missing, and answers it. What is missing is read anew under the lock. */
async function applyNext(client: pg.Client, migrations: readonly Migration[]): Promise<Migration | null> {
  await client.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; SELECT pg_advisory_xact_lock(${LOCK_KEY})`);
  try {
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
      number integer PRIMARY KEY,
      name text NOT NULL,
      digest text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`);
    const missing = firstMissing(migrations, await readApplied(client));
    if (missing) await apply(client, missing);
    await client.query('COMMIT');
    return missing;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function apply(client: pg.Client, { number, name, sql, digest }: Migration): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    const code = sqlStateOf(error);
    if (code === null) throw error;
    const line = lineOf(sql, (error as { position?: unknown }).position);
    throw new SchemaFault(
      'migration_failed',
      `Migration ${name} failed with SQLSTATE ${code}${line}; nothing of it was applied. ` +
        'Check that the database is PostgreSQL 15 or newer and that its user may create tables in it, then start again.',
      { cause: toStorageFault(error) },
    );
  }
  await client.query('INSERT INTO schema_migrations (number, name, digest) VALUES ($1, $2, $3)', [
    number,
    name,
    digest,
  ]);
}

function lineOf(sql: string, position: unknown): string {
  return typeof position === 'string' ? ` at line ${sql.slice(0, Number(position)).split('\n').length}` : '';
}

async function readApplied(client: pg.Client): Promise<readonly AppliedMigration[]> {
  try {
    const { rows } = await client.query<AppliedMigration>(
      'SELECT number, name, digest FROM schema_migrations ORDER BY number',
    );
    return rows;
  } catch (error) {
    if (sqlStateOf(error) === UNDEFINED_TABLE) return [];
    throw error;
  }
}

const UNDEFINED_TABLE = '42P01';

/** The first migration that the database lacks, or `null`. Throws where the database's past is not ours. */
function firstMissing(migrations: readonly Migration[], applied: readonly AppliedMigration[]): Migration | null {
  for (const past of applied) {
    const known = migrations.find(({ number }) => number === past.number);
    if (known === undefined) throw newerSchema(past, migrations);
    if (known.digest !== past.digest) throw changedMigration(past);
  }
  return migrations.find(({ number }) => !applied.some((past) => past.number === number)) ?? null;
}

function newerSchema({ name }: AppliedMigration, migrations: readonly Migration[]): SchemaFault {
  return new SchemaFault(
    'schema_newer',
    `The database has migration ${name}, and this release knows them up to ${migrations.at(-1)?.name ?? 'none'}. ` +
      'Start the release that applied it, or a newer one; to go back, restore a backup from before that migration.',
  );
}

function changedMigration({ name }: AppliedMigration): SchemaFault {
  return new SchemaFault(
    'migration_changed',
    `Migration ${name} was applied to the database with another text than this release has. ` +
      'Migrations never change once released: restore the file, and put the change into a new migration.',
  );
}
