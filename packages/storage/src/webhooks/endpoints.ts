import { type EndpointPatch, renderInstant, type WebhookStorage } from '@onfile/core';
import { acrossMerchants } from '../across-merchants.js';
import type { Database } from '../database.js';
import { type Row, scope as scopeField } from '../fields.js';
import { statement } from '../statement.js';
import { valuesOf, webhookEndpoints } from '../tables.js';

type Methods =
  | 'insertWebhookEndpoint'
  | 'loadWebhookEndpoint'
  | 'listWebhookEndpoints'
  | 'updateWebhookEndpoint'
  | 'deleteWebhookEndpoint'
  | 'setTypesOfEndpointsThatWantAll'
  | 'listEndpointsWithDueDeliveries';

export function webhookEndpointStorage(database: Database): Pick<WebhookStorage, Methods> {
  return {
    async insertWebhookEndpoint(endpoint) {
      await database.run(INSERT, valuesOf(webhookEndpoints, endpoint));
    },

    async loadWebhookEndpoint({ merchantId, mode }, id) {
      const [row] = await database.runRepeatable(LOAD, [merchantId, mode === 'live', id]);
      return row ? webhookEndpoints.read(row.endpoint as Row) : null;
    },

    async listWebhookEndpoints({ merchantId, mode }) {
      const rows = await database.runRepeatable(LIST, [merchantId, mode === 'live']);
      return rows.map((row) => webhookEndpoints.read(row.endpoint as Row));
    },

    async updateWebhookEndpoint(endpoint, patch, { at, releasesWaiting }) {
      const { merchantId, mode } = endpoint.scope;
      const values = [
        ...[merchantId, mode === 'live', endpoint.id, endpoint.version, renderInstant(at), releasesWaiting],
        ...patchedValues({ ...endpoint, ...patch }),
      ];
      const [row] = await database.run(UPDATE, values);
      return row ? webhookEndpoints.read(row.endpoint as Row) : null;
    },

    async deleteWebhookEndpoint({ merchantId, mode }, id) {
      const [row] = await database.runRepeatable(DELETE, [merchantId, mode === 'live', id]);
      return row ? webhookEndpoints.read(row.endpoint as Row) : null;
    },

    async setTypesOfEndpointsThatWantAll(dialect, types, at) {
      return (await database.runRepeatable(SET_TYPES, [dialect, types, renderInstant(at)])).length;
    },

    async listEndpointsWithDueDeliveries(now, { after, limit }) {
      const from = after ? [after.scope.merchantId, after.scope.mode === 'live', after.id] : LOWEST;
      const rows = await database.runRepeatable(LIST_DUE, [renderInstant(now), ...from, limit]);
      return rows.map((row) => ({ scope: scopeField().read(row), id: row.id as never }));
    },
  };
}

const LOWEST = ['00000000-0000-0000-0000-000000000000', false, '00000000-0000-0000-0000-000000000000'];

type Patched = Required<EndpointPatch>;

/** In the order of `UPDATE`'s parameters from `$7` on. */
function patchedValues({ url, secrets, eventTypes, wantsAllEvents, ...health }: Patched) {
  const { state, disabledReason, failures, failingSince, probeAt } = health;
  const instantOrNull = (at: number | null) => (at === null ? null : renderInstant(at));
  const values = [state, disabledReason, failures, instantOrNull(failingSince), instantOrNull(probeAt)];
  return [JSON.stringify(secrets), eventTypes, ...values, url, wantsAllEvents];
}

const ENDPOINT = 'w.merchant_id = $1 AND w.livemode = $2 AND w.id = $3';

/**
 * What waits at an endpoint becomes due. Rows that somebody holds are left: they are being settled or sent just now, and
 * waiting for them could end in a deadlock.
 */
export function releaseWaiting(now: string, condition: string): string {
  return `UPDATE deliveries AS r
    SET due_at = ${now}
    FROM (
      SELECT event_id FROM deliveries
      WHERE merchant_id = $1 AND livemode = $2 AND endpoint_id = $3 AND state = 'pending' AND due_at > ${now}
        AND ${condition}
      ORDER BY due_at, event_id
      FOR NO KEY UPDATE SKIP LOCKED
    ) AS waiting
    WHERE r.merchant_id = $1 AND r.livemode = $2 AND r.endpoint_id = $3 AND r.event_id = waiting.event_id`;
}

const INSERT = statement(`
  INSERT INTO webhook_endpoints (${webhookEndpoints.columns.join(', ')})
  VALUES (${webhookEndpoints.columns.map((_, index) => `$${index + 1}`).join(', ')})`);

const LOAD = statement(`SELECT row_to_json(w) AS endpoint FROM webhook_endpoints AS w WHERE ${ENDPOINT}`);

const LIST = statement(`
  SELECT row_to_json(w) AS endpoint FROM webhook_endpoints AS w
  WHERE w.merchant_id = $1 AND w.livemode = $2
  ORDER BY w.id DESC`);

const UPDATE = statement(`
  WITH updated AS (
    UPDATE webhook_endpoints AS w
    SET version = version + 1, updated_at = $5, secrets = $7, event_types = $8, state = $9, disabled_reason = $10,
      failures = $11, failing_since = $12, probe_at = $13, url = $14, wants_all_events = $15
    WHERE ${ENDPOINT} AND w.version = $4
    RETURNING w.*
  ),
  released AS (
    ${releaseWaiting('$5', '$6::boolean AND EXISTS (SELECT FROM updated)')}
  )
  SELECT row_to_json(u) AS endpoint FROM updated AS u`);

const DELETE = statement(`
  WITH deleted AS (
    DELETE FROM webhook_endpoints AS w WHERE ${ENDPOINT}
    RETURNING w.*
  ),
  waiting AS (
    DELETE FROM deliveries AS d
    WHERE d.merchant_id = $1 AND d.livemode = $2 AND d.endpoint_id = $3 AND d.state = 'pending'
  )
  SELECT row_to_json(d) AS endpoint FROM deleted AS d`);

const SET_TYPES = acrossMerchants(
  'endpoints_that_want_all_events',
  `
  UPDATE webhook_endpoints SET event_types = $2, version = version + 1, updated_at = $3
  WHERE dialect = $1 AND wants_all_events AND event_types <> $2::text[]
  RETURNING true AS changed`,
);

// A delivery that waits for a former event of its object counts as due here; claiming tells them apart.
const LIST_DUE = acrossMerchants(
  'endpoints_with_due_deliveries',
  `
  SELECT w.merchant_id, w.livemode, w.id FROM webhook_endpoints AS w
  WHERE w.state = 'enabled' AND (w.probe_at IS NULL OR w.probe_at <= $1)
    AND (w.merchant_id, w.livemode, w.id) > ($2::uuid, $3::boolean, $4::uuid)
    AND (
      SELECT true FROM deliveries AS d
      WHERE d.merchant_id = w.merchant_id AND d.livemode = w.livemode AND d.endpoint_id = w.id AND d.state = 'pending'
        AND (d.due_at <= $1 OR w.probe_at IS NOT NULL) AND (d.leased_until IS NULL OR d.leased_until <= $1)
      ORDER BY d.due_at, d.event_id
      LIMIT 1
    )
  ORDER BY w.merchant_id, w.livemode, w.id
  LIMIT $5`,
);
