import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type DatabasesForTests, singleServers } from '../testing/databases-for-tests.js';
import type { DatabaseAddress } from './database.js';
import { TABLES_OF_NO_MERCHANT } from './distribute.js';
import { migrate } from './migrate.js';

const OWN = fileURLToPath(new URL('../migrations/', import.meta.url));

for (const { name, start } of singleServers('Migrating')) {
  describe(`Migrating on ${name}`, () => {
    let databases: DatabasesForTests;
    let database: DatabaseAddress;
    /** A copy of the migrations, to add to and to change. */
    let directory: string;
    beforeAll(async () => {
      databases = await start();
    });
    afterAll(() => databases?.stop());
    beforeEach(async () => {
      database = await databases.createEmpty();
      directory = await mkdtemp(join(tmpdir(), 'onfile-migrations-'));
      await cp(OWN, directory, { recursive: true });
    });
    afterEach(() => rm(directory, { recursive: true }));

    const run = () => migrate(database, { directory, log: () => {} });
    const add = (file: string, sql: string) => writeFile(join(directory, file), sql);
    const tables = async () =>
      (await databases.query(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).length;

    test('an empty database gets every migration, in order, and then none again', async () => {
      const names = (await readdir(OWN)).sort().map((file) => file.replace('.sql', ''));
      const logged: string[] = [];
      const first = await migrate(database, { log: (event) => logged.push(event.name) });
      expect(first.applied).toEqual(names);
      expect(logged).toEqual(names);
      expect((await run()).applied).toEqual([]);
    });

    test('a database that lacks nothing is asked one question', async () => {
      await run();
      const sent = vi.spyOn(pg.Client.prototype, 'query');
      await run();
      expect(sent.mock.calls).toHaveLength(1);
      sent.mockRestore();
    });

    test('what a newer release adds is applied to what is there', async () => {
      await run();
      await add('0900-a-second.sql', 'CREATE TABLE second (id uuid PRIMARY KEY)');
      await add('0901-a-third.sql', 'ALTER TABLE second ADD COLUMN name text');
      expect((await run()).applied).toEqual(['0900-a-second', '0901-a-third']);
    });

    test('of many processes at once, each finds the database whole, and each migration is applied once', async () => {
      await add('0900-a-second.sql', 'CREATE TABLE second (id uuid PRIMARY KEY)');
      const results = await Promise.all(Array.from({ length: 8 }, run));
      const applied = results.flatMap((result) => result.applied).sort();
      expect(applied).toEqual((await readdir(directory)).sort().map((file) => file.replace('.sql', '')));
    });

    test('a migration that fails leaves nothing of itself, and those before it stay', async () => {
      await add('0900-good.sql', 'CREATE TABLE good (id uuid PRIMARY KEY)');
      await add('0901-bad.sql', 'CREATE TABLE bad (id uuid PRIMARY KEY);\nSELECT 1;\nSELECT * FROM not_there');
      await expect(run()).rejects.toMatchObject({
        name: 'SchemaFault',
        code: 'migration_failed',
        message: expect.stringMatching(/0901-bad failed with SQLSTATE 42P01 at line 3/),
      });
      const before = await tables();
      await add('0901-bad.sql', 'CREATE TABLE bad (id uuid PRIMARY KEY)');
      expect((await run()).applied).toEqual(['0901-bad']);
      expect(await tables()).toBe(before + 1);
    });

    test('a database of a newer release is refused, with what to do', async () => {
      await add('0900-newer.sql', 'SELECT 1');
      await run();
      await rm(join(directory, '0900-newer.sql'));
      await expect(run()).rejects.toMatchObject({
        code: 'schema_newer',
        message: expect.stringMatching(/0900-newer.*Start the release that applied it, or a newer one/),
      });
    });

    test('a migration whose text changed after it was applied is refused; line ends do not count', async () => {
      await run();
      const [first] = (await readdir(directory)).sort() as [string];
      const text = await readFile(join(directory, first), 'utf8');
      await add(first, text.replaceAll('\n', '\r\n'));
      expect((await run()).applied).toEqual([]);
      await add(first, `${text}\n-- changed`);
      await expect(run()).rejects.toMatchObject({
        code: 'migration_changed',
        message: expect.stringContaining('0001'),
      });
    });

    test('a database that is not there is a fault', async () => {
      const nowhere = { connection: { host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' } };
      await expect(migrate(nowhere, { log: () => {} })).rejects.toMatchObject({
        name: 'StorageFault',
        code: 'connection',
      });
    });

    describe('makes tables in which', () => {
      let migrated: DatabaseAddress;
      beforeAll(async () => {
        migrated = await databases.create();
      });

      test('nothing would keep a merchant’s rows from lying on a node of their own', async () => {
        expect(await databases.query(migrated, HINDRANCES, [Object.keys(TABLES_OF_NO_MERCHANT)])).toEqual([]);
        const [keys] = await databases.query(migrated, 'SELECT count(*)::int AS count FROM pg_index WHERE indisunique');
        expect(keys?.count).toBeGreaterThan(20);
      });

      test('no index begins with the merchant and a moment', async () => {
        const found = "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%(merchant_id, created_at%'";
        expect(await databases.query(migrated, found)).toEqual([]);
      });

      test('whatever hinders would be found', async () => {
        await databases.query(database, BAD_TABLES);
        const found = await databases.query(database, HINDRANCES, [[]]);
        expect(found.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
          'foreign key bad_merchant_id_fkey',
          'key bad_name_key',
          'key no_merchant_pkey',
          'sequence bad_number_seq',
          'table without merchant_id no_merchant',
          'trigger bad_trigger',
        ]);
      });

      test('no index but the primary key serves a look-up by it: each other is partial, or begins with a moment', async () => {
        const rivals = await databases.query(
          migrated,
          `SELECT c.relname AS name FROM pg_index AS i
          JOIN pg_class AS c ON c.oid = i.indexrelid
          JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'public'
          JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
          WHERE NOT i.indisprimary AND i.indpred IS NULL AND a.attname NOT LIKE '%\\_at'`,
        );
        expect(rivals).toEqual([{ name: 'merchant_keys_merchant_id_id_key' }]);
      });
    });
  });
}

/** What a database that is distributed by merchant would refuse; its parameter names the tables that are no merchant's. */
const HINDRANCES = `
  WITH ours AS (
    SELECT c.oid, c.relname, (
      SELECT a.attnum FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'merchant_id' AND NOT a.attisdropped
    ) AS merchant
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL ($1)
  )
  SELECT 'table without merchant_id' AS kind, relname::text AS name FROM ours WHERE merchant IS NULL
  UNION ALL
  SELECT 'key', i.indexrelid::regclass::text FROM pg_index AS i JOIN ours ON ours.oid = i.indrelid
  WHERE (i.indisunique OR i.indisexclusion) AND i.indkey[0] IS DISTINCT FROM ours.merchant
  UNION ALL
  SELECT 'foreign key', f.conname FROM pg_constraint AS f JOIN ours ON ours.oid = f.conrelid
  WHERE f.contype = 'f' AND NOT (f.conkey @> ARRAY[ours.merchant] AND f.confkey @> ARRAY[
    (SELECT a.attnum FROM pg_attribute AS a WHERE a.attrelid = f.confrelid AND a.attname = 'merchant_id')
  ])
  UNION ALL
  SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL
  SELECT 'sequence', relname FROM pg_class WHERE relkind = 'S'
  ORDER BY kind, name`;

const BAD_TABLES = `
  CREATE TABLE no_merchant (id uuid PRIMARY KEY);
  CREATE TABLE bad (
    merchant_id uuid REFERENCES no_merchant, number serial, name text UNIQUE, PRIMARY KEY (merchant_id, number)
  );
  CREATE FUNCTION does_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
  CREATE TRIGGER bad_trigger AFTER INSERT ON bad EXECUTE FUNCTION does_nothing()`;
