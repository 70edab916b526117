import type { Operations } from '@onfile/core';
import type { Job } from './job.js';

/** Tells of saved cards that end soon, or have ended. A card is told of once, however often this runs. */
export function announceExpiries(operations: Operations, noticeDays: readonly number[]): Job {
  const batch = 1_000;
  return {
    name: 'announce-expiries',
    intervalMs: 60 * 60_000,
    batch,
    run: () => operations.jobs.announceExpiries(noticeDays, batch),
  };
}
