import type { ExpiryWindow, Mode, PaymentMethod, Storage } from '@onfile/core';
import { acrossMerchants } from '../across-merchants.js';
import type { Database } from '../database.js';
import type { Row } from '../fields.js';
import { paymentMethods } from '../tables.js';

export function expiringMethodReads(database: Database): Pick<Storage, 'listExpiringMethods'> {
  return {
    async listExpiringMethods(window, { after, limit }) {
      const found: PaymentMethod[] = [];
      for (const mode of ['test', 'live'] as const) {
        if (found.length === limit || (mode === 'test' && after?.scope.mode === 'live')) continue;
        const isBegun = after?.scope.mode === mode;
        found.push(...(await listOfMode(mode, window, { after: isBegun ? after : null, limit: limit - found.length })));
      }
      return found;
    },
  };

  async function listOfMode(
    mode: Mode,
    { firstMonth, lastMonth, noticeDays }: ExpiryWindow,
    { after, limit }: { readonly after: PaymentMethod | null; readonly limit: number },
  ): Promise<readonly PaymentMethod[]> {
    const values = [firstMonth, lastMonth, noticeDays, mode === 'live', ...placeOf(after), limit];
    const rows = await database.runRepeatable(LIST_EXPIRING, values);
    return rows.map((row) => paymentMethods.read(row.payment_method as Row));
  }
}

/** Before every place there can be, when there is none. */
const FIRST_PLACE = ['00000000-0000-0000-0000-000000000000', 0, '00000000-0000-0000-0000-000000000000'];

function placeOf(method: PaymentMethod | null): readonly unknown[] {
  if (method === null) return FIRST_PLACE;
  const { scope, card, id } = method;
  return [scope.merchantId, card.expYear * 12 + card.expMonth, id];
}

// Merchant by merchant, so that each is a range of the index. Of one mode, since Citus takes no lateral subquery with a limit
// that depends on more than the merchant.
const LIST_EXPIRING = acrossMerchants(
  'expiring_methods',
  `
  SELECT row_to_json(p) AS payment_method
  FROM merchants AS m
  CROSS JOIN LATERAL (
    SELECT * FROM payment_methods AS c
    WHERE c.merchant_id = m.merchant_id AND c.livemode = $4 AND c.state = 'usable'
      AND (c.expiry_notice_days IS NULL OR c.expiry_notice_days > 0)
      AND (c.expiry_notice_days IS NULL OR c.expiry_notice_days > $3)
      AND c.card_exp_year * 12 + c.card_exp_month BETWEEN $1 AND $2
      AND (c.merchant_id, c.livemode, c.card_exp_year * 12 + c.card_exp_month, c.id) > ($5, $4, $6, $7)
    ORDER BY c.card_exp_year * 12 + c.card_exp_month, c.id
    LIMIT $8
  ) AS p
  WHERE m.merchant_id >= $5
  ORDER BY m.merchant_id, p.card_exp_year * 12 + p.card_exp_month, p.id
  LIMIT $8`,
);
