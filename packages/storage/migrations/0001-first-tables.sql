-- Why: the first tables. Previous release: there is none.
--
-- What every table here has in common:
-- * merchant_id leads every primary and unique key, then livemode where the object has a mode; there are no sequences, no
--   triggers and no foreign keys, so that a merchant's rows can live on one node of a distributed PostgreSQL.
-- * Ids are UUIDv7 and sort by the moment they were made, so the primary key serves lists too. There is no index on
--   (merchant_id, created_at), nor any other that a look-up by primary key could use: on tables that were never analyzed
--   PostgreSQL may prefer it and read all of a merchant's rows. Every other index that could serve one is therefore
--   partial, on something that such a look-up does not say: "column IS NOT NULL" is implied by "column = $1" alone.
-- * Nested values that no statement looks into are jsonb. Instants have milliseconds.

CREATE TABLE merchants (
  merchant_id uuid NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id)
);

-- A key's text names its merchant and id; its mode is what the look-up tells, so it is no part of the key.
CREATE TABLE api_keys (
  merchant_id uuid NOT NULL,
  id uuid NOT NULL,
  livemode boolean NOT NULL,
  kind text NOT NULL CHECK (kind IN ('secret', 'public')),
  name text,
  digest bytea NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (merchant_id, id)
);

-- The vault's keys of a merchant, wrapped; they serve both modes.
CREATE TABLE merchant_keys (
  merchant_id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'decrypt_only', 'destroyed')),
  wrapped bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, version),
  UNIQUE (merchant_id, id)
);

CREATE TABLE customers (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  chosen_id text,
  email text,
  description text,
  metadata jsonb NOT NULL,
  default_payment_method_id uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  PRIMARY KEY (merchant_id, livemode, id)
);
-- Holds deleted customers too: an id that was once given out never means somebody else.
CREATE UNIQUE INDEX customers_chosen_id ON customers (merchant_id, livemode, chosen_id) WHERE chosen_id IS NOT NULL;

CREATE TABLE payment_methods (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 0),
  state text NOT NULL CHECK (state IN ('draft', 'usable', 'detached')),
  type text NOT NULL CHECK (type = 'card'),
  customer_id uuid,
  customer_chosen_id text,
  former_customer_id uuid,
  former_customer_chosen_id text,
  card_brand text NOT NULL,
  card_bin text NOT NULL CHECK (length(card_bin) <= 6),
  card_last4 text NOT NULL CHECK (length(card_last4) <= 4),
  card_exp_month integer NOT NULL CHECK (card_exp_month BETWEEN 1 AND 12),
  card_exp_year integer NOT NULL,
  card_country text,
  card_fingerprint text NOT NULL,
  billing_details jsonb NOT NULL,
  metadata jsonb NOT NULL,
  verified_at timestamptz,
  network_transaction_id text,
  detached_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, id),
  CHECK ((state = 'draft') = (version = 0))
);
CREATE INDEX payment_methods_of_customer ON payment_methods (merchant_id, livemode, customer_id, id)
  WHERE customer_id IS NOT NULL;

-- Apart from payment_methods, so that reading a method never touches its sealed number, and a database role can be kept
-- from this table alone.
CREATE TABLE sealed_cards (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  payment_method_id uuid NOT NULL,
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, payment_method_id)
);

CREATE TABLE payment_method_configurations (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 0),
  active boolean NOT NULL,
  name text,
  preferences jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, id)
);

CREATE TABLE setup_intents (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  status text NOT NULL CHECK (status IN
    ('requires_payment_method', 'requires_confirmation', 'requires_action', 'processing', 'succeeded', 'canceled')),
  customer_id uuid,
  customer_chosen_id text,
  description text,
  metadata jsonb NOT NULL,
  usage text NOT NULL CHECK (usage IN ('on_session', 'off_session')),
  payment_method_types text[] NOT NULL,
  three_d_secure_request text CHECK (three_d_secure_request IN ('automatic', 'any')),
  payment_method_id uuid,
  checkout_session_id uuid,
  latest_attempt_id uuid,
  next_action jsonb,
  return_url text,
  last_setup_error jsonb,
  cancellation_reason text CHECK (cancellation_reason IN ('abandoned', 'duplicate', 'requested_by_customer')),
  expires_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, id),
  CHECK (status <> 'succeeded' OR payment_method_id IS NOT NULL)
);
CREATE INDEX setup_intents_open_of_customer ON setup_intents (merchant_id, livemode, customer_id, id)
  WHERE customer_id IS NOT NULL
    AND status IN ('requires_payment_method', 'requires_confirmation', 'requires_action', 'processing');
