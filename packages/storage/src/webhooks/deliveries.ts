import {
  type ClaimedDelivery,
  type Delivery,
  type DeliveryAttempt,
  type DeliveryOutcome,
  type EndpointChange,
  type EventType,
  type Instant,
  RECORDS_KEPT_MAX,
  renderInstant,
  type Uuid,
  type WebhookStorage,
} from '@onfile/core';
import type { Database } from '../database.js';
import { type Row, readInstant, scope as scopeField } from '../fields.js';
import { lowestIdAt } from '../ids-by-time.js';
import { events } from '../reads/events.js';
import { statement } from '../statement.js';
import { webhookEndpoints } from '../tables.js';
import { releaseWaiting } from './endpoints.js';

type Methods = 'claimDeliveries' | 'settleDelivery' | 'listDeliveries' | 'replayDeliveries' | 'countPendingDeliveries';

export function deliveryStorage(database: Database): Pick<WebhookStorage, Methods> {
  return {
    async claimDeliveries({ scope, endpointId, now, leaseUntil, inFlightMax }) {
      const values = [
        ...[scope.merchantId, scope.mode === 'live', endpointId],
        ...[renderInstant(now), renderInstant(leaseUntil), inFlightMax],
      ];
      const [row] = await database.run(CLAIM, values);
      if (!row) return null;

      const claimed = (row.deliveries ?? []) as readonly Row[];
      return { endpoint: webhookEndpoints.read(row.endpoint as Row), deliveries: claimed.map(readClaimed) };
    },

    async settleDelivery({ scope, endpointId, eventId, claim, at, outcome, attempt, record, endpoint }) {
      const values = [
        ...[scope.merchantId, scope.mode === 'live', endpointId, eventId, claim, renderInstant(at)],
        ...[outcome.state, renderInstant(scheduledAfter(outcome, at)), JSON.stringify(attempt)],
        record && JSON.stringify(record),
      ];
      const [row] = endpoint
        ? await database.run(SETTLE_WITH_ENDPOINT, [
            ...values,
            endpoint.expectVersion,
            ...valuesOfChange(endpoint.change),
          ])
        : await database.run(SETTLE, values);
      if (!row?.is_held) return 'lost';
      return row.is_settled ? 'settled' : 'stale';
    },

    async listDeliveries({ merchantId, mode }, { endpointId, eventId, state, before, beforeEndpoint }, limit) {
      const place = [merchantId, mode === 'live'];
      const filters = [eventId ?? null, endpointId ?? null, state ?? null];
      const values = [...place, ...filters, before ?? HIGHEST, beforeEndpoint ?? LOWEST, limit];
      return (await database.runRepeatable(listFor({ eventId, endpointId }), values)).map(readDelivery);
    },

    async replayDeliveries({ merchantId, mode }, { endpointId, eventIds, since, until, states, after, limit }, now) {
      const values = [
        ...[merchantId, mode === 'live', endpointId, renderInstant(now), eventIds],
        ...[since === null ? null : renderInstant(since), after ?? lowestIdAt(since ?? 0), limit],
        ...[until === null ? null : renderInstant(until), states],
      ];
      return (await database.run(REPLAY, values)).map((row) => row.event_id as Uuid);
    },

    async countPendingDeliveries({ merchantId, mode }, eventIds) {
      const rows = await database.runRepeatable(COUNT_PENDING, [merchantId, mode === 'live', eventIds]);
      return new Map(rows.map((row) => [row.event_id as Uuid, Number(row.pending_count)]));
    },
  };
}

function readClaimed(row: Row): ClaimedDelivery {
  return {
    event: events.read(row.event as Row),
    claim: row.claim as number,
    attempts: row.attempts as number,
    scheduledAt: readInstant(row.scheduled_at) as Instant,
    isScheduled: row.is_scheduled as boolean,
    pendingCount: row.pending_count as number,
  };
}

function readDelivery({ delivery, type }: Row): Delivery {
  const row = delivery as Row;
  return {
    scope: scopeField().read(row),
    endpointId: row.endpoint_id as Uuid,
    eventId: row.event_id as Uuid,
    eventType: type as EventType,
    objectId: row.object_id as Uuid,
    sequence: row.sequence as number,
    state: row.state as Delivery['state'],
    attempts: row.attempts as number,
    dueAt: readInstant(row.due_at) as Instant,
    lastAttempt: row.last_attempt as DeliveryAttempt | null,
    createdAt: readInstant(row.created_at) as Instant,
    endedAt: readInstant(row.ended_at),
  };
}

function scheduledAfter(outcome: DeliveryOutcome, at: Instant): Instant {
  return outcome.state === 'pending' ? outcome.scheduledAt : at;
}

function valuesOfChange(change: EndpointChange): readonly unknown[] {
  const instantOrNull = (at: Instant | null) => (at === null ? null : renderInstant(at));
  const { state, disabledReason, failures, failingSince, probeAt, releasesWaiting } = change;
  return [state, disabledReason, failures, instantOrNull(failingSince), instantOrNull(probeAt), releasesWaiting];
}

