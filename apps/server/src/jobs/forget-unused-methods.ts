import type { Operations } from '@onfile/core';
import type { Job } from './job.js';

/** Takes saved cards out of use that are nobody's, and that no mandate has allowed to charge for thirty days. */
export function forgetUnusedMethods(operations: Operations): Job {
  const batch = 100;
  return {
    name: 'forget-unused-methods',
    intervalMs: 60 * 60_000,
    batch,
    run: () => operations.jobs.forgetUnusedMethods(batch),
  };
}
