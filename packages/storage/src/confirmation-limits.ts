import type { Scope, Storage, Uuid } from '@onfile/core';
import type { Database } from './database.js';
import { renderInstant } from './fields.js';
import { statement } from './statement.js';

type Methods = 'noteAttacks' | 'deleteEndedCounts' | 'loadConfirmationRate' | 'saveConfirmationRate';

export function confirmationLimitStorage(database: Database): Pick<Storage, Methods> {
  return {
    async noteAttacks(signs, { now, until }) {
      const values = [renderInstant(now), renderInstant(until)];
      const begun: Scope[] = [];
      for (const mode of ['live', 'test'] as const) {
        const sign = signs[mode];
        if (sign === null) continue;
        const seenAfter = renderInstant(now - sign.windowMs);
        const rows = await database.runRepeatable(NOTE_ATTACKS, [
          ...values,
          mode === 'live',
          seenAfter,
          sign.verificationsMin,
          sign.cardsAbove,
        ]);
        begun.push(
          ...rows.filter(({ is_new }) => is_new).map((row) => ({ merchantId: row.merchant_id as Uuid, mode })),
        );
      }
      return begun;
    },

    async deleteEndedCounts(now, seenBefore, limit) {
      const counts = await database.run(DELETE_ENDED_COUNTS, [renderInstant(now), limit]);
      const sightings = await database.run(DELETE_SIGHTINGS, [renderInstant(seenBefore), limit]);
      return Math.max(counts.length, sightings.length);
    },

    async loadConfirmationRate({ merchantId, mode }) {
      const [row] = await database.runRepeatable(LOAD_RATE, [merchantId, mode === 'live']);
      return row ? { perHour: row.per_hour as number, burst: row.burst as number } : null;
    },

    async saveConfirmationRate({ merchantId, mode }, rate, at) {
      const place = [merchantId, mode === 'live'];
      if (rate === null) await database.runRepeatable(DELETE_RATE, place);
      else await database.runRepeatable(SAVE_RATE, [...place, rate.perHour, rate.burst, renderInstant(at)]);
    },
  };
}

/** So many cards with neighbouring numbers are no coincidence. */
const NEIGHBOURS_MIN = 4;

const NOTE_ATTACKS = statement(`
  WITH known AS MATERIALIZED (
    SELECT merchant_id FROM attacks WHERE livemode = $3 AND ends_at > $1
  ),
  seen AS MATERIALIZED (
    SELECT s.merchant_id, s.card, s.neighbours, coalesce(a.outcome = 'declined', false) AS is_declined
    FROM card_sightings AS s
    JOIN setup_attempts AS a
      ON a.merchant_id = s.merchant_id AND a.livemode = s.livemode AND a.id = s.attempt_id
    WHERE s.livemode = $3 AND s.seen_at > $4
  ),
  crowds AS (
    SELECT merchant_id, neighbours FROM seen GROUP BY merchant_id, neighbours
    HAVING count(DISTINCT card) >= ${NEIGHBOURS_MIN}
  ),
  attacked AS (
    SELECT seen.merchant_id
    FROM seen LEFT JOIN crowds ON crowds.merchant_id = seen.merchant_id AND crowds.neighbours = seen.neighbours
    GROUP BY seen.merchant_id
    HAVING count(*) >= $5::integer AND count(DISTINCT card) > $6::integer
      AND count(*) FILTER (WHERE is_declined OR crowds.neighbours IS NOT NULL) * 2 > count(*)
  )
  INSERT INTO attacks AS k (merchant_id, livemode, began_at, ends_at)
  SELECT merchant_id, $3, $1, $2 FROM attacked
  ON CONFLICT (merchant_id, livemode) DO UPDATE SET
    began_at = CASE WHEN k.ends_at <= excluded.began_at THEN excluded.began_at ELSE k.began_at END,
    ends_at = excluded.ends_at
  RETURNING merchant_id, merchant_id NOT IN (SELECT merchant_id FROM known) AS is_new`);

const DELETE_ENDED_COUNTS = statement(`
  WITH ended AS MATERIALIZED (
    SELECT merchant_id, livemode, subject FROM limit_counters WHERE ends_at <= $1 LIMIT $2
  )
  DELETE FROM limit_counters AS c USING ended AS e
  WHERE c.merchant_id = e.merchant_id AND c.livemode = e.livemode AND c.subject = e.subject AND c.ends_at <= $1
  RETURNING true AS deleted`);

const DELETE_SIGHTINGS = statement(`
  WITH old AS MATERIALIZED (
    SELECT merchant_id, livemode, attempt_id FROM card_sightings WHERE seen_at <= $1 LIMIT $2
  )
  DELETE FROM card_sightings AS s USING old
  WHERE s.merchant_id = old.merchant_id AND s.livemode = old.livemode AND s.attempt_id = old.attempt_id
  RETURNING true AS deleted`);

const LOAD_RATE = statement(`
  SELECT per_hour, burst FROM verification_rates WHERE merchant_id = $1 AND livemode = $2`);

const SAVE_RATE = statement(`
  INSERT INTO verification_rates (merchant_id, livemode, per_hour, burst, updated_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (merchant_id, livemode) DO UPDATE
  SET per_hour = excluded.per_hour, burst = excluded.burst, updated_at = excluded.updated_at`);

const DELETE_RATE = statement(`
  DELETE FROM verification_rates WHERE merchant_id = $1 AND livemode = $2`);