-- Those that wait for a processor's answer are left out: they cannot end before it, and would stand in the others' way.
-- Those that a checkout session drives end with it.
CREATE INDEX setup_intents_expiring ON setup_intents (expires_at)
  WHERE expires_at IS NOT NULL AND checkout_session_id IS NULL
    AND status IN ('requires_payment_method', 'requires_confirmation', 'requires_action');

CREATE TABLE setup_attempts (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 0),
  setup_intent_id uuid NOT NULL,
  payment_method_id uuid NOT NULL,
  payment_method_origin text NOT NULL CHECK (payment_method_origin IN ('entered', 'saved')),
  connector text NOT NULL,
  state text NOT NULL CHECK (state IN ('asking', 'awaiting_authentication', 'needs_review', 'voiding', 'closed')),
  outcome text CHECK (outcome IN
    ('approved', 'declined', 'authentication_failed', 'abandoned', 'not_processed', 'superseded', 'canceled')),
  error_code text,
  processor_reference text,
  authentication_url text,
  authentication_deadline_at timestamptz,
  returned_at timestamptz,
  consent jsonb NOT NULL,
  next_check_at timestamptz,
  checks integer NOT NULL CHECK (checks >= 0),
  not_found_reads integer NOT NULL CHECK (not_found_reads >= 0),
  started_at timestamptz NOT NULL,
  closed_at timestamptz,
  PRIMARY KEY (merchant_id, livemode, id)
);
-- The rule that one setup intent has one attempt at a time, whatever the code above it does.
CREATE UNIQUE INDEX setup_attempts_one_open ON setup_attempts (merchant_id, livemode, setup_intent_id)
  WHERE state IN ('asking', 'awaiting_authentication', 'needs_review');
CREATE INDEX setup_attempts_due ON setup_attempts (next_check_at) WHERE next_check_at IS NOT NULL;

CREATE TABLE mandates (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  status text NOT NULL CHECK (status IN ('active', 'inactive')),
  setup_intent_id uuid NOT NULL,
  setup_attempt_id uuid NOT NULL,
  payment_method_id uuid NOT NULL,
  customer_id uuid,
  customer_chosen_id text,
  usage text NOT NULL CHECK (usage IN ('on_session', 'off_session')),
  consent jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, id)
);
CREATE INDEX mandates_of_payment_method ON mandates (merchant_id, livemode, payment_method_id, id)
  WHERE payment_method_id IS NOT NULL;
CREATE INDEX mandates_of_setup_intent ON mandates (merchant_id, livemode, setup_intent_id, id)
  WHERE setup_intent_id IS NOT NULL;

CREATE TABLE checkout_sessions (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  status text NOT NULL CHECK (status IN ('open', 'complete', 'expired')),
  setup_intent_id uuid NOT NULL,
  customer_id uuid,
  customer_chosen_id text,
  customer_email text,
  customer_creation text CHECK (customer_creation IN ('always', 'if_required')),
  customer_details jsonb,
  client_reference_id text,
  success_url text,
  cancel_url text,
  locale text CHECK (locale IN ('auto', 'ja')),
  payment_method_types text[],
  three_d_secure_request text CHECK (three_d_secure_request IN ('automatic', 'any')),
  metadata jsonb NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, id)
);
-- The hosted page's address holds the session's id alone. Not unique: a unique key would reach across merchants. The
-- predicate is always true, and keeps this index out of look-ups by primary key.
CREATE INDEX checkout_sessions_by_id_alone ON checkout_sessions (id) WHERE version > 0;
CREATE INDEX checkout_sessions_expiring ON checkout_sessions (expires_at) WHERE status = 'open';

-- What happened to each object. The sequence is the object's version after the change, so an object's events are numbered
-- without a gap: a second event for one version, or a version without its event, cannot be committed.
CREATE TABLE events (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  object_type text NOT NULL,
  object_id uuid NOT NULL,
  sequence integer NOT NULL CHECK (sequence >= 1),
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, id)
);
CREATE UNIQUE INDEX events_of_object ON events (merchant_id, livemode, object_id, sequence)
  WHERE object_id IS NOT NULL;

CREATE TABLE idempotency_records (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  operation text NOT NULL,
  key text NOT NULL,
  request_digest bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done')),
  attempt_id uuid,
  answer jsonb,
  answer_type text,
  refusal jsonb,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, operation, key),
  CHECK ((answer IS NULL) = (answer_type IS NULL)),
  CHECK ((state = 'done') = (answer IS NOT NULL OR refusal IS NOT NULL))
);
CREATE INDEX idempotency_records_expiring ON idempotency_records (expires_at);
