import type { Uuid } from '@onfile/core';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BenchDatabase, startBenchDatabase } from './bench-database.js';
import { type Filled, fillDatabase } from './fill-database.js';

const MERCHANT = '01890000-0000-7000-8000-00000000000a' as Uuid;
const ANOTHER = '01890000-0000-7000-8000-00000000000b';
const INTENT = '01890000-0000-7000-8000-0000000000b1';
const METHOD = '01890000-0000-7000-8000-0000000000b2';
const COPIES = 12_000;
const DAY_MS = 86_400_000;

let database: BenchDatabase;
let client: pg.Client;
let filled: Filled;
const progress: number[] = [];

beforeAll(async () => {
  database = await startBenchDatabase();
  const connection = { ...database.connection, ssl: false };
  client = new pg.Client(connection);
  await client.connect();
  await client.query(TABLES);
  await client.query(ROWS);
  filled = await fillDatabase(connection, {
    merchantId: MERCHANT,
    copies: COPIES,
    progress: (done) => progress.push(done),
    signal: new AbortController().signal,
  });
});
afterAll(async () => {
  await client?.end();
  await database?.stop();
});

test('every row of the setup is there once more for each copy, and no other row is', async () => {
  expect(await one('SELECT count(*)::int AS n FROM setup_intents WHERE merchant_id = $1', [MERCHANT])).toBe(COPIES + 1);
  expect(await one('SELECT count(*)::int AS n FROM events')).toBe(2 * (COPIES + 1));
  expect(await one('SELECT count(*)::int AS n FROM setup_intents WHERE merchant_id = $1', [ANOTHER])).toBe(1);
  expect(await one('SELECT count(*)::int AS n FROM merchants')).toBe(1);
  expect(await one('SELECT count(*)::int AS n FROM idempotency_records')).toBe(1);
  expect(await one('SELECT count(*)::int AS n FROM counters')).toBe(1);
  expect(progress).toEqual([10_000, COPIES]);
});

test('what belongs together in the setup belongs together in each copy, in columns and within JSON', async () => {
  const matching = `SELECT count(DISTINCT i.id)::int AS n FROM setup_intents AS i JOIN events AS e
    ON e.object_id = i.id AND e.data ->> 'method' = i.method_id::text AND e.note = 'of ' || i.id
    WHERE i.merchant_id = $1 AND i.tags = '{a,"b c"}' AND i.sealed = '\\x00ff' AND i.nothing IS NULL`;
  expect(await one(matching, [MERCHANT])).toBe(COPIES + 1);
});

test('copies are as old as their ids say, ascending, between a day and twenty days, and the spans within one are kept', async () => {
  const { rows } = await client.query(
    `SELECT id, created_at, extract(epoch FROM updated_at - created_at)::int AS span FROM setup_intents
     WHERE merchant_id = $1 AND id <> $2 ORDER BY id`,
    [MERCHANT, INTENT],
  );
  const moments = rows.map(({ created_at }) => created_at.getTime());
  expect(rows.map(({ id }) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16))).toEqual(moments);
  expect(moments).toEqual([...moments].sort((a, b) => a - b));
  expect(Date.now() - moments[0]).toBeLessThan(20.1 * DAY_MS);
  expect(Date.now() - moments.at(-1)).toBeGreaterThanOrEqual(DAY_MS);
  expect(new Set(rows.map(({ span }) => span))).toEqual(new Set([7]));
});

test('some intents from all over are told, and the size of the database', async () => {
  const { rows } = await client.query('SELECT id FROM setup_intents WHERE id = ANY ($1) AND merchant_id = $2', [
    filled.intentIds,
    MERCHANT,
  ]);
  expect(filled.intentIds.length).toBeGreaterThan(1_000);
  expect(rows).toHaveLength(filled.intentIds.length);
  expect(filled.databaseBytes).toBeGreaterThan(5e6);
});

async function one(text: string, values: readonly unknown[] = []): Promise<unknown> {
  const { rows } = await client.query<{ n: unknown }>(text, [...values]);
  return rows[0]?.n;
}

const TABLES = `
  CREATE TABLE merchants (merchant_id uuid PRIMARY KEY, created_at timestamptz);
  CREATE TABLE setup_intents (merchant_id uuid, id uuid, method_id uuid, nothing uuid, tags text[], sealed bytea,
    created_at timestamptz, updated_at timestamptz, PRIMARY KEY (merchant_id, id));
  CREATE TABLE events (merchant_id uuid, object_id uuid, sequence integer, data jsonb, note text, created_at timestamptz,
    written_by xid8 NOT NULL DEFAULT pg_current_xact_id(), PRIMARY KEY (merchant_id, object_id, sequence));
  CREATE TABLE idempotency_records (merchant_id uuid, key text, PRIMARY KEY (merchant_id, key));
  CREATE UNLOGGED TABLE counters (merchant_id uuid, subject text, PRIMARY KEY (merchant_id, subject));
  CREATE TABLE releases (version integer PRIMARY KEY);`;

const AT = "'2026-01-01T00:00:00.250Z'";
const ROWS = `
  INSERT INTO merchants VALUES ('${MERCHANT}', ${AT});
  INSERT INTO setup_intents
    SELECT m::uuid, '${INTENT}', '${METHOD}', NULL, '{a,"b c"}', '\\x00ff', ${AT}, ${AT}::timestamptz + interval '7 s'
    FROM unnest(ARRAY['${MERCHANT}', '${ANOTHER}']) AS m;
  INSERT INTO events
    SELECT '${MERCHANT}', '${INTENT}', n, '{"method": "${METHOD}"}', 'of ${INTENT}', ${AT} FROM generate_series(1, 2) AS n;
  INSERT INTO idempotency_records VALUES ('${MERCHANT}', 'key');
  INSERT INTO counters VALUES ('${MERCHANT}', 'subject');
  INSERT INTO releases VALUES (1);`;
