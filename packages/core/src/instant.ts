import type { Instant } from './scope.js';

let second = Number.NaN;
let upToSecond = '';

/**
 * ISO 8601 (RFC 3339) in UTC to the millisecond: `2026-03-01T00:00:00.000Z`. A request renders some ten moments, most of them of one
 * and the same second, so that its text is kept.
 */
export function renderInstant(instant: Instant): string {
  const itsSecond = Math.floor(instant / 1_000);
  if (itsSecond !== second) {
    upToSecond = new Date(instant).toISOString().slice(0, -'000Z'.length);
    second = itsSecond;
  }
  const milliseconds = String(Math.floor(instant) - itsSecond * 1_000);
  return `${upToSecond}${milliseconds.padStart(3, '0')}Z`;
}
