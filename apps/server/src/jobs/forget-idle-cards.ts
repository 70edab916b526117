import type { Operations } from '@onfile/core';
import type { Job } from './job.js';

/** Deletes cards that were entered ahead and that nobody confirmed within a day. */
export function forgetIdleCards(operations: Operations): Job {
  const batch = 100;
  return {
    name: 'forget-idle-cards',
    intervalMs: 10 * 60_000,
    batch,
    run: () => operations.jobs.forgetIdleCards(batch),
  };
}
