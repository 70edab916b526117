import {
  type EventObjectType,
  type IdempotencyRecord,
  type Refusal,
  renderInstant,
  type Storage,
  StorageFault,
  type Uuid,
} from '@onfile/core';
import { acrossMerchants } from './across-merchants.js';
import { inBuckets } from './buckets.js';
import type { Database } from './database.js';
import { asBuffer, type Row, readInstant } from './fields.js';
import { statement } from './statement.js';
import { readAnnounced } from './tables.js';

type Methods = 'findIdempotencyRecord' | 'recordRefusal' | 'deleteExpiredIdempotencyRecords';

/** How often a record may expire or be deleted between two looks at it. */
const LOOKS_MAX = 3;

export function idempotencyRecords(database: Database): Pick<Storage, Methods> {
  const find: Storage['findIdempotencyRecord'] = async ({ merchantId, mode }, operation, key, now) => {
    const [row] = await database.runRepeatable(FIND, [merchantId, mode === 'live', operation, key]);
    return row && (readInstant(row.expires_at) as number) > now ? readRecord(row) : null;
  };
  return {
    findIdempotencyRecord: find,

    async recordRefusal(scope, { operation, key, requestDigest, expiresAt }, refusal, now) {
      const values = [
        scope.merchantId,
        scope.mode === 'live',
        operation,
        key,
        asBuffer(requestDigest),
        JSON.stringify(refusal),
        renderInstant(now),
        renderInstant(expiresAt),
      ];
      for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
        if ((await database.runRepeatable(REMEMBER_REFUSAL, values)).length > 0) return null;
        const record = await find(scope, operation, key, now);
        if (record) return record;
      }
      throw new StorageFault('An idempotency record came and went each time that it was looked at', { code: '40001' });
    },

    async deleteExpiredIdempotencyRecords(now, limit) {
      const expired = { find: FIND_EXPIRED, values: [renderInstant(now), limit] };
      const deleted = await inBuckets(database, expired, ({ merchant_id, livemode, operations, keys }) =>
        database.run(DELETE_EXPIRED, [merchant_id, livemode, operations, keys, renderInstant(now)]),
      );
      return deleted.length;
    },
  };
}

function readRecord(row: Row): IdempotencyRecord {
  const answerType = row.answer_type as EventObjectType | null;
  return {
    requestDigest: new Uint8Array(row.request_digest as Buffer),
    state: row.state as IdempotencyRecord['state'],
    attemptId: row.attempt_id as Uuid | null,
    answer: answerType === null ? null : readAnnounced(answerType, row.answer as Row),
    answerType,
    refusal: row.refusal as Refusal | null,
  };
}

const FIND = statement(`
  SELECT request_digest, state, attempt_id, answer, answer_type, refusal, to_json(expires_at) AS expires_at
  FROM idempotency_records
  WHERE merchant_id = $1 AND livemode = $2 AND operation = $3 AND key = $4`);

/** Answers a row if the refusal is remembered now, and none if the key is in use. */
const REMEMBER_REFUSAL = statement(`
  INSERT INTO idempotency_records AS r
    (merchant_id, livemode, operation, key, request_digest, state, refusal, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, 'done', $6, $7, $8)
  ON CONFLICT (merchant_id, livemode, operation, key) DO UPDATE
  SET request_digest = excluded.request_digest, state = excluded.state, attempt_id = NULL, answer = NULL,
    answer_type = NULL, refusal = excluded.refusal, created_at = excluded.created_at, expires_at = excluded.expires_at
  WHERE r.expires_at <= excluded.created_at
  RETURNING true AS remembered`);

const FIND_EXPIRED = acrossMerchants(
  'expired_idempotency_records',
  `
  SELECT merchant_id, livemode, array_agg(operation) AS operations, array_agg(key) AS keys FROM (
    SELECT merchant_id, livemode, operation, key FROM idempotency_records
    WHERE expires_at <= $1
    ORDER BY expires_at
    LIMIT $2
  ) AS expired
  GROUP BY merchant_id, livemode`,
);

const DELETE_EXPIRED = statement(`
  DELETE FROM idempotency_records
  WHERE merchant_id = $1 AND livemode = $2 AND expires_at <= $5
    AND (operation, key) IN (SELECT e.operation, e.key FROM unnest($3::text[], $4::text[]) AS e (operation, key))
  RETURNING true AS deleted`);
