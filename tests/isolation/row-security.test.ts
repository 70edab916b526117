import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../packages/storage/src/database.js';
import { statement, unscopedStatement } from '../../packages/storage/src/statement.js';
import { type RunningOnfile, startOnfile, type TestMerchant } from '../running-server.js';
import { requireJson, send } from './wire.js';

let onfile: RunningOnfile;
let other: TestMerchant;
let owner: pg.Client;

beforeAll(async () => {
  onfile = await startOnfile({ environment: { ONFILE_ROW_LEVEL_SECURITY: 'on', ONFILE_RATE_LIMITS: 'off' } });
  other = await onfile.addMerchant('Another shop');
  owner = new pg.Client(onfile.database);
  await owner.connect();
  await saveCard(onfile.secretKey);
  await saveCard(other.secretKey);
});
afterAll(async () => {
  await owner?.end();
  await onfile?.stop();
});

/** Through the server, which runs behind the wall. */
async function saveCard(secretKey: string): Promise<void> {
  const ask = (target: string, body: object) => requireJson(send(onfile.apiUrl, target, secretKey, { body }));
  const customer = await ask('POST /v2/customers', { email: 'taro@example.com' });
  const flow = await ask('POST /v2/setup_flows', { customer_id: customer.id, usage: 'on_session' });
  const confirmed = await ask(`POST /v2/setup_flows/${flow.id}/confirm`, {
    return_url: 'https://shop.example/done',
    payment_method_data: {
      type: 'card',
      card: { number: '4242424242424242', exp_month: 12, exp_year: 2039, cvc: '123' },
      billing_details: { name: 'TARO YAMADA', email: 'taro@example.com' },
    },
  });
  expect(confirmed.status).toBe('succeeded');
}

async function merchantTables(): Promise<readonly string[]> {
  const { rows } = await owner.query<{ name: string }>(`
    SELECT c.relname AS name FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname = 'merchant_id' ORDER BY 1`);
  return rows.map(({ name }) => name);
}

/** Whose rows somebody sees in each table, with no condition in the query. `merchantId`: what the session names, if anything. */
async function seenAs(role: string, merchantId: string | null): Promise<ReadonlyMap<string, readonly string[]>> {
  const seen = new Map<string, readonly string[]>();
  await owner.query('BEGIN');
  try {
    await owner.query(`SET LOCAL ROLE ${role}`);
    if (merchantId !== null) await owner.query("SELECT set_config('onfile.merchant_id', $1, true)", [merchantId]);
    for (const table of await merchantTables()) {
      const { rows } = await owner.query<{ id: string }>(`SELECT DISTINCT merchant_id AS id FROM ${table}`);
      seen.set(
        table,
        rows.map(({ id }) => id).filter((id) => id !== EVERYBODYS),
      );
    }
  } finally {
    await owner.query('ROLLBACK');
  }
  return seen;
}

/** Whose the counts across merchants are. */
const EVERYBODYS = '00000000-0000-0000-0000-000000000000';

describe('with row-level security', () => {
  test('every table of merchants has the wall, and no other', async () => {
    const { rows } = await owner.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity ORDER BY 1",
    );
    expect(rows.map(({ name }) => name)).toEqual(await merchantTables());
    expect(rows.length).toBeGreaterThan(15);
  });

  test('nobody sees a row while the session names no merchant, nor while it names one that is not there', async () => {
    for (const merchantId of [null, '', onfile.ids.next()]) {
      expect([...(await seenAs('onfile_scoped', merchantId)).values()].flat()).toEqual([]);
    }
  });

  test('each sees its own rows and none of the other', async () => {
    for (const { merchantId } of [onfile, other]) {
      const seen = await seenAs('onfile_scoped', merchantId);
      expect([...new Set([...seen.values()].flat())]).toEqual([merchantId]);
      for (const table of ['setup_intents', 'payment_methods', 'sealed_cards', 'mandates', 'events']) {
        expect([table, seen.get(table)]).toEqual([table, [merchantId]]);
      }
    }
  });

  test('the same look by the owner of the tables, who sweeps, finds both', async () => {
    const seen = await seenAs(owner.user ?? '', onfile.merchantId);
    expect(new Set(seen.get('setup_intents'))).toEqual(new Set([onfile.merchantId, other.merchantId]));
  });

  test('a row of another merchant can be neither written, changed nor taken away', async () => {
    await owner.query('BEGIN; SET LOCAL ROLE onfile_scoped');
    await owner.query("SELECT set_config('onfile.merchant_id', $1, true)", [onfile.merchantId]);
    const changed = await owner.query('UPDATE customers SET email = NULL WHERE merchant_id = $1', [other.merchantId]);
    const deleted = await owner.query('DELETE FROM sealed_cards WHERE merchant_id = $1', [other.merchantId]);
    expect([changed.rowCount, deleted.rowCount]).toEqual([0, 0]);
    const moved = owner.query('UPDATE customers SET merchant_id = $1', [other.merchantId]);
    await expect(moved).rejects.toMatchObject({ code: '42501' });
    await owner.query('ROLLBACK');
  });
});

describe('a statement that forgets whose rows it may see', () => {
  // One connection, so that each statement has had another one's scope before it.
  const open = (rowSecurity: boolean) =>
    new Database({ connection: onfile.database, rowSecurity, poolSize: 1, log: () => undefined });
  const forgetful = statement('SELECT DISTINCT merchant_id AS id FROM events WHERE merchant_id = $1 OR true');
  const sweep = unscopedStatement('SELECT DISTINCT merchant_id AS id FROM events');

  test('sees its own merchant’s all the same, and leaves nothing to the statement behind it', async () => {
    const database = open(true);
    try {
      const answers = await Promise.all([
        database.run(forgetful, [onfile.merchantId]),
        database.run(sweep, []),
        database.run(forgetful, [other.merchantId]),
        database.run(sweep, []),
      ]);
      const ids = answers.map((rows) => rows.map(({ id }) => id).sort());
      const both = [onfile.merchantId, other.merchantId].sort();
      expect(ids).toEqual([[onfile.merchantId], both, [other.merchantId], both]);
    } finally {
      await database.close();
    }
  });

  test('fails without harm to its neighbours', async () => {
    const database = open(true);
    const wrong = statement('SELECT 1 / 0 AS id FROM events WHERE merchant_id = $1');
    try {
      const [failed, next] = await Promise.allSettled([
        database.run(wrong, [onfile.merchantId]),
        database.run(forgetful, [onfile.merchantId]),
      ]);
      expect(failed.status).toBe('rejected');
      expect(next).toMatchObject({ status: 'fulfilled', value: [{ id: onfile.merchantId }] });
    } finally {
      await database.close();
    }
  });

  test('sees everybody’s where there is no such wall', async () => {
    const database = open(false);
    try {
      expect(await database.run(forgetful, [onfile.merchantId])).toHaveLength(2);
    } finally {
      await database.close();
    }
  });
});
