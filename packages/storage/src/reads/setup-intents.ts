import {
  type LoadedAttempt,
  type LoadedSetupIntent,
  renderInstant,
  type SealedCard,
  type Storage,
  type Uuid,
} from '@onfile/core';
import { acrossMerchants } from '../across-merchants.js';
import { inBuckets } from '../buckets.js';
import type { Database } from '../database.js';
import { type Row, scope as scopeField } from '../fields.js';
import { statement } from '../statement.js';
import { checkoutSessions, paymentMethods, setupAttempts, setupIntents } from '../tables.js';
import { loadById } from './load-by-id.js';
import { loadPage } from './page.js';

type Methods =
  | 'loadSetupIntent'
  | 'listSetupIntents'
  | 'listOpenSetupIntentsOfCustomer'
  | 'loadAttempt'
  | 'loadSealedCard'
  | 'loadDraft'
  | 'claimDueAttempts'
  | 'listExpiredSetupIntents'
  | 'listSetupIntentsWithIdleCards';

export function setupIntentReads(database: Database): Pick<Storage, Methods> {
  return {
    loadSetupIntent: loadById(database, LOAD_SETUP_INTENTS, readLoadedSetupIntent),

    listSetupIntents: (scope, page) => loadPage(database, { table: setupIntents }, { scope, page }),

    async listOpenSetupIntentsOfCustomer({ merchantId, mode }, customerId, limit) {
      const values = [merchantId, mode === 'live', customerId, limit];
      return (await database.runRepeatable(LIST_OPEN_OF_CUSTOMER, values)).map(readLoadedSetupIntent);
    },

    async loadAttempt({ merchantId, mode }, id) {
      const [row] = await database.runRepeatable(LOAD_ATTEMPT, [merchantId, mode === 'live', id]);
      return row ? readLoadedAttempt(row) : null;
    },

    async loadSealedCard({ merchantId, mode }, paymentMethodId) {
      const [row] = await database.runRepeatable(LOAD_SEALED_CARD, [merchantId, mode === 'live', paymentMethodId]);
      return row ? (new Uint8Array(row.sealed as Buffer) as SealedCard) : null;
    },

    async loadDraft({ merchantId, mode }, id) {
      const [row] = await database.runRepeatable(LOAD_DRAFT, [merchantId, mode === 'live', id]);
      if (!row) return null;
      const sealed = new Uint8Array(row.sealed as Buffer) as SealedCard;
      return { paymentMethod: paymentMethods.read(row.payment_method as Row), sealed };
    },

    async claimDueAttempts(now, leaseUntil, limit) {
      const due = { find: FIND_DUE_ATTEMPTS, values: [renderInstant(now), limit] };
      const claimed = await inBuckets(database, due, ({ merchant_id, livemode, ids }) =>
        database.run(CLAIM_DUE_ATTEMPTS, [merchant_id, livemode, ids, renderInstant(now), renderInstant(leaseUntil)]),
      );
      return claimed.map(readLoadedAttempt);
    },

    async listExpiredSetupIntents(now, limit) {
      return (await database.runRepeatable(LIST_EXPIRED, [renderInstant(now), limit])).map(readPlace);
    },

    async listSetupIntentsWithIdleCards(enteredBefore, limit) {
      return (await database.runRepeatable(LIST_WITH_IDLE_CARDS, [enteredBefore, limit])).map(readPlace);
    },
  };
}

function readPlace(row: Row) {
  return { scope: scopeField().read(row), id: row.id as Uuid };
}

function readLoadedSetupIntent({ intent, open_attempt }: Row): LoadedSetupIntent {
  return {
    intent: setupIntents.read(intent as Row),
    openAttempt: open_attempt ? setupAttempts.read(open_attempt as Row) : null,
  };
}

function readLoadedAttempt({ attempt, intent, payment_method, checkout_session }: Row): LoadedAttempt {
  return {
    attempt: setupAttempts.read(attempt as Row),
    intent: setupIntents.read(intent as Row),
    paymentMethod: payment_method ? paymentMethods.read(payment_method as Row) : null,
    checkoutSession: checkout_session ? checkoutSessions.read(checkout_session as Row) : null,
  };
}

