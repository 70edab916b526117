-- Why: merchants are told of events. The previous release can run on this: it makes events without deliveries, which
-- `onfile webhooks replay` catches up on.

CREATE TABLE webhook_endpoints (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  url text NOT NULL,
  dialect text NOT NULL,
  event_types text[] NOT NULL,
  wants_all_events boolean NOT NULL,
  -- Names of secrets, which are derived from these and stored nowhere.
  secrets jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('enabled', 'disabled')),
  disabled_reason text CHECK (disabled_reason IN ('operator', 'gone', 'failing')),
  failures integer NOT NULL CHECK (failures >= 0),
  failing_since timestamptz,
  probe_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, livemode, id),
  CHECK ((state = 'disabled') = (disabled_reason IS NOT NULL))
);

-- One row for each event and endpoint, written by the statement that writes the event. The event leads the key, so that
-- what became of an event is one range of it.
CREATE TABLE deliveries (
  merchant_id uuid NOT NULL,
  livemode boolean NOT NULL,
  event_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  object_id uuid NOT NULL,
  sequence integer NOT NULL CHECK (sequence >= 1),
  state text NOT NULL CHECK (state IN ('pending', 'accepted', 'dead')),
  attempts integer NOT NULL CHECK (attempts >= 0),
  -- Which claim the row is held by: the number fences off a worker whose lease ran out.
  claim integer NOT NULL CHECK (claim >= 0),
  leased_until timestamptz,
  -- When the schedule tries next, and when it may be sent: the same, unless a good probe released it.
  scheduled_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  last_attempt jsonb,
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (merchant_id, livemode, event_id, endpoint_id),
  CHECK ((state = 'pending') = (ended_at IS NULL))
) WITH (fillfactor = 80);
-- What waits at an endpoint, in the order in which it is taken.
CREATE INDEX deliveries_due ON deliveries (merchant_id, livemode, endpoint_id, due_at, event_id)
  WHERE state = 'pending';
-- The earliest event of an object that an endpoint has not accepted yet: the later ones wait for it.
CREATE INDEX deliveries_of_object ON deliveries (merchant_id, livemode, endpoint_id, object_id, sequence)
  WHERE state = 'pending';
CREATE INDEX deliveries_under_way ON deliveries (merchant_id, livemode, endpoint_id, leased_until)
  WHERE leased_until IS NOT NULL;
CREATE INDEX deliveries_of_endpoint ON deliveries (merchant_id, livemode, endpoint_id, event_id)
  WHERE claim >= 0;
