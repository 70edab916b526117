import { type Merchant, type PaymentMethodConfiguration, renderInstant, type Storage } from '@onfile/core';
import { acrossMerchants } from './across-merchants.js';
import type { Database } from './database.js';
import { isConnectionLost, toStorageFault, violatedKeyOf } from './faults.js';
import type { Row } from './fields.js';
import { loadPage } from './reads/page.js';
import { statement } from './statement.js';
import { apiKeys, merchantKeys, merchants, paymentMethodConfigurations, valuesOf } from './tables.js';

type Methods =
  | 'createMerchant'
  | 'loadMerchant'
  | 'listMerchants'
  | 'renameMerchant'
  | 'areCardsAvailable'
  | 'loadPaymentMethodConfiguration'
  | 'listPaymentMethodConfigurations'
  | 'listMerchantOrigins'
  | 'addMerchantOrigin'
  | 'removeMerchantOrigin'
  | 'insertApiKey'
  | 'loadApiKey'
  | 'listApiKeys'
  | 'revokeApiKey'
  | 'loadMerchantKeys'
  | 'findMerchantKey'
  | 'insertMerchantKey';

export function merchantStorage(database: Database): Pick<Storage, Methods> {
  return {
    async createMerchant(merchant, configurations) {
      const fault = await creationFault(database, merchant, configurations);
      // Once more when the answer was lost: a merchant who is there by then was created.
      const last = fault && isConnectionLost(fault) ? await creationFault(database, merchant, configurations) : fault;
      if (last !== null) throw toStorageFault(last);
    },

    async loadMerchant(id) {
      const [row] = await database.runRepeatable(LOAD_MERCHANT, [id]);
      return row ? merchants.read(row.merchant as Row) : null;
    },

    async listMerchants(limit, before): Promise<readonly Merchant[]> {
      const rows = await database.runRepeatable(LIST_MERCHANTS, [limit, before ?? HIGHEST]);
      return rows.map((row) => merchants.read(row.merchant as Row));
    },

    async renameMerchant(id, name) {
      return (await database.runRepeatable(RENAME_MERCHANT, [id, name])).length > 0;
    },

    async areCardsAvailable({ merchantId, mode }) {
      return (await database.runRepeatable(ARE_CARDS_AVAILABLE, [merchantId, mode === 'live'])).length > 0;
    },

    async loadPaymentMethodConfiguration({ merchantId, mode }, id): Promise<PaymentMethodConfiguration | null> {
      const [row] = await database.runRepeatable(LOAD_CONFIGURATION, [merchantId, mode === 'live', id]);
      return row ? paymentMethodConfigurations.read(row.configuration as Row) : null;
    },

    listPaymentMethodConfigurations: (scope, page) =>
      loadPage(database, { table: paymentMethodConfigurations }, { scope, page }),

    async listMerchantOrigins(merchantId) {
      return (await database.runRepeatable(LIST_MERCHANT_ORIGINS, [merchantId])).map((row) => row.origin as string);
    },

    async addMerchantOrigin(merchantId, origin, at) {
      return (await database.run(ADD_MERCHANT_ORIGIN, [merchantId, origin, renderInstant(at)])).length > 0;
    },

    async removeMerchantOrigin(merchantId, origin) {
      return (await database.run(REMOVE_MERCHANT_ORIGIN, [merchantId, origin])).length > 0;
    },

    async insertApiKey(key) {
      await database.run(INSERT_API_KEY, valuesOf(apiKeys, key));
    },

    async loadApiKey(merchantId, id) {
      const [row] = await database.runRepeatable(LOAD_API_KEY, [merchantId, id]);
      return row ? apiKeys.read(row.api_key as Row) : null;
    },

    async listApiKeys(merchantId) {
      return (await database.runRepeatable(LIST_API_KEYS, [merchantId])).map((row) => apiKeys.read(row.api_key as Row));
    },

    async revokeApiKey(merchantId, id, at) {
      return (await database.runRepeatable(REVOKE_API_KEY, [merchantId, id, renderInstant(at)])).length > 0;
    },

    async loadMerchantKeys(merchantId) {
      const rows = await database.runRepeatable(LOAD_MERCHANT_KEYS, [merchantId]);
      return rows.map((row) => merchantKeys.read(row.merchant_key as Row));
    },

    async findMerchantKey() {
      const [row] = await database.runRepeatable(FIND_MERCHANT_KEY, []);
      return row ? merchantKeys.read(row.merchant_key as Row) : null;
    },

    async insertMerchantKey(key) {
      await database.runRepeatable(INSERT_MERCHANT_KEY, valuesOf(merchantKeys, key));
      const [row] = await database.runRepeatable(LOAD_MERCHANT_KEY, [key.merchantId, key.version]);
      return merchantKeys.read(row?.merchant_key as Row);
    },
  };
}

