import { renderInstant, type Storage, type Uuid } from '@onfile/core';
import { acrossMerchants } from '../across-merchants.js';
import type { Database } from '../database.js';
import { scope as scopeField } from '../fields.js';

export function unusedMethodReads(database: Database): Pick<Storage, 'listUnusedMethods'> {
  return {
    async listUnusedMethods(before, limit) {
      const rows = await database.runRepeatable(LIST_UNUSED, [renderInstant(before), limit]);
      return rows.map((row) => ({ scope: scopeField().read(row), id: row.id as Uuid }));
    },
  };
}

// A subquery of its own for each method: as an anti-join it would read all mandates.
const LIST_UNUSED = acrossMerchants(
  'unused_methods',
  `
  SELECT m.merchant_id, m.livemode, m.id FROM payment_methods AS m
  WHERE m.created_at <= $1 AND m.state = 'usable' AND m.customer_id IS NULL
    AND (
      SELECT true FROM mandates AS d
      WHERE d.merchant_id = m.merchant_id AND d.livemode = m.livemode AND d.payment_method_id = m.id
        AND (d.status = 'active' OR d.updated_at > $1)
      LIMIT 1) IS NULL
  ORDER BY m.created_at
  LIMIT $2`,
);