// The endpoint's row is locked, so that of two workers who claim at once one gets nothing instead of too much. That one may
// also come to the row just after the other has let go of it: then it has counted too few under way, and finds another
// number of claims in the row than it saw. Which delivery is the first of its object is asked by a scalar subquery: it is
// one step in an index for each row that is looked at, whatever PostgreSQL believes about the table, where a join might
// read all that waits.
//
// What this statement reads can be older than what it locks. That does no harm: an older state shows more events as
// unfinished, never fewer, so no later event is taken too early; and a row that was taken meanwhile is checked again.
// `ended_at IS NULL` says pending in other words, which no partial index is for: where the question is about one event, such
// an index would be read through from one end of what waits to the other. Each event is looked up by itself, for a plan made
// while there were few would read them all.
const CLAIM = statement(`
  WITH e AS MATERIALIZED (
    SELECT w.*, w.probe_at IS NOT NULL AS is_probe, (
      SELECT count(*) FROM deliveries AS u
      WHERE u.merchant_id = $1 AND u.livemode = $2 AND u.endpoint_id = $3 AND u.leased_until > $4::timestamptz
    ) AS in_flight
    FROM webhook_endpoints AS w
    WHERE w.merchant_id = $1 AND w.livemode = $2 AND w.id = $3 AND w.state = 'enabled'
      AND (w.probe_at IS NULL OR w.probe_at <= $4)
      AND w.claims = (
        SELECT seen.claims FROM webhook_endpoints AS seen
        WHERE seen.merchant_id = $1 AND seen.livemode = $2 AND seen.id = $3
      )
    FOR NO KEY UPDATE SKIP LOCKED
  ),
  due AS MATERIALIZED (
    SELECT d.event_id FROM deliveries AS d
    WHERE d.merchant_id = $1 AND d.livemode = $2 AND d.endpoint_id = $3 AND d.state = 'pending'
      AND (d.due_at <= $4 OR (SELECT is_probe FROM e))
      AND (d.leased_until IS NULL OR d.leased_until <= $4)
      AND d.sequence = (
        SELECT former.sequence FROM deliveries AS former
        WHERE former.merchant_id = $1 AND former.livemode = $2 AND former.endpoint_id = $3
          AND former.object_id = d.object_id AND former.state = 'pending'
        ORDER BY former.sequence
        LIMIT 1
      )
    ORDER BY d.due_at, d.event_id
    LIMIT coalesce((SELECT CASE WHEN is_probe THEN 1 ELSE greatest($6::integer - in_flight, 0) END FROM e), 0)
    FOR NO KEY UPDATE SKIP LOCKED
  ),
  claimed AS (
    UPDATE deliveries AS d
    SET claim = claim + 1, leased_until = $5, attempts = attempts + (scheduled_at <= $4)::integer
    FROM due
    WHERE d.merchant_id = $1 AND d.livemode = $2 AND d.endpoint_id = $3 AND d.event_id = due.event_id
    RETURNING d.event_id, d.claim, d.attempts, d.scheduled_at, d.scheduled_at <= $4 AS is_scheduled, d.due_at
  ),
  counted AS (
    UPDATE webhook_endpoints AS w
    SET claims = w.claims + 1, probe_at = CASE WHEN e.is_probe THEN $5 ELSE w.probe_at END
    FROM e
    WHERE w.merchant_id = $1 AND w.livemode = $2 AND w.id = $3 AND EXISTS (SELECT FROM claimed)
  )
  SELECT row_to_json(e) AS endpoint, (
    SELECT json_agg(row_to_json(c) ORDER BY c.due_at, c.event_id) FROM (
      SELECT claimed.*, row_to_json(v) AS event, (
        SELECT count(*) FROM deliveries AS p
        WHERE p.merchant_id = $1 AND p.livemode = $2 AND p.event_id = claimed.event_id AND p.ended_at IS NULL
      ) AS pending_count
      FROM claimed
      JOIN LATERAL (
        SELECT one.* FROM events AS one
        WHERE one.merchant_id = $1 AND one.livemode = $2 AND one.id = claimed.event_id
        LIMIT 1
      ) AS v ON true
    ) AS c
  ) AS deliveries
  FROM e`);

const HELD = `held AS MATERIALIZED (
    SELECT true FROM deliveries
    WHERE merchant_id = $1 AND livemode = $2 AND endpoint_id = $3 AND event_id = $4 AND claim = $5 AND ended_at IS NULL
    FOR NO KEY UPDATE
  )`;

const settled = (condition: string) => `settled AS (
    UPDATE deliveries
    SET state = $7, scheduled_at = $8, due_at = $8, leased_until = NULL, last_attempt = $9,
      ended_at = CASE WHEN $7 = 'pending' THEN NULL ELSE $6::timestamptz END
    WHERE merchant_id = $1 AND livemode = $2 AND endpoint_id = $3 AND event_id = $4 AND claim = $5 AND ${condition}
    RETURNING true
  )`;

