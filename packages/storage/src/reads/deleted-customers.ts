import type { Storage } from '@onfile/core';
import type { Database } from '../database.js';
import type { Row } from '../fields.js';
import { statement } from '../statement.js';
import { customers } from '../tables.js';

export function deletedCustomerReads(database: Database): Pick<Storage, 'findDeletedCustomer'> {
  return {
    async findDeletedCustomer({ merchantId, mode }, selector) {
      const [find, id] = 'id' in selector ? [BY_ID, selector.id] : [BY_CHOSEN_ID, selector.chosenId];
      const [row] = await database.runRepeatable(find, [merchantId, mode === 'live', id]);
      return row ? customers.read(row.customer as Row) : null;
    },
  };
}

const BY_ID = statement(`
  SELECT row_to_json(c) AS customer FROM customers AS c
  WHERE c.merchant_id = $1 AND c.livemode = $2 AND c.id = $3 AND c.deleted_at IS NOT NULL`);

const BY_CHOSEN_ID = statement(`
  SELECT row_to_json(c) AS customer FROM customers AS c
  WHERE c.merchant_id = $1 AND c.livemode = $2 AND c.chosen_id = $3 AND c.deleted_at IS NOT NULL`);
