import type { Operations } from '@onfile/core';
import type { Job } from './job.js';

/** Deletes counts of confirmations whose time is over; they count for nothing in any case. */
export function forgetCounts(operations: Operations): Job {
  const batch = 1_000;
  return { name: 'forget-counts', intervalMs: 5 * 60_000, batch, run: () => operations.jobs.forgetCounts(batch) };
}
