import { type DeliveryRecord, type OperatorStorage, renderInstant } from '@onfile/core';
import { acrossMerchants } from '../across-merchants.js';
import { inBuckets } from '../buckets.js';
import type { Database } from '../database.js';
import { statement } from '../statement.js';

export function deliveryRecordStorage(
  database: Database,
): Pick<OperatorStorage, 'listDeliveryRecords' | 'deleteDeliveryRecords'> {
  return {
    async listDeliveryRecords({ merchantId, mode }, { eventId, endpointId }) {
      const rows = await database.runRepeatable(LIST, [merchantId, mode === 'live', eventId, endpointId]);
      return rows.map(({ attempt }) => attempt as DeliveryRecord);
    },

    async deleteDeliveryRecords(endedBefore, limit) {
      const old = { find: FIND_OLD, values: [renderInstant(endedBefore), limit] };
      const deleted = await inBuckets(database, old, ({ merchant_id, livemode, events, endpoints, claims }) =>
        database.run(DELETE, [merchant_id, livemode, events, endpoints, claims]),
      );
      return deleted.length;
    },
  };
}

const LIST = statement(`
  SELECT attempt FROM delivery_attempts
  WHERE merchant_id = $1 AND livemode = $2 AND event_id = $3 AND endpoint_id = $4
  ORDER BY claim`);

const FIND_OLD = acrossMerchants(
  'old_delivery_attempts',
  `
  SELECT merchant_id, livemode, array_agg(event_id) AS events, array_agg(endpoint_id) AS endpoints, array_agg(claim) AS claims
  FROM (
    SELECT merchant_id, livemode, event_id, endpoint_id, claim FROM delivery_attempts
    WHERE ended_at < $1
    ORDER BY ended_at
    LIMIT $2
  ) AS old
  GROUP BY merchant_id, livemode`,
);

const DELETE = statement(`
  DELETE FROM delivery_attempts
  WHERE merchant_id = $1 AND livemode = $2 AND (event_id, endpoint_id, claim) IN (
    SELECT o.event_id, o.endpoint_id, o.claim
    FROM unnest($3::uuid[], $4::uuid[], $5::integer[]) AS o (event_id, endpoint_id, claim)
  )
  RETURNING true AS deleted`);
