import type { OperatorStorage } from '@onfile/core';
import type { Database } from '../database.js';
import type { Row } from '../fields.js';
import { statement } from '../statement.js';
import { checkoutSessions, customers, paymentMethods, setupAttempts } from '../tables.js';

type Methods = 'listAttempts' | 'findCustomersByEmail' | 'findCheckoutSessionsByEmail' | 'findPaymentMethodsByLast4';

/** What operators find objects by, besides their ids. */
export function searches(database: Database): Pick<OperatorStorage, Methods> {
  return {
    async listAttempts({ merchantId, mode }, setupIntentId, limit) {
      const rows = await database.runRepeatable(ATTEMPTS, [merchantId, mode === 'live', setupIntentId, limit]);
      return rows.map((row) => setupAttempts.read(row.object as Row));
    },

    async findCustomersByEmail({ merchantId, mode }, email, limit) {
      const rows = await database.runRepeatable(CUSTOMERS, [merchantId, mode === 'live', email, limit]);
      return rows.map((row) => customers.read(row.object as Row));
    },

    async findCheckoutSessionsByEmail({ merchantId, mode }, email, limit) {
      const rows = await database.runRepeatable(CHECKOUT_SESSIONS, [merchantId, mode === 'live', email, limit]);
      return rows.map((row) => checkoutSessions.read(row.object as Row));
    },

    async findPaymentMethodsByLast4({ merchantId, mode }, last4, limit) {
      const rows = await database.runRepeatable(PAYMENT_METHODS, [merchantId, mode === 'live', last4, limit]);
      return rows.map((row) => paymentMethods.read(row.object as Row));
    },
  };
}

/** Each says what its index is partial on, though it is always so: `0001-first-tables.sql` tells why. */
const newest = (table: string, condition: string) =>
  statement(`
  SELECT row_to_json(t) AS object FROM ${table} AS t
  WHERE t.merchant_id = $1 AND t.livemode = $2 AND ${condition}
  ORDER BY t.id DESC
  LIMIT $4`);

const ATTEMPTS = newest('setup_attempts', "t.setup_intent_id = $3 AND t.connector <> ''");
const CUSTOMERS = newest(
  'customers',
  't.email IS NOT NULL AND lower(t.email) = lower($3::text) AND t.deleted_at IS NULL',
);
const CHECKOUT_SESSIONS = newest(
  'checkout_sessions',
  't.customer_email IS NOT NULL AND lower(t.customer_email) = lower($3::text)',
);
const PAYMENT_METHODS = newest('payment_methods', "t.card_last4 = $3 AND t.card_last4 <> '' AND t.state <> 'draft'");
