-- Why: operators follow events in the order of their commits, see every POST of a delivery, find objects by what people
-- know of them, and have keys of their own. The previous release can run on the result: it fills in the new column by its
-- default, and does not know the new tables.

-- The transaction that wrote the event. Events of transactions below the oldest one that still runs are all there: whoever
-- reads up to that point, in the order of this column, misses none. Events from before this migration have 0.
ALTER TABLE events ADD COLUMN written_by xid8 NOT NULL DEFAULT '0';
ALTER TABLE events ALTER COLUMN written_by SET DEFAULT pg_current_xact_id();
CREATE INDEX events_as_written ON events (merchant_id, livemode, written_by, object_id, sequence) WHERE type <> '';

-- Each POST of a delivery, by the claim that it was made under: request and answer, as they were.
CREATE TABLE delivery_attempts (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  event_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  claim integer NOT NULL,
  attempt jsonb NOT NULL,
  ended_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, event_id, endpoint_id, claim)
);
CREATE INDEX delivery_attempts_by_age ON delivery_attempts (ended_at);

CREATE INDEX setup_attempts_of_intent ON setup_attempts (merchant_id, livemode, setup_intent_id, id)
  WHERE connector <> '';

-- Search. An e-mail is found whatever its letters' case.
CREATE INDEX customers_email ON customers (merchant_id, livemode, lower(email), id) WHERE email IS NOT NULL;
CREATE INDEX checkout_sessions_email ON checkout_sessions (merchant_id, livemode, lower(customer_email), id)
  WHERE customer_email IS NOT NULL;
CREATE INDEX payment_methods_last4 ON payment_methods (merchant_id, livemode, card_last4, id)
  WHERE card_last4 <> '' AND state <> 'draft';

-- Keys of the installation and no merchant's: small enough to be on every node.
CREATE TABLE operator_keys (
  id uuid NOT NULL,
  name text,
  digest bytea NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (id)
);