const INTENT_WITH_OPEN_ATTEMPT = `row_to_json(i) AS intent, (
    SELECT row_to_json(a) FROM setup_attempts AS a
    WHERE a.merchant_id = $1 AND a.livemode = $2 AND a.setup_intent_id = i.id
      AND a.state IN ('asking', 'awaiting_authentication', 'needs_review')
  ) AS open_attempt`;

const LOAD_SETUP_INTENTS = statement(`
  SELECT i.id, ${INTENT_WITH_OPEN_ATTEMPT}
  FROM setup_intents AS i
  WHERE i.merchant_id = $1 AND i.livemode = $2 AND i.id = ANY ($3)`);

const LIST_OPEN_OF_CUSTOMER = statement(`
  SELECT ${INTENT_WITH_OPEN_ATTEMPT}
  FROM setup_intents AS i
  WHERE i.merchant_id = $1 AND i.livemode = $2 AND i.customer_id = $3
    AND i.status IN ('requires_payment_method', 'requires_confirmation', 'requires_action', 'processing')
  ORDER BY i.id DESC
  LIMIT $4`);

const ATTEMPT_WITH_ALL = `row_to_json(a) AS attempt, row_to_json(i) AS intent, row_to_json(p) AS payment_method,
    row_to_json(s) AS checkout_session`;

const ALL_OF_ATTEMPT = `
  JOIN setup_intents AS i
    ON i.merchant_id = $1 AND i.livemode = $2 AND i.id = a.setup_intent_id
  LEFT JOIN payment_methods AS p
    ON p.merchant_id = $1 AND p.livemode = $2 AND p.id = a.payment_method_id
  LEFT JOIN checkout_sessions AS s
    ON s.merchant_id = $1 AND s.livemode = $2 AND s.id = i.checkout_session_id`;

const LOAD_ATTEMPT = statement(`
  SELECT ${ATTEMPT_WITH_ALL}
  FROM setup_attempts AS a${ALL_OF_ATTEMPT}
  WHERE a.merchant_id = $1 AND a.livemode = $2 AND a.id = $3`);

const LOAD_DRAFT = statement(`
  SELECT row_to_json(p) AS payment_method, c.sealed AS sealed
  FROM payment_methods AS p
  JOIN sealed_cards AS c
    ON c.merchant_id = $1 AND c.livemode = $2 AND c.payment_method_id = p.id
  WHERE p.merchant_id = $1 AND p.livemode = $2 AND p.id = $3 AND p.state = 'draft'`);

const LOAD_SEALED_CARD = statement(`
  SELECT sealed FROM sealed_cards WHERE merchant_id = $1 AND livemode = $2 AND payment_method_id = $3`);

const FIND_DUE_ATTEMPTS = acrossMerchants(
  'due_attempts',
  `
  SELECT merchant_id, livemode, array_agg(id) AS ids FROM (
    SELECT merchant_id, livemode, id FROM setup_attempts WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $2
  ) AS due
  GROUP BY merchant_id, livemode`,
);

// Where two workers find the same attempt, the second waits for the first and then sees that it is due no more. The
// version goes up, so that a worker whose lease ran out can no longer write.
const CLAIM_DUE_ATTEMPTS = statement(`
  WITH a AS (
    UPDATE setup_attempts
    SET next_check_at = $5, version = version + 1
    WHERE merchant_id = $1 AND livemode = $2 AND id = ANY ($3) AND next_check_at <= $4
    RETURNING *
  )
  SELECT ${ATTEMPT_WITH_ALL}
  FROM a${ALL_OF_ATTEMPT}`);

const LIST_EXPIRED = acrossMerchants(
  'expired_setup_intents',
  `
  SELECT merchant_id, livemode, id FROM setup_intents
  WHERE expires_at <= $1 AND status IN ('requires_payment_method', 'requires_confirmation', 'requires_action')
    AND checkout_session_id IS NULL
  ORDER BY expires_at
  LIMIT $2`,
);

const LIST_WITH_IDLE_CARDS = acrossMerchants(
  'idle_cards',
  `
  SELECT merchant_id, livemode, id FROM setup_intents
  WHERE (draft -> 'consent' ->> 'acceptedAt')::bigint <= $1 AND draft IS NOT NULL
    AND status IN ('requires_payment_method', 'requires_confirmation')
  ORDER BY (draft -> 'consent' ->> 'acceptedAt')::bigint
  LIMIT $2`,
);
