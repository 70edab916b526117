import type { Uuid } from '@onfile/core';
import pg from 'pg';

/** What each column of a row becomes in a copy of it. */
interface Column {
  readonly name: string;
  readonly type: string;
}

export interface Filling {
  /** Whose one setup is copied, with all that belongs to it. */
  readonly merchantId: Uuid;
  readonly copies: number;
  readonly progress: (done: number) => void;
  readonly signal: AbortSignal;
}

export interface Filled {
  /** Of some setup intents, from the first to the last. */
  readonly intentIds: readonly Uuid[];
  readonly databaseBytes: number;
}

/** Belong to the merchant, or are gone a day after the setup. */
const NOT_OF_A_SETUP = ['merchants', 'api_keys', 'api_clients', 'merchant_keys', 'idempotency_records'];
const BATCH = 10_000;
const DAY_MS = 86_400_000;
/** The youngest is a day old, and the oldest not yet thirty: jobs find nothing to do about any of them. */
const SPREAD_MS = 19 * DAY_MS;
const SAMPLE = 1_024;

/**
 * Stores copies of the merchant's one setup: all of its permanent rows in every table, each copy with ids and moments of its own,
 * ascending and evenly over the last weeks, as if they had been made one after another. The sealed cards are copies too, and open
 * for nobody.
 */
export async function fillDatabase(
  connection: pg.ClientConfig,
  { merchantId, copies, progress, signal }: Filling,
): Promise<Filled> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  try {
    // What is lost in a crash of this run is of no use to anybody.
    await client.query('SET synchronous_commit = off');
    const rows = await loadTemplate(client, merchantId);
    const ids = idsOf(rows);
    const stepMs = Math.max(1, Math.floor(SPREAD_MS / copies));
    const times = [Date.now() - DAY_MS - copies * stepMs, stepMs];
    for (let done = 0; done < copies; ) {
      const upTo = Math.min(done + BATCH, copies);
      for (const row of rows) await client.query(renderCopies(row, ids), [done + 1, upTo, ...times, row.json]);
      done = upTo;
      progress(done);
      signal.throwIfAborted();
    }
    await client.query('VACUUM (ANALYZE)');
    await client.query('CHECKPOINT');
    const { rows: sizes } = await client.query('SELECT pg_database_size(current_database()) AS bytes');
    const intentIds = await sampleIds(client, { merchantId, copies });
    return { intentIds, databaseBytes: Number(sizes[0]?.bytes) };
  } finally {
    await client.end();
  }
}

interface TemplateRow {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly json: string;
}

/**
 * A statement that stores copies `$1` to `$2` of a row, which it takes as JSON in `$5`; copy n is of the moment `$3` + n * `$4`, in
 * milliseconds. The ids are replaced wherever they stand, and every instant is moved by as much.
 */
function renderCopies({ table, columns, json }: TemplateRow, ids: readonly string[]): string {
  const values = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const moment = '($3::bigint + n * $4::bigint)';
  const copied = columns.map(({ name, type }) => {
    const held = ids.filter((id) => JSON.stringify(values[name] ?? null).includes(id));
    if (type === 'uuid' && held[0] !== undefined) return renderId(ids.indexOf(held[0]), moment);
    if (type === 'timestamp with time zone') {
      return `row.${name} + (${moment} - floor(extract(epoch FROM row.created_moment) * 1000)) * interval '1 ms'`;
    }
    if (type !== 'text' && type !== 'jsonb') return `row.${name}`;
    const text = held.reduce(
      (inner, id) => `replace(${inner}, '${id}', ${renderId(ids.indexOf(id), moment)}::text)`,
      `row.${name}::text`,
    );
    return `${text}::${type}`;
  });
  const moments = columns.filter(({ type }) => type === 'timestamp with time zone').map(({ name }) => name);
  const earliest = moments.length === 0 ? 'NULL::timestamptz' : `least(${moments.join(', ')})`;
  return `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')})
    SELECT ${copied.join(', ')}
    FROM (SELECT *, ${earliest} AS created_moment FROM jsonb_populate_record(NULL::${table}, $5::jsonb)) AS row,
      generate_series($1::bigint, $2::bigint) AS n`;
}

/** A UUID of version 7, of that moment: ascending as ours are, and another one for each id of a copy. */
function renderId(number: number, moment: string): string {
  const place = number.toString(16).padStart(3, '0');
  return `(lpad(to_hex(${moment}), 12, '0') || '7${place}8' || lpad(to_hex(n), 15, '0'))::uuid`;
}

async function loadTemplate(client: pg.Client, merchantId: Uuid): Promise<readonly TemplateRow[]> {
  const { rows: tables } = await client.query<{ name: string; columns: readonly Column[] }>(TABLES, [NOT_OF_A_SETUP]);
  const template: TemplateRow[] = [];
  for (const { name, columns } of tables) {
    const { rows } = await client.query<{ json: string }>(
      `SELECT to_jsonb(t)::text AS json FROM ${name} AS t WHERE merchant_id = $1`,
      [merchantId],
    );
    template.push(...rows.map(({ json }) => ({ table: name, columns, json })));
  }
  return template;
}

// Unlogged tables hold what is counted for minutes. A column with the number of its transaction gets a new one by its default.
const TABLES = `
  SELECT c.relname AS name, jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL))) AS columns
  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'
    AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 'xid8'::regtype AND c.relname <> ALL ($1)
  GROUP BY c.oid, c.relname
  HAVING bool_or(a.attname = 'merchant_id')`;

/** Every id that a column of its own holds, but the merchant's. */
function idsOf(rows: readonly TemplateRow[]): readonly string[] {
  const held = rows.flatMap(({ columns, json }) => {
    const values = JSON.parse(json) as Readonly<Record<string, unknown>>;
    return columns
      .filter(({ name, type }) => type === 'uuid' && name !== 'merchant_id')
      .flatMap(({ name }) => (values[name] == null ? [] : [String(values[name])]));
  });
  return [...new Set(held)].sort();
}

/** Throws unless there are as many setups as there have to be. */
async function sampleIds(
  client: pg.Client,
  { merchantId, copies }: Pick<Filling, 'merchantId' | 'copies'>,
): Promise<readonly Uuid[]> {
  const { rows } = await client.query<{ id: Uuid; stored: string }>(
    `SELECT id, stored FROM (
       SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS stored
       FROM setup_intents WHERE merchant_id = $1
     ) AS numbered WHERE place % $2::bigint = 0`,
    [merchantId, Math.max(1, Math.floor(copies / SAMPLE))],
  );
  const stored = Number(rows[0]?.stored);
  if (stored !== copies + 1) throw new Error(`${stored} setups are stored instead of ${copies + 1}`);
  return rows.map(({ id }) => id);
}
