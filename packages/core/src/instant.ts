import type { Instant } from './scope.js';

let last = Number.NaN;
let lastText = '';
let second = Number.NaN;
let upToSecond = '';

/**
 * ISO 8601 (RFC 3339) in UTC to the millisecond: `2026-03-01T00:00:00.000Z`. A request renders some ten moments, most of them the
 * same one or of the same second, so that both texts are kept.
 */
export function renderInstant(instant: Instant): string {
  if (instant === last) return lastText;
  const itsSecond = Math.floor(instant / 1_000);
  if (itsSecond !== second) {
    upToSecond = new Date(instant).toISOString().slice(0, -'000Z'.length);
    second = itsSecond;
  }
  const milliseconds = String(Math.floor(instant) - itsSecond * 1_000);
  lastText = `${upToSecond}${milliseconds.padStart(3, '0')}Z`;
  last = instant;
  return lastText;
}
