import type { Commit, CountedLimit, Instant, LimitReached } from '@onfile/core';
import { type Counter, keyOf, type Tables } from './tables.js';

const HOUR_MS = 60 * 60_000;

/** What counting would make of the counters, and the first limit that keeps the commit from happening. */
interface Counted {
  readonly counters: ReadonlyMap<string, Counter>;
  readonly reached: LimitReached | null;
}

export function countLimits(tables: Tables, { scope, at, changes }: Commit): Counted {
  const counters = new Map<string, Counter>();
  for (const change of changes) {
    if (change.kind === 'require_no_attack') {
      const endsAt = tables.attacks.get(keyOf(scope)) ?? at;
      if (endsAt > at) return { counters, reached: { kind: 'limited', limit: 'attack', retryAt: endsAt } };
    }
    if (change.kind !== 'count') continue;
    const { limit } = change;
    const key = limit.name === 'card_everywhere' ? `${scope.mode} ${limit.subject}` : keyOf(scope, limit.subject);
    const rate = tables.rates.get(keyOf(scope)) ?? null;
    const known = counters.get(key) ?? tables.counters.get(key) ?? null;
    const { counter, retryAt } = countOne(limit.kind === 'rate' ? { ...limit, ...rate } : limit, known, at);
    counters.set(key, counter);
    if (retryAt !== null) return { counters, reached: { kind: 'limited', limit: limit.name, retryAt } };
  }
  return { counters, reached: null };
}

function countOne(
  limit: CountedLimit,
  known: Counter | null,
  at: Instant,
): { readonly counter: Counter; readonly retryAt: Instant | null } {
  if (limit.kind === 'rate') return countRate(limit, known, at);
  const member = limit.kind === 'members' ? [limit.member] : [];
  const endsAt = at + limit.periodMs;
  if (known === null || known.endsAt <= at) return { counter: { count: 1, members: member, endsAt }, retryAt: null };
  if (limit.kind === 'count') {
    const counter = { ...known, count: Math.min(known.count, limit.max) + 1 };
    return { counter, retryAt: counter.count <= limit.max ? null : known.endsAt };
  }
  const isKnown = known.members.includes(limit.member);
  const isFull = known.members.length >= limit.max;
  const counter = isKnown || isFull ? known : { ...known, members: [...known.members, limit.member] };
  return { counter, retryAt: counter.members.includes(limit.member) ? null : known.endsAt };
}

function countRate(
  { perHour, burst }: { readonly perHour: number; readonly burst: number },
  known: Counter | null,
  at: Instant,
) {
  const one = HOUR_MS / perHour;
  if (known === null) return { counter: { count: 1, members: [], endsAt: at + one }, retryAt: null };
  const next = Math.max(known.endsAt, at) + one;
  const fits = next <= at + one * burst;
  if (fits) return { counter: { count: 1, members: [], endsAt: next }, retryAt: null };
  return { counter: { ...known, count: 0 }, retryAt: known.endsAt + one - one * burst };
}
