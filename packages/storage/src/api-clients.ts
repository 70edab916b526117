import { renderInstant, type Storage } from '@onfile/core';
import type { Database } from './database.js';
import { type Row, readInstant } from './fields.js';
import { statement } from './statement.js';
import { apiClients, valuesOf } from './tables.js';

type Methods = 'insertApiClient' | 'loadApiClient' | 'listApiClients' | 'revokeApiClient' | 'renewToken';

export function apiClientStorage(database: Database): Pick<Storage, Methods> {
  return {
    async insertApiClient(client) {
      await database.run(INSERT, valuesOf(apiClients, client));
    },

    async loadApiClient(merchantId, id) {
      const [row] = await database.runRepeatable(LOAD, [merchantId, id]);
      return row ? apiClients.read(row.api_client as Row) : null;
    },

    async listApiClients(merchantId) {
      return (await database.runRepeatable(LIST, [merchantId])).map((row) => apiClients.read(row.api_client as Row));
    },

    async revokeApiClient(merchantId, id, at) {
      return (await database.runRepeatable(REVOKE, [merchantId, id, renderInstant(at)])).length > 0;
    },

    async renewToken(merchantId, id, { issuedAt, unlessAfter }) {
      const values = [merchantId, id, renderInstant(issuedAt), renderInstant(unlessAfter)];
      const [row] = await database.runRepeatable(RENEW_TOKEN, values);
      return row ? readInstant(row.issued_at) : null;
    },
  };
}

const INSERT = statement(`
  INSERT INTO api_clients (${apiClients.columns.join(', ')})
  VALUES (${apiClients.columns.map((_, index) => `$${index + 1}`).join(', ')})`);

const LOAD = statement(`
  SELECT row_to_json(c) AS api_client FROM api_clients AS c WHERE c.merchant_id = $1 AND c.id = $2`);

const LIST = statement(`
  SELECT row_to_json(c) AS api_client FROM api_clients AS c WHERE c.merchant_id = $1 ORDER BY c.id DESC`);

const REVOKE = statement(`
  UPDATE api_clients SET revoked_at = coalesce(revoked_at, $3) WHERE merchant_id = $1 AND id = $2
  RETURNING true AS revoked`);

// Of two that ask at once the second waits for the first, and then finds its answer.
const RENEW_TOKEN = statement(`
  UPDATE api_clients SET token_issued_at = CASE WHEN token_issued_at > $4 THEN token_issued_at ELSE $3 END
  WHERE merchant_id = $1 AND id = $2
  RETURNING token_issued_at AS issued_at`);
