import type { DeliveryRecord, OperatorStorage } from '@onfile/core';
import type { Database } from '../database.js';
import { renderInstant } from '../fields.js';
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
      return (await database.runRepeatable(DELETE, [renderInstant(endedBefore), limit])).length;
    },
  };
}

const LIST = statement(`
  SELECT attempt FROM delivery_attempts
  WHERE merchant_id = $1 AND livemode = $2 AND event_id = $3 AND endpoint_id = $4
  ORDER BY claim`);

const DELETE = statement(`
  WITH old AS MATERIALIZED (
    SELECT merchant_id, livemode, event_id, endpoint_id, claim FROM delivery_attempts
    WHERE ended_at < $1
    ORDER BY ended_at
    LIMIT $2
  )
  DELETE FROM delivery_attempts AS a
  USING old
  WHERE a.merchant_id = old.merchant_id AND a.livemode = old.livemode AND a.event_id = old.event_id
    AND a.endpoint_id = old.endpoint_id AND a.claim = old.claim AND a.ended_at < $1
  RETURNING true AS deleted`);