/** The configurations come with the merchant or not at all. What went wrong; `null` also when the merchant is there already. */
async function creationFault(
  database: Database,
  merchant: Merchant,
  configurations: readonly PaymentMethodConfiguration[],
): Promise<unknown> {
  const inserts = [
    { ...INSERT_MERCHANT, values: valuesOf(merchants, merchant) },
    ...configurations.map((each) => ({ ...INSERT_CONFIGURATION, values: valuesOf(paymentMethodConfigurations, each) })),
  ];
  const transacted = await database.transact(inserts, merchant.id);
  const isThere = transacted.kind === 'committed' || violatedKeyOf(transacted.error) === 'merchants_pkey';
  return isThere ? null : transacted.error;
}

const INSERT_MERCHANT = insertInto(merchants);
const INSERT_CONFIGURATION = insertInto(paymentMethodConfigurations);

function insertInto({ name, columns }: { readonly name: string; readonly columns: readonly string[] }) {
  return statement(`
  INSERT INTO ${name} (${columns.join(', ')}) VALUES (${parametersFor(columns)})`);
}

const LOAD_MERCHANT = statement(`
  SELECT row_to_json(m) AS merchant FROM merchants AS m WHERE m.merchant_id = $1`);

const LIST_MERCHANTS = acrossMerchants(
  'merchants',
  `
  SELECT row_to_json(m) AS merchant FROM merchants AS m WHERE m.merchant_id < $2 ORDER BY m.merchant_id DESC LIMIT $1`,
);
const HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const RENAME_MERCHANT = statement(`
  UPDATE merchants SET name = $2 WHERE merchant_id = $1 RETURNING true AS renamed`);

const ARE_CARDS_AVAILABLE = statement(`
  SELECT true AS available FROM payment_method_configurations
  WHERE merchant_id = $1 AND livemode = $2 AND active AND preferences ->> 'card' <> 'off'
  LIMIT 1`);

const LOAD_CONFIGURATION = statement(`
  SELECT row_to_json(c) AS configuration FROM payment_method_configurations AS c
  WHERE c.merchant_id = $1 AND c.livemode = $2 AND c.id = $3`);

// By code points, so that the order is the same on every database.
const LIST_MERCHANT_ORIGINS = statement(`
  SELECT o.origin FROM merchant_origins AS o WHERE o.merchant_id = $1 ORDER BY o.origin COLLATE "C"`);

const ADD_MERCHANT_ORIGIN = statement(`
  INSERT INTO merchant_origins (merchant_id, origin, created_at) VALUES ($1, $2, $3)
  ON CONFLICT (merchant_id, origin) DO NOTHING
  RETURNING true AS added`);

const REMOVE_MERCHANT_ORIGIN = statement(`
  DELETE FROM merchant_origins WHERE merchant_id = $1 AND origin = $2 RETURNING true AS removed`);

const INSERT_API_KEY = insertInto(apiKeys);

const LOAD_API_KEY = statement(`
  SELECT row_to_json(k) AS api_key FROM api_keys AS k WHERE k.merchant_id = $1 AND k.id = $2`);

const LIST_API_KEYS = statement(`
  SELECT row_to_json(k) AS api_key FROM api_keys AS k WHERE k.merchant_id = $1 ORDER BY k.id DESC`);

const REVOKE_API_KEY = statement(`
  UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3) WHERE merchant_id = $1 AND id = $2
  RETURNING true AS revoked`);

const LOAD_MERCHANT_KEYS = statement(`
  SELECT row_to_json(k) AS merchant_key FROM merchant_keys AS k WHERE k.merchant_id = $1 ORDER BY k.version DESC`);

const LOAD_MERCHANT_KEY = statement(`
  SELECT row_to_json(k) AS merchant_key FROM merchant_keys AS k WHERE k.merchant_id = $1 AND k.version = $2`);

const FIND_MERCHANT_KEY = acrossMerchants(
  'any_merchant_key',
  `
  SELECT row_to_json(k) AS merchant_key FROM merchant_keys AS k LIMIT 1`,
);

const INSERT_MERCHANT_KEY = statement(`
  INSERT INTO merchant_keys (${merchantKeys.columns.join(', ')}) VALUES (${parametersFor(merchantKeys.columns)})
  ON CONFLICT (merchant_id, version) DO NOTHING`);

function parametersFor(columns: readonly string[]): string {
  return columns.map((_, index) => `$${index + 1}`).join(', ');
}
