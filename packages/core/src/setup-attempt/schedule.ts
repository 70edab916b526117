import type { Instant } from '../scope.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** When to ask about an attempt whose answer is not known, after its start or the last time; then hourly. */
const CHECK_DELAYS_MS = [5 * SECOND_MS, 15 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS];

/**
 * How long an unknown answer is asked for, from the attempt's start, and an undoing that is not acknowledged, from its giving
 * up; then a person has to look.
 */
export const ASKING_MS_MAX = 7 * 24 * HOUR_MS;

/** How long a cardholder has for 3-D Secure. Source: none published; above the ten minutes of issuers' pages. */
export const AUTHENTICATION_MS_MAX = 15 * MINUTE_MS;

/** How soon a look-up that found nothing is repeated. */
export const NOT_FOUND_RETRY_MS = 5 * SECOND_MS;

/** How many look-ups in a row have to find nothing, after the settling time, to believe it. */
export const NOT_FOUND_READS = 2;

export function nextCheckAt(checks: number, now: Instant): Instant {
  return now + (CHECK_DELAYS_MS[checks] ?? HOUR_MS);
}
