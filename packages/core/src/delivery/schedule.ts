import type { Instant } from '../scope.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long each scheduled try waits for the one before it. */
export const TRY_DELAYS_MS = [
  0,
  5 * SECOND_MS,
  15 * SECOND_MS,
  45 * SECOND_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const;
export const TRIES_MAX = TRY_DELAYS_MS.length;

/** Each delay is up to a fifth longer or shorter, so that what failed together does not come back together. */
const JITTER = 0.2;

/** So many failures in a row open an endpoint's circuit. */
export const FAILURES_TO_OPEN = 3;
/** An open circuit is probed this often at least. */
export const PROBE_INTERVAL_MS_MAX = 10 * SECOND_MS;
/** The longest `Retry-After` that is honoured. */
export const RETRY_AFTER_MS_MAX = DAY_MS;
/** An endpoint that accepted nothing for so long is disabled. */
export const FAILING_MS_MAX = 5 * DAY_MS;

/** When to try again after this many scheduled tries; `null` when they are used up. `random` is from 0 up to 1. */
export function nextTryAt(attempts: number, { now, random }: { now: Instant; random: number }): Instant | null {
  const delayMs = TRY_DELAYS_MS[attempts];
  return delayMs === undefined ? null : now + Math.round(delayMs * (1 - JITTER + 2 * JITTER * random));
}

export function nextProbeAt({ now, random }: { now: Instant; random: number }): Instant {
  return now + Math.round(PROBE_INTERVAL_MS_MAX * (1 - JITTER * random));
}
