import pg from 'pg';
import type { DatabaseAddress } from './database.js';
import { sqlStateOf, toStorageFault } from './faults.js';
import { SchemaFault } from './migrate.js';

export interface Distributed {
  /** Tables that were placed now, in that order; those that were already are not among them. */
  readonly placed: readonly string[];
}

/**
 * Makes the tables of a migrated database Citus tables: each merchant's rows of all tables together on one node. Doing it again
 * places what came since. Rows that are there move along, and while a table's move nobody can write to it.
 *
 * Throws a {@link SchemaFault} where the database has no Citus, or a table that cannot be placed; a `StorageFault` when it does not
 * answer.
 */
export async function distributeByCitus(database: DatabaseAddress): Promise<Distributed> {
  const client = new pg.Client({
    ...('connectionString' in database ? database : database.connection),
    application_name: 'onfile migrate',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await requireCitus(client);
    return { placed: await placeAll(client) };
  } catch (error) {
    throw error instanceof SchemaFault ? error : toStorageFault(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Tables that belong to no merchant. `reference`: Citus keeps a copy on each node; `local`: it stays where it is, on the node
 * that we are connected to.
 */
export const TABLES_OF_NO_MERCHANT: Readonly<
  Record<string, { readonly place: 'reference' | 'local'; readonly reason: string }>
> = {
  operator_keys: { place: 'reference', reason: 'a few keys of the installation, that every node may look up' },
  schema_migrations: { place: 'local', reason: 'which migrations were applied; only migrating reads it' },
};

/** Merchants have one row each here, and whatever else is theirs lies beside it. */
const FIRST_TABLE = 'merchants';

async function requireCitus(client: pg.Client): Promise<void> {
  if ((await client.query(HAS_CITUS)).rows[0]?.has_citus) return;
  throw new SchemaFault(
    'citus_missing',
    'The database has no Citus, so its tables cannot be distributed, and were left where they are. ' +
      'Run CREATE EXTENSION citus in it as a superuser, on a server whose shared_preload_libraries hold citus; ' +
      'or leave --distribute away: on a single PostgreSQL it gains nothing.',
  );
}

/** Answers one row, `has_citus`. */
export const HAS_CITUS = `
  SELECT EXISTS (SELECT FROM pg_proc WHERE proname = 'create_distributed_table')
    AND to_regclass('citus_tables') IS NOT NULL AS has_citus`;

interface Table {
  readonly name: string;
  readonly isOfMerchant: boolean;
  /** How Citus keeps it; `null` for a table of this node only. */
  readonly kept: string | null;
  readonly keptBy: string | null;
}

async function placeAll(client: pg.Client): Promise<readonly string[]> {
  const tables = await readTables(client);
  for (const table of tables) refuseUnknown(table);
  const placed: string[] = [];
  for (const { name, isOfMerchant, kept } of tables) {
    const statement = isOfMerchant ? distribution(name) : REFERENCE;
    const isWanted = isOfMerchant || TABLES_OF_NO_MERCHANT[name]?.place === 'reference';
    if (!isWanted || kept !== null) continue;
    await place(client, { name, statement });
    placed.push(name);
  }
  return placed;
}

async function readTables(client: pg.Client): Promise<readonly Table[]> {
  const { rows } = await client.query(TABLES, [FIRST_TABLE]);
  return rows.map(({ name, is_of_merchant, kept, kept_by }) => ({
    ...{ name, isOfMerchant: is_of_merchant, kept, keptBy: kept_by },
  }));
}

// The merchants come first, for the others are placed beside them.
const TABLES = `
  SELECT c.relname AS name, t.citus_table_type AS kept, t.distribution_column AS kept_by, EXISTS (
    SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'merchant_id' AND NOT a.attisdropped
  ) AS is_of_merchant
  FROM pg_class AS c
  LEFT JOIN citus_tables AS t ON t.table_name = c.oid
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
  ORDER BY c.relname <> $1, c.relname`;

function refuseUnknown({ name, isOfMerchant, kept, keptBy }: Table): void {
  const isKnown = isOfMerchant || name in TABLES_OF_NO_MERCHANT;
  const isElsewhere = kept === 'distributed' && keptBy !== 'merchant_id';
  if (isKnown && !isElsewhere) return;
  throw new SchemaFault(
    'table_not_placeable',
    isElsewhere
      ? `The table ${name} is distributed by ${keptBy}, and Onfile needs it by merchant_id. Nothing was changed; ` +
          'undistribute it (undistribute_table), then start again.'
      : `The table ${name} has no merchant_id and is none of Onfile's, so where it belongs is not known. Nothing was changed; ` +
          'give Onfile a schema of its own, then start again.',
  );
}

function distribution(table: string): string {
  const beside = table === FIRST_TABLE ? 'none' : FIRST_TABLE;
  return `SELECT create_distributed_table($1::regclass, 'merchant_id', colocate_with => '${beside}')`;
}

const REFERENCE = 'SELECT create_reference_table($1::regclass)';

async function place(
  client: pg.Client,
  { name, statement }: { readonly name: string; readonly statement: string },
): Promise<void> {
  try {
    await client.query(statement, [name]);
  } catch (error) {
    const code = sqlStateOf(error);
    if (code === null) throw error;
    throw new SchemaFault(
      'table_not_placeable',
      `Citus did not take the table ${name} (SQLSTATE ${code}). Those before it are placed; look into the server's log, ` +
        'mend what it says there, then start again: it goes on with this table.',
      { cause: toStorageFault(error) },
    );
  }
}
