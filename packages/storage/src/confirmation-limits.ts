import { renderInstant, type Scope, type Storage, type Uuid } from '@onfile/core';
import { acrossMerchants } from './across-merchants.js';
import { inBuckets } from './buckets.js';
import type { Database } from './database.js';
import { statement } from './statement.js';

type Methods = 'noteAttacks' | 'deleteEndedCounts' | 'loadConfirmationRate' | 'saveConfirmationRate';

export function confirmationLimitStorage(database: Database): Pick<Storage, Methods> {
  return {
    async noteAttacks(signs, { now, until }) {
      const begun: Scope[] = [];
      for (const mode of ['live', 'test'] as const) {
        const sign = signs[mode];
        if (sign === null) continue;
        const livemode = mode === 'live';
        const seenAfter = renderInstant(now - sign.windowMs);
        const attacked = {
          find: FIND_ATTACKED,
          values: [renderInstant(now), livemode, seenAfter, sign.verificationsMin, sign.cardsAbove],
        };
        await inBuckets(database, attacked, async ({ merchant_id, is_new }) => {
          const noted = [merchant_id, livemode, renderInstant(now), renderInstant(until)];
          await database.runRepeatable(NOTE_ATTACK, noted);
          if (is_new) begun.push({ merchantId: merchant_id as Uuid, mode });
          return [];
        });
      }
      return begun;
    },

    async deleteEndedCounts(now, seenBefore, limit) {
      const ended = { find: FIND_ENDED_COUNTS, values: [renderInstant(now), limit] };
      const counts = await inBuckets(database, ended, ({ merchant_id, livemode, subjects }) =>
        database.run(DELETE_ENDED_COUNTS, [merchant_id, livemode, subjects, renderInstant(now)]),
      );
      const old = { find: FIND_OLD_SIGHTINGS, values: [renderInstant(seenBefore), limit] };
      const sightings = await inBuckets(database, old, ({ merchant_id, livemode, attempts }) =>
        database.run(DELETE_SIGHTINGS, [merchant_id, livemode, attempts]),
      );
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

const FIND_ATTACKED = acrossMerchants(
  'attacked_merchants',
  `
  WITH seen AS (
    SELECT s.merchant_id, s.card, s.neighbours, coalesce(a.outcome = 'declined', false) AS is_declined
    FROM card_sightings AS s
    JOIN setup_attempts AS a
      ON a.merchant_id = s.merchant_id AND a.livemode = s.livemode AND a.id = s.attempt_id
    WHERE s.livemode = $2 AND s.seen_at > $3
  ),
  crowds AS (
    SELECT merchant_id, neighbours FROM seen GROUP BY merchant_id, neighbours
    HAVING count(DISTINCT card) >= ${NEIGHBOURS_MIN}
  ),
  attacked AS (
    SELECT seen.merchant_id
    FROM seen LEFT JOIN crowds ON crowds.merchant_id = seen.merchant_id AND crowds.neighbours = seen.neighbours
    GROUP BY seen.merchant_id
    HAVING count(*) >= $4::integer AND count(DISTINCT card) > $5::integer
      AND count(*) FILTER (WHERE is_declined OR crowds.neighbours IS NOT NULL) * 2 > count(*)
  )
  SELECT attacked.merchant_id, known.merchant_id IS NULL AS is_new
  FROM attacked
  LEFT JOIN attacks AS known
    ON known.merchant_id = attacked.merchant_id AND known.livemode = $2 AND known.ends_at > $1`,
);

const NOTE_ATTACK = statement(`
  INSERT INTO attacks AS k (merchant_id, livemode, began_at, ends_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (merchant_id, livemode) DO UPDATE SET
    began_at = CASE WHEN k.ends_at <= excluded.began_at THEN excluded.began_at ELSE k.began_at END,
    ends_at = excluded.ends_at`);

const FIND_ENDED_COUNTS = acrossMerchants(
  'ended_counts',
  `
  SELECT merchant_id, livemode, array_agg(subject) AS subjects FROM (
    SELECT merchant_id, livemode, subject FROM limit_counters WHERE ends_at <= $1 LIMIT $2
  ) AS ended
  GROUP BY merchant_id, livemode`,
);

const DELETE_ENDED_COUNTS = statement(`
  DELETE FROM limit_counters WHERE merchant_id = $1 AND livemode = $2 AND subject = ANY ($3) AND ends_at <= $4
  RETURNING true AS deleted`);

const FIND_OLD_SIGHTINGS = acrossMerchants(
  'old_card_sightings',
  `
  SELECT merchant_id, livemode, array_agg(attempt_id) AS attempts FROM (
    SELECT merchant_id, livemode, attempt_id FROM card_sightings WHERE seen_at <= $1 LIMIT $2
  ) AS old
  GROUP BY merchant_id, livemode`,
);

const DELETE_SIGHTINGS = statement(`
  DELETE FROM card_sightings WHERE merchant_id = $1 AND livemode = $2 AND attempt_id = ANY ($3)
  RETURNING true AS deleted`);

const LOAD_RATE = statement(`
  SELECT per_hour, burst FROM verification_rates WHERE merchant_id = $1 AND livemode = $2`);

const SAVE_RATE = statement(`
  INSERT INTO verification_rates (merchant_id, livemode, per_hour, burst, updated_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (merchant_id, livemode) DO UPDATE
  SET per_hour = excluded.per_hour, burst = excluded.burst, updated_at = excluded.updated_at`);

const DELETE_RATE = statement(`
  DELETE FROM verification_rates WHERE merchant_id = $1 AND livemode = $2`);
