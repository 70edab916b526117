import type { PaymentMethod, Storage } from '@onfile/core';
import { acrossMerchants } from '../across-merchants.js';
import type { Database } from '../database.js';
import type { Row } from '../fields.js';
import { paymentMethods } from '../tables.js';

export function expiringMethodReads(database: Database): Pick<Storage, 'listExpiringMethods'> {
  return {
    async listExpiringMethods({ firstMonth, lastMonth, noticeDays }, { after, limit }) {
      const values = [firstMonth, lastMonth, noticeDays, ...placeOf(after), limit];
      const rows = await database.runRepeatable(LIST_EXPIRING, values);
      return rows.map((row) => paymentMethods.read(row.payment_method as Row));
    },
  };
}

/** Before every place there can be, when there is none. */
const FIRST_PLACE = ['00000000-0000-0000-0000-000000000000', false, 0, '00000000-0000-0000-0000-000000000000'];

function placeOf(method: PaymentMethod | null): readonly unknown[] {
  if (method === null) return FIRST_PLACE;
  const { scope, card, id } = method;
  return [scope.merchantId, scope.mode === 'live', card.expYear * 12 + card.expMonth, id];
}

// Merchant by merchant, so that each is a range of the index, and that a distributed database may keep them apart.
const LIST_EXPIRING = acrossMerchants(
  'expiring_methods',
  `
  SELECT row_to_json(p) AS payment_method
  FROM merchants AS m
  CROSS JOIN (VALUES (false), (true)) AS mode (livemode)
  CROSS JOIN LATERAL (
    SELECT * FROM payment_methods AS c
    WHERE c.merchant_id = m.merchant_id AND c.livemode = mode.livemode AND c.state = 'usable'
      AND (c.expiry_notice_days IS NULL OR c.expiry_notice_days > 0)
      AND (c.expiry_notice_days IS NULL OR c.expiry_notice_days > $3)
      AND c.card_exp_year * 12 + c.card_exp_month BETWEEN $1 AND $2
      AND (c.merchant_id, c.livemode, c.card_exp_year * 12 + c.card_exp_month, c.id) > ($4, $5, $6, $7)
    ORDER BY c.card_exp_year * 12 + c.card_exp_month, c.id
    LIMIT $8
  ) AS p
  WHERE m.merchant_id >= $4
  ORDER BY m.merchant_id, mode.livemode, p.card_exp_year * 12 + p.card_exp_month, p.id
  LIMIT $8`,
);
