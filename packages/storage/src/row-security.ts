import pg from 'pg';
import type { DatabaseAddress } from './database.js';
import { toStorageFault } from './faults.js';
import type { Statement } from './statement.js';

/** Who statements of one merchant run as, where the second wall stands. Nobody logs in as it. */
const SCOPED_ROLE = 'onfile_scoped';
const MERCHANT_SETTING = 'onfile.merchant_id';

/**
 * Makes PostgreSQL itself keep merchants apart: from now on whoever is `onfile_scoped` sees and writes rows of the merchant
 * that the session names, and none while it names none. The owner of the tables, who sweeps across merchants, is not held.
 * Doing it again changes nothing; tables that came since are walled in too. Throws a `StorageFault`, with 42501 when the
 * database's user may not make the role.
 */
export async function enforceRowSecurity(database: DatabaseAddress): Promise<void> {
  const client = new pg.Client('connection' in database ? database.connection : database);
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(ENFORCE);
  } catch (error) {
    throw toStorageFault(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Whose rows a statement may touch: the merchant that its first parameter names, or `null` for statements across merchants
 * and about the installation.
 */
export function merchantOf({ isOfMerchant = false }: Statement, values: readonly unknown[]): string | null {
  return isOfMerchant ? String(values[0]) : null;
}

const ENTER = `
  SELECT set_config('role', '${SCOPED_ROLE}', true), set_config('${MERCHANT_SETTING}', $1, true)`;

/** Run once on each connection, so that {@link ENTER_SCOPE} is known there. */
export const PREPARE_SCOPE = `
  PREPARE onfile_enter_scope (text) AS${ENTER}`;

/** The same for a transaction of several statements, which it opens. */
export const ENTER_SCOPE_AS_STATEMENT: Statement = { name: 'onfile_enter_scope_of_transaction', text: ENTER };

/** Holds until the end of the transaction; its parameter is the merchant's id. */
export const ENTER_SCOPE = 'onfile_enter_scope';

// Counts across merchants belong to the merchant whose id is all zeros. Databases of one server share its roles, so another
// one may make the role at the same moment. A lock keeps two processes from walling in one table at once.
const ENFORCE = `
BEGIN;
SELECT pg_advisory_xact_lock(4242002);
DO $$
DECLARE
  walled text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${SCOPED_ROLE}') THEN
    BEGIN
      CREATE ROLE ${SCOPED_ROLE} NOLOGIN NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  IF NOT pg_has_role(current_user, '${SCOPED_ROLE}', 'member') THEN
    EXECUTE format('GRANT ${SCOPED_ROLE} TO %I', current_user);
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO ${SCOPED_ROLE}', current_schema());
  FOR walled IN
    SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND a.attname = 'merchant_id' AND NOT a.attisdropped
  LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO ${SCOPED_ROLE}', walled);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    IF NOT EXISTS (
      SELECT FROM pg_policy WHERE polrelid = format('%I', walled)::regclass AND polname = 'own_merchant'
    ) THEN
      -- Whoever else was given these tables goes on as before.
      EXECUTE format('CREATE POLICY whoever_may ON %I USING (true)', walled);
      EXECUTE format(
        'CREATE POLICY own_merchant ON %I AS RESTRICTIVE TO ${SCOPED_ROLE} USING (merchant_id = %s%s)', walled,
        $q$NULLIF(current_setting('${MERCHANT_SETTING}', true), '')::uuid$q$,
        CASE walled WHEN 'limit_counters' THEN $q$ OR merchant_id = '00000000-0000-0000-0000-000000000000'$q$ ELSE '' END
      );
    END IF;
  END LOOP;
END $$;
COMMIT`;
