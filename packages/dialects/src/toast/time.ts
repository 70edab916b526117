import type { Instant } from '@onfile/core';

/** ISO 8601 in UTC, to the second as in the documented examples. */
export function renderTime(instant: Instant): string {
  return new Date(instant).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
