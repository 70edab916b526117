-- Why: a card may be entered ahead of its confirmation; intents, methods and mandates tell what later use was agreed to;
-- customers have the merchant's own reference; callers may get tokens for an id and a secret. The previous release can run
-- on the result: every new column of an old table may be null.

ALTER TABLE setup_intents
  ADD COLUMN standing_instruction text CHECK (standing_instruction IN ('unscheduled', 'installment', 'recurring')),
  ADD COLUMN external_reference text,
  ADD COLUMN draft jsonb,
  ADD COLUMN mandate_id uuid,
  ADD COLUMN attempts_left integer CHECK (attempts_left >= 0),
  DROP CONSTRAINT setup_intents_three_d_secure_request_check,
  ADD CONSTRAINT setup_intents_three_d_secure_request_check
    CHECK (three_d_secure_request IN ('automatic', 'any', 'none'));
UPDATE setup_intents AS i SET mandate_id = m.id
  FROM mandates AS m
  WHERE m.merchant_id = i.merchant_id AND m.livemode = i.livemode AND m.setup_intent_id = i.id AND m.version > 0;

ALTER TABLE checkout_sessions
  DROP CONSTRAINT checkout_sessions_three_d_secure_request_check,
  ADD CONSTRAINT checkout_sessions_three_d_secure_request_check
    CHECK (three_d_secure_request IN ('automatic', 'any', 'none'));

ALTER TABLE payment_methods
  ADD COLUMN usage text CHECK (usage IN ('on_session', 'off_session', 'on_and_off_session'));

ALTER TABLE mandates
  ADD COLUMN standing_instruction text CHECK (standing_instruction IN ('unscheduled', 'installment', 'recurring'));

ALTER TABLE customers ADD COLUMN external_reference text;
CREATE UNIQUE INDEX customers_external_reference ON customers (merchant_id, livemode, external_reference)
  WHERE external_reference IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE api_clients (
  merchant_id uuid NOT NULL,
  id uuid NOT NULL,
  livemode boolean NOT NULL,
  kind text NOT NULL CHECK (kind IN ('secret', 'public')),
  name text,
  digest bytea NOT NULL,
  token_issued_at timestamptz,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (merchant_id, id)
);