const ANSWER = 'SELECT EXISTS (SELECT FROM held) AS is_held, EXISTS (SELECT FROM settled) AS is_settled';

/** The POST is kept beside its delivery, and of the earlier ones so many. */
const KEPT = `kept AS (
    INSERT INTO delivery_attempts (merchant_id, livemode, event_id, endpoint_id, claim, attempt, ended_at)
    SELECT $1, $2, $4, $3, $5, $10::jsonb, $6 FROM settled WHERE $10::jsonb IS NOT NULL
  ),
  forgotten AS (
    DELETE FROM delivery_attempts
    WHERE merchant_id = $1 AND livemode = $2 AND event_id = $4 AND endpoint_id = $3 AND claim <= $5 - ${RECORDS_KEPT_MAX}
      AND EXISTS (SELECT FROM settled)
  )`;

const SETTLE = statement(`
  WITH ${HELD},
  ${settled('EXISTS (SELECT FROM held)')},
  ${KEPT}
  ${ANSWER}`);

const SETTLE_WITH_ENDPOINT = statement(`
  WITH ${HELD},
  endpoint AS (
    UPDATE webhook_endpoints AS w
    SET version = version + 1, updated_at = $6, state = $12, disabled_reason = $13, failures = $14, failing_since = $15,
      probe_at = $16
    WHERE w.merchant_id = $1 AND w.livemode = $2 AND w.id = $3 AND w.version = $11 AND EXISTS (SELECT FROM held)
    RETURNING true
  ),
  ${settled('EXISTS (SELECT FROM endpoint)')},
  ${KEPT},
  released AS (
    ${releaseWaiting('$6', 'event_id <> $4 AND $17::boolean AND EXISTS (SELECT FROM endpoint)')}
  )
  ${ANSWER}`);

const DELIVERY = `SELECT row_to_json(d) AS delivery, v.type FROM deliveries AS d
  JOIN events AS v ON v.merchant_id = $1 AND v.livemode = $2 AND v.id = d.event_id
  WHERE d.merchant_id = $1 AND d.livemode = $2`;

const HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const LOWEST = '00000000-0000-0000-0000-000000000000';

const list = (named: string) =>
  statement(`
  ${DELIVERY} AND ${named} AND ($5::text IS NULL OR d.state = $5)
    AND (d.event_id, d.endpoint_id) < ($6::uuid, $7::uuid)
  ORDER BY d.event_id DESC, d.endpoint_id DESC
  LIMIT $8`);

const LIST = list('$3::uuid IS NULL AND $4::uuid IS NULL');
const LIST_OF_ENDPOINT = list('$3::uuid IS NULL AND d.endpoint_id = $4 AND d.claim >= 0');
const LIST_OF_EVENT = list('d.event_id = $3 AND ($4::uuid IS NULL OR d.endpoint_id = $4)');

function listFor({ eventId, endpointId }: { eventId: Uuid | undefined; endpointId: Uuid | undefined }) {
  if (eventId !== undefined) return LIST_OF_EVENT;
  return endpointId === undefined ? LIST : LIST_OF_ENDPOINT;
}

// Counted up, the claim's number makes whatever an earlier worker still writes about this delivery a loss of that worker.
const REPLAY = statement(`
  WITH wanted AS MATERIALIZED (
    SELECT v.id, v.object_id, v.sequence FROM events AS v, webhook_endpoints AS w
    WHERE v.merchant_id = $1 AND v.livemode = $2 AND v.id > $7::uuid AND v.type = ANY (w.event_types)
      AND ($5::uuid[] IS NULL OR v.id = ANY ($5)) AND ($6::timestamptz IS NULL OR v.created_at >= $6)
      AND ($9::timestamptz IS NULL OR v.created_at < $9)
      AND ($10::text[] IS NULL OR (
        SELECT d.state = ANY ($10) FROM deliveries AS d
        WHERE d.merchant_id = $1 AND d.livemode = $2 AND d.event_id = v.id AND d.endpoint_id = $3
      ))
      AND w.merchant_id = $1 AND w.livemode = $2 AND w.id = $3
    ORDER BY v.id
    LIMIT $8
  ),
  replayed AS (
    INSERT INTO deliveries AS d (merchant_id, livemode, event_id, endpoint_id, object_id, sequence, state, attempts, claim,
      scheduled_at, due_at, created_at)
    SELECT $1, $2, id, $3, object_id, sequence, 'pending', 0, 0, $4, $4, $4 FROM wanted
    ON CONFLICT (merchant_id, livemode, event_id, endpoint_id) DO UPDATE
    SET state = 'pending', attempts = 0, claim = d.claim + 1, leased_until = NULL, scheduled_at = $4, due_at = $4,
      ended_at = NULL
    RETURNING d.event_id
  )
  SELECT event_id FROM replayed ORDER BY event_id`);

const COUNT_PENDING = statement(`
  SELECT event_id, count(*) AS pending_count FROM deliveries
  WHERE merchant_id = $1 AND livemode = $2 AND event_id = ANY ($3) AND ended_at IS NULL
  GROUP BY event_id`);
