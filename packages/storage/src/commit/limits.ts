import type { Commit, CountedLimit, LimitReached } from '@onfile/core';
import { type Row, readInstant } from '../fields.js';
import { changeAt } from './fragments.js';
import type { Parameters } from './parameters.js';

/** Whose the counts across merchants are. */
const EVERYWHERE = "'00000000-0000-0000-0000-000000000000'::uuid";

interface Chained {
  /** What has to hold for anything to be counted. */
  readonly conditions: readonly string[];
  readonly parameters: Parameters;
  readonly answering: Answering;
}

/** The columns that tell what was found, of two expressions: whether the limit is kept, and when to try again otherwise. */
export type Answering = (isWithin: string, retryAt: string) => string;

/** Counts one more under a limit. Whoever counts at the same time waits for this commit's end, and counts from there. */
export function limitSql(limit: CountedLimit, index: number, chained: Chained): string {
  switch (limit.kind) {
    case 'count':
      return countSql(limit, index, chained);
    case 'members':
      return membersSql(limit, index, chained);
    case 'rate':
      return rateSql(limit, index, chained);
  }
}

/** Whether the merchant is free of attacks. */
export function calmSql({ conditions, parameters, answering }: Chained): string {
  const { merchantId, livemode } = parameters;
  const attack = `merchant_id = ${merchantId} AND livemode = ${livemode} AND ends_at > ${momentOf(parameters)}`;
  return `SELECT ${answering('a.ends_at IS NULL', 'a.ends_at')}
    FROM (SELECT max(ends_at) AS ends_at FROM attacks WHERE ${attack}) AS a${whereAll(conditions)}`;
}

/** The first limit that kept a commit from happening; `null` when it was something else. */
export function limitReached({ changes, at }: Commit, row: Row): LimitReached | null {
  for (const [index, change] of changes.entries()) {
    if (change.kind !== 'count' && change.kind !== 'require_no_attack') continue;
    const counted = row[change.kind === 'count' ? `limit_${index}` : 'calm'] as Row | null;
    if (counted && counted.is_within === false) return limitReachedAt(index, { changes, at }, counted);
  }
  return null;
}

/** The limit of the change at `index`, which answered so. */
export function limitReachedAt(
  index: number,
  { changes, at }: Pick<Commit, 'changes' | 'at'>,
  counted: Row | undefined,
): LimitReached {
  const change = changes[index];
  const limit = change?.kind === 'count' ? change.limit.name : 'attack';
  return { kind: 'limited', limit, retryAt: readInstant(counted?.retry_at) ?? at };
}

/** So many in a period; one more than may be is remembered as such, and no more. */
function countSql(limit: CountedLimit, index: number, chained: Chained): string {
  const at = momentOf(chained.parameters);
  const max = parameterOf(index, 'max', 'integer', chained.parameters);
  const endsAt = `${at} + ${periodOf(index, chained.parameters)}`;
  return `${insertInto(limit, index, chained, { count: '1', members: "'{}'::text[]", endsAt })}
      count = CASE WHEN c.ends_at <= ${at} THEN 1 ELSE least(c.count, ${max}) + 1 END,
      ends_at = CASE WHEN c.ends_at <= ${at} THEN excluded.ends_at ELSE c.ends_at END
    RETURNING ${chained.answering(`c.count <= ${max}`, 'c.ends_at')}`;
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
    RETURNING ${chained.answering(`${member} = ANY (c.members)`, 'c.ends_at')}`;
}

/**
 * `ends_at` is when everything may be done at once again: each takes its time, and they may not reach farther than a burst.
 * What the merchant may do goes along in `members`: the update cannot see where the new row comes from.
 */
function rateSql(limit: CountedLimit, index: number, chained: Chained): string {
  const { conditions, parameters, answering } = chained;
  const { merchantId, livemode } = parameters;
  const at = momentOf(parameters);
  const perHour = `coalesce(max(per_hour), ${parameterOf(index, 'perHour', 'integer', parameters)})`;
  const burst = `coalesce(max(burst), ${parameterOf(index, 'burst', 'integer', parameters)})`;
  const subject = parameterOf(index, 'subject', 'text', parameters);
  const next = later(`greatest(c.ends_at, ${at})`, oneOf('excluded'));
  const fits = `${next} <= ${later(at, burstOf('excluded'))}`;
  return `INSERT INTO limit_counters AS c (${COLUMNS})
    SELECT ${ownerOf(limit, parameters)}, ${livemode}, ${subject}, 1, ARRAY[r.per_hour::text, r.burst::text],
      ${at} + interval '1 hour' / r.per_hour
    FROM (
      SELECT ${perHour} AS per_hour, ${burst} AS burst FROM verification_rates
      WHERE merchant_id = ${merchantId} AND livemode = ${livemode}
    ) AS r${whereAll(conditions)}
    ${ON_CONFLICT}
      count = CASE WHEN ${fits} THEN 1 ELSE 0 END,
      members = excluded.members,
      ends_at = CASE WHEN ${fits} THEN ${next} ELSE c.ends_at END
    RETURNING ${answering('c.count = 1', later('c.ends_at', `${oneOf('c')} - ${burstOf('c')}`))}`;
}

/** In UTC, where every day is as long: without a zone it would depend on the session, and Citus takes no such update. */
function later(moment: string, duration: string): string {
  return `((${moment} AT TIME ZONE 'UTC' + ${duration}) AT TIME ZONE 'UTC')`;
}

/** The time that one confirmation takes. */
function oneOf(row: 'c' | 'excluded'): string {
  return `interval '1 hour' / ${row}.members[1]::integer`;
}

/** The time that a whole burst takes. */
function burstOf(row: 'c' | 'excluded'): string {
  return `${oneOf(row)} * ${row}.members[2]::integer`;
}

function insertInto(
  limit: CountedLimit,
  index: number,
  { conditions, parameters }: Chained,
  { count, members, endsAt }: { readonly count: string; readonly members: string; readonly endsAt: string },
): string {
  const subject = parameterOf(index, 'subject', 'text', parameters);
  const values = [ownerOf(limit, parameters), parameters.livemode, subject, count, members, endsAt].join(', ');
  return `INSERT INTO limit_counters AS c (${COLUMNS})
    ${conditions.length === 0 ? `VALUES (${values})` : `SELECT ${values}${whereAll(conditions)}`}
    ${ON_CONFLICT}`;
}

const COLUMNS = 'merchant_id, livemode, subject, count, members, ends_at';
const ON_CONFLICT = 'ON CONFLICT (merchant_id, livemode, subject) DO UPDATE SET';

function ownerOf({ name }: CountedLimit, parameters: Parameters): string {
  return name === 'card_everywhere' ? EVERYWHERE : parameters.merchantId;
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
