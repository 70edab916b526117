-- Why: cards announce their end, cards that nobody confirms are forgotten, what cannot be undone is shown to a person, and
-- confirmations are limited. The previous release can run on the result: it counts nothing and announces nothing, and takes
-- an attempt in the new state for one that is over.

-- How many days ahead the card's end was last announced; 0 once it was announced as expired.
ALTER TABLE payment_methods ADD COLUMN expiry_notice_days integer CHECK (expiry_notice_days >= 0);
-- By the month in which cards end, without those that have nothing left to announce.
CREATE INDEX payment_methods_expiring
  ON payment_methods (merchant_id, livemode, (card_exp_year * 12 + card_exp_month), id)
  WHERE state = 'usable' AND (expiry_notice_days IS NULL OR expiry_notice_days > 0);

ALTER TABLE setup_attempts
  DROP CONSTRAINT setup_attempts_state_check,
  ADD CONSTRAINT setup_attempts_state_check CHECK (state IN
    ('asking', 'awaiting_authentication', 'needs_review', 'voiding', 'void_needs_review', 'closed'));

-- Cards that were entered ahead and never confirmed, by the moment of their entry.
CREATE INDEX setup_intents_idle_drafts ON setup_intents (((draft -> 'consent' ->> 'acceptedAt')::bigint))
  WHERE draft IS NOT NULL AND status IN ('requires_payment_method', 'requires_confirmation');

-- What is counted to limit confirmations. Not logged: the counts are worth less than the writing, and after a crash of the
-- server they start from nothing. Counts across merchants belong to the merchant whose id is all zeros.
CREATE UNLOGGED TABLE limit_counters (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  subject text NOT NULL,
  count integer NOT NULL,
  members text[] NOT NULL,
  -- When the count starts anew; from then on the row may go.
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, subject)
) WITH (fillfactor = 50);

-- What a merchant may do instead of the installation's default.
CREATE TABLE verification_rates (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  per_hour integer NOT NULL CHECK (per_hour >= 1),
  burst integer NOT NULL CHECK (burst >= 1),
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode)
);

-- Which cards were lately entered for which attempts, to tell when a merchant's pages are used to try cards out.
CREATE UNLOGGED TABLE card_sightings (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  attempt_id uuid NOT NULL,
  card text NOT NULL,
  -- The same for cards whose numbers differ in their last four digits only.
  neighbours text NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, attempt_id)
);

CREATE TABLE attacks (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  began_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode)
);
