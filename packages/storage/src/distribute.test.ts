import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DatabasesForTests, startEmbedded } from '../testing/databases-for-tests.js';
import type { DatabaseAddress } from './database.js';
import { distributeByCitus } from './distribute.js';

// There is no Citus here. What we would send it is received by functions of its names, which demand what it demands of a table and
// keep a list like its own; whether Citus then does what it promises is for a cluster to show.
console.info(
  'Distributing is tested against stand-ins for Citus’ functions; a real coordinator is tested by DATABASE_URL.',
);

const STAND_INS = `
  CREATE SCHEMA citus;
  CREATE TABLE citus.citus_tables (
    position integer GENERATED ALWAYS AS IDENTITY,
    table_name oid PRIMARY KEY, citus_table_type text NOT NULL, distribution_column text, colocated_with text
  );
  CREATE FUNCTION citus.create_distributed_table(
    table_name regclass, distribution_column text, distribution_type text DEFAULT 'hash',
    colocate_with text DEFAULT 'default', shard_count integer DEFAULT NULL
  ) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (
      SELECT FROM pg_index AS i WHERE i.indrelid = $1 AND i.indisunique AND NOT EXISTS (
        SELECT FROM pg_attribute AS a
        WHERE a.attrelid = $1 AND a.attname = $2 AND a.attnum = ANY (i.indkey)
      )
    ) THEN RAISE EXCEPTION 'a unique key lacks the distribution column' USING ERRCODE = 'feature_not_supported'; END IF;
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = $1) THEN
      RAISE EXCEPTION 'triggers are not supported' USING ERRCODE = 'feature_not_supported';
    END IF;
    IF $4 NOT IN ('default', 'none') AND NOT EXISTS (SELECT FROM citus.citus_tables AS t WHERE t.table_name = $4::regclass) THEN
      RAISE EXCEPTION 'relation % is not distributed', $4 USING ERRCODE = 'invalid_table_definition';
    END IF;
    INSERT INTO citus.citus_tables (table_name, citus_table_type, distribution_column, colocated_with)
    VALUES ($1, 'distributed', $2, $4);
  END $$;
  CREATE FUNCTION citus.create_reference_table(table_name regclass) RETURNS void LANGUAGE sql AS $$
    INSERT INTO citus.citus_tables (table_name, citus_table_type) VALUES ($1, 'reference');
  $$;
  DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, citus', current_database()); END $$;`;

const KEPT = `
  SELECT table_name::regclass::text AS name, citus_table_type AS type, distribution_column AS column, colocated_with AS beside
  FROM citus.citus_tables ORDER BY position`;

describe('Distributing the tables', () => {
  let databases: DatabasesForTests;
  let database: DatabaseAddress;
  beforeAll(async () => {
    databases = await startEmbedded();
  });
  afterAll(() => databases?.stop());
  beforeEach(async () => {
    database = await databases.create();
  });

  test('where Citus is missing is refused, with what to do', async () => {
    await expect(distributeByCitus(database)).rejects.toMatchObject({
      name: 'SchemaFault',
      code: 'citus_missing',
      message: expect.stringMatching(/left where they are.*CREATE EXTENSION citus/),
    });
  });

  describe('where Citus is', () => {
    beforeEach(() => databases.query(database, STAND_INS));

    test('places every table by its merchant, beside the merchants, and the installation’s on every node', async () => {
      const all = await databases.query(
        database,
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
      );
      const { placed } = await distributeByCitus(database);
      const kept = await databases.query(database, KEPT);

      expect(placed).toEqual(kept.map(({ name }) => name));
      expect([...placed, 'schema_migrations'].sort()).toEqual(all.map(({ name }) => name).sort());
      expect(kept[0]).toEqual({ name: 'merchants', type: 'distributed', column: 'merchant_id', beside: 'none' });
      expect(kept.filter(({ type }) => type === 'reference').map(({ name }) => name)).toEqual(['operator_keys']);
      const others = kept.slice(1).filter(({ type }) => type === 'distributed');
      expect(others.length).toBeGreaterThan(15);
      for (const table of others) expect(table).toMatchObject({ column: 'merchant_id', beside: 'merchants' });
    });

    test('again does nothing, and goes on where it was interrupted', async () => {
      await distributeByCitus(database);
      expect(await distributeByCitus(database)).toEqual({ placed: [] });
      await databases.query(database, "DELETE FROM citus.citus_tables WHERE table_name = 'events'::regclass");
      expect(await distributeByCitus(database)).toEqual({ placed: ['events'] });
    });

    test('is refused as a whole for a table that is none of ours', async () => {
      await databases.query(database, 'CREATE TABLE somebody_elses (id uuid PRIMARY KEY)');
      await expect(distributeByCitus(database)).rejects.toMatchObject({
        code: 'table_not_placeable',
        message: expect.stringContaining('somebody_elses'),
      });
      expect(await databases.query(database, KEPT)).toEqual([]);
    });

    test('is refused for a table that is distributed by something else', async () => {
      await databases.query(database, "SELECT citus.create_distributed_table('sealed_cards', 'payment_method_id')");
      await expect(distributeByCitus(database)).rejects.toMatchObject({
        code: 'table_not_placeable',
        message: expect.stringMatching(/sealed_cards is distributed by payment_method_id.*undistribute_table/),
      });
    });

    test('names the table that Citus does not take', async () => {
      await databases.query(database, 'CREATE TABLE bad (merchant_id uuid, id uuid PRIMARY KEY)');
      await expect(distributeByCitus(database)).rejects.toMatchObject({
        code: 'table_not_placeable',
        message: expect.stringMatching(/the table bad \(SQLSTATE 0A000\)/),
      });
    });
  });
});
