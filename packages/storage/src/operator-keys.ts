import { type OperatorStorage, renderInstant } from '@onfile/core';
import { acrossMerchants } from './across-merchants.js';
import type { Database } from './database.js';
import type { Row } from './fields.js';
import { operatorKeys, valuesOf } from './tables.js';

type Methods = 'insertOperatorKey' | 'loadOperatorKey' | 'listOperatorKeys' | 'revokeOperatorKey';

export function operatorKeyStorage(database: Database): Pick<OperatorStorage, Methods> {
  return {
    async insertOperatorKey(key) {
      await database.run(INSERT, valuesOf(operatorKeys, key));
    },

    async loadOperatorKey(id) {
      const [row] = await database.runRepeatable(LOAD, [id]);
      return row ? operatorKeys.read(row.operator_key as Row) : null;
    },

    async listOperatorKeys() {
      return (await database.runRepeatable(LIST, [])).map((row) => operatorKeys.read(row.operator_key as Row));
    },

    async revokeOperatorKey(id, at) {
      return (await database.runRepeatable(REVOKE, [id, renderInstant(at)])).length > 0;
    },
  };
}

const INSERT = acrossMerchants(
  'operator_keys',
  `
  INSERT INTO operator_keys (${operatorKeys.columns.join(', ')})
  VALUES (${operatorKeys.columns.map((_, index) => `$${index + 1}`).join(', ')})`,
);

const LOAD = acrossMerchants(
  'operator_keys',
  'SELECT row_to_json(k) AS operator_key FROM operator_keys AS k WHERE k.id = $1',
);

const LIST = acrossMerchants(
  'operator_keys',
  'SELECT row_to_json(k) AS operator_key FROM operator_keys AS k ORDER BY k.id DESC',
);

const REVOKE = acrossMerchants(
  'operator_keys',
  `
  UPDATE operator_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1
  RETURNING true AS revoked`,
);
