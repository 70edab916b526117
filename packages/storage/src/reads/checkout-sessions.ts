import { renderInstant, type Storage, type Uuid } from '@onfile/core';
import { acrossMerchants } from '../across-merchants.js';
import type { Database } from '../database.js';
import { type Row, scope as scopeField } from '../fields.js';
import { statement } from '../statement.js';
import { checkoutSessions, setupIntents } from '../tables.js';
import { loadById } from './load-by-id.js';
import { loadPage } from './page.js';

type Methods =
  | 'loadCheckoutSession'
  | 'findCheckoutSessionScope'
  | 'listCheckoutSessions'
  | 'listExpiredCheckoutSessions';

export function checkoutSessionReads(database: Database): Pick<Storage, Methods> {
  return {
    loadCheckoutSession: loadById(database, LOAD, (row) => ({
      session: checkoutSessions.read(row.session as Row),
      intent: setupIntents.read(row.intent as Row),
    })),

    async findCheckoutSessionScope(id) {
      const [row] = await database.runRepeatable(FIND_SCOPE, [id]);
      return row ? scopeField().read(row) : null;
    },

    listCheckoutSessions: (scope, page) => loadPage(database, { table: checkoutSessions }, { scope, page }),

    async listExpiredCheckoutSessions(now, limit) {
      const rows = await database.runRepeatable(LIST_EXPIRED, [renderInstant(now), limit]);
      return rows.map((row) => ({ scope: scopeField().read(row), id: row.id as Uuid }));
    },
  };
}

const LOAD = statement(`
  SELECT s.id, row_to_json(s) AS session, row_to_json(i) AS intent
  FROM checkout_sessions AS s
  JOIN setup_intents AS i ON i.merchant_id = $1 AND i.livemode = $2 AND i.id = s.setup_intent_id
  WHERE s.merchant_id = $1 AND s.livemode = $2 AND s.id = ANY ($3)`);

const FIND_SCOPE = acrossMerchants(
  'merchant_of_checkout_session',
  `
  SELECT merchant_id, livemode FROM checkout_sessions WHERE id = $1 AND version > 0 LIMIT 1`,
);

const LIST_EXPIRED = acrossMerchants(
  'expired_checkout_sessions',
  `
  SELECT s.merchant_id, s.livemode, s.id FROM checkout_sessions AS s
  WHERE s.expires_at <= $1 AND s.status = 'open' AND NOT EXISTS (
    SELECT FROM setup_intents AS i
    WHERE i.merchant_id = s.merchant_id AND i.livemode = s.livemode AND i.id = s.setup_intent_id
      AND i.status = 'processing'
  )
  ORDER BY s.expires_at
  LIMIT $2`,
);
