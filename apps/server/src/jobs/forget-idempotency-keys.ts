import type { Operations } from '@onfile/core';
import type { Job } from './job.js';

/** Deletes idempotency records whose time is up; they are no longer found in any case. */
export function forgetIdempotencyKeys(operations: Operations): Job {
  const batch = 1_000;
  return {
    name: 'forget-idempotency-keys',
    intervalMs: 60_000,
    batch,
    run: () => operations.jobs.forgetIdempotencyKeys(batch),
  };
}
