import { type Instant, renderInstant } from '@onfile/core';

/** ISO 8601 in UTC, to the second as in the documented examples. */
export function renderTime(instant: Instant): string {
  return `${renderInstant(instant).slice(0, -'.000Z'.length)}Z`;
}
