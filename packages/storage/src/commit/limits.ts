import type { Commit, CountedLimit, LimitReached } from '@onfile/core';
import { type Row, readInstant } from '../fields.js';
import { changeAt } from './fragments.js';
import type { Part } from './one-statement.js';
import type { Parameters } from './parameters.js';

/** Whose the counts across merchants are. */
const EVERYWHERE = "'00000000-0000-0000-0000-000000000000'::uuid";

interface Chained {
  /** What has to hold for anything to be counted. */
  readonly conditions: readonly string[];
  readonly parameters: Parameters;
}

/**
 * Counts one more under a limit, and answers `is_within` and `retry_at`. Whoever counts at the same time waits for this
 * commit's end, and counts from there.
 */
export function limitParts(limit: CountedLimit, index: number, chained: Chained): readonly Part[] {
  const name = `limit_${index}`;
  switch (limit.kind) {
    case 'count':
      return [{ name, sql: countSql(limit, index, chained) }];
    case 'members':
      return [{ name, sql: membersSql(limit, index, chained) }];
    case 'rate':
      return [ratePart(index, chained), { name, sql: rateSql(limit, index, chained) }];
  }
}

/** Whether the merchant is free of attacks. */
export function calmPart(conditions: readonly string[], parameters: Parameters): Part {
  const { merchantId, livemode } = parameters;
  const attack = `merchant_id = ${merchantId} AND livemode = ${livemode} AND ends_at > ${momentOf(parameters)}`;
  return {
    name: 'calm',
    sql: `SELECT a.ends_at IS NULL AS is_within, a.ends_at AS retry_at
    FROM (SELECT max(ends_at) AS ends_at FROM attacks WHERE ${attack}) AS a${whereAll(conditions)}`,
  };
}

/** The first limit that kept a commit from happening; `null` when it was something else. */
export function limitReached({ changes, at }: Commit, row: Row): LimitReached | null {
  for (const [index, change] of changes.entries()) {
    if (change.kind !== 'count' && change.kind !== 'require_no_attack') continue;
    const limit = change.kind === 'count' ? change.limit.name : 'attack';
    const counted = row[change.kind === 'count' ? `limit_${index}` : 'calm'] as Row | null;
    if (counted && counted.is_within === false) {
      return { kind: 'limited', limit, retryAt: readInstant(counted.retry_at) ?? at };
    }
  }
  return null;
}

/** So many in a period; one more than may be is remembered as such, and no more. */
function countSql(limit: CountedLimit, index: number, chained: Chained): string {
  const at = momentOf(chained.parameters);
  const max = parameterOf(index, 'max', 'integer', chained.parameters);
  const endsAt = `${at} + ${periodOf(index, chained.parameters)}`;
  return `${insertInto(limit, index, chained, { count: '1', members: "'{}'::text[]", endsAt })}
      count = CASE WHEN c.ends_at <= ${at} THEN 1 ELSE least(c.count, ${max}) + 1 END,
      ends_at = CASE WHEN c.ends_at <= ${at} THEN excluded.ends_at ELSE c.ends_at END
    RETURNING c.count <= ${max} AS is_within, c.ends_at AS retry_at`;
}

function membersSql(limit: CountedLimit, index: number, chained: Chained): string {
  const at = momentOf(chained.parameters);
  const max = parameterOf(index, 'max', 'integer', chained.parameters);
  const member = parameterOf(index, 'member', 'text', chained.parameters);
  const endsAt = `${at} + ${periodOf(index, chained.parameters)}`;
  return `${insertInto(limit, index, chained, { count: '1', members: `ARRAY[${member}]`, endsAt })}
      members = CASE
        WHEN c.ends_at <= ${at} THEN excluded.members
        WHEN ${member} = ANY (c.members) OR cardinality(c.members) >= ${max} THEN c.members
        ELSE c.members || excluded.members
      END,
      ends_at = CASE WHEN c.ends_at <= ${at} THEN excluded.ends_at ELSE c.ends_at END
    RETURNING ${member} = ANY (c.members) AS is_within, c.ends_at AS retry_at`;
}

/** What the merchant may do: the time that one takes, and the time that a whole burst takes. */
function ratePart(index: number, { parameters }: Chained): Part {
  const { merchantId, livemode } = parameters;
  const perHour = `coalesce(max(per_hour), ${parameterOf(index, 'perHour', 'integer', parameters)})`;
  const burst = `coalesce(max(burst), ${parameterOf(index, 'burst', 'integer', parameters)})`;
  const one = `interval '1 hour' / ${perHour}`;
  return {
    name: `rate_${index}`,
    sql: `SELECT ${one} AS one, ${one} * ${burst} AS all_at_once
    FROM verification_rates WHERE merchant_id = ${merchantId} AND livemode = ${livemode}`,
  };
}

/** `ends_at` is when everything may be done at once again: each takes its time, and they may not reach farther than a burst. */
function rateSql(limit: CountedLimit, index: number, chained: Chained): string {
  const at = momentOf(chained.parameters);
  const one = `(SELECT one FROM rate_${index})`;
  const next = `greatest(c.ends_at, ${at}) + ${one}`;
  const fits = `${next} <= ${at} + (SELECT all_at_once FROM rate_${index})`;
  return `${insertInto(limit, index, chained, { count: '1', members: "'{}'::text[]", endsAt: `${at} + ${one}` })}
      count = CASE WHEN ${fits} THEN 1 ELSE 0 END,
      ends_at = CASE WHEN ${fits} THEN ${next} ELSE c.ends_at END
    RETURNING c.count = 1 AS is_within, c.ends_at + ${one} - (SELECT all_at_once FROM rate_${index}) AS retry_at`;
}

function insertInto(
  { name }: CountedLimit,
  index: number,
  { conditions, parameters }: Chained,
  { count, members, endsAt }: { readonly count: string; readonly members: string; readonly endsAt: string },
): string {
  const merchant = name === 'card_everywhere' ? EVERYWHERE : parameters.merchantId;
  const subject = parameterOf(index, 'subject', 'text', parameters);
  return `INSERT INTO limit_counters AS c (merchant_id, livemode, subject, count, members, ends_at)
    SELECT ${merchant}, ${parameters.livemode}, ${subject}, ${count}, ${members}, ${endsAt}${whereAll(conditions)}
    ON CONFLICT (merchant_id, livemode, subject) DO UPDATE SET`;
}

function momentOf({ at }: Parameters): string {
  return `${at}::timestamptz`;
}

function periodOf(index: number, parameters: Parameters): string {
  return `make_interval(secs => ${parameterOf(index, 'periodMs', 'float8', parameters)} / 1000)`;
}

function parameterOf(index: number, field: string, type: string, parameters: Parameters): string {
  const value = (commit: Commit) => changeAt(commit, index, 'count').limit[field as never];
  return `${parameters.share(`${field} ${index}`, value)}::${type}`;
}

function whereAll(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `\n    WHERE ${conditions.join(' AND ')}`;
}
