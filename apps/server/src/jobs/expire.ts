import type { Operations } from '@onfile/core';
import type { Job } from './job.js';

/** Ends setup intents and checkout sessions whose time is up. Until it runs they refuse commands all the same. */
export function expire(operations: Operations): Job {
  const batch = 100;
  return { name: 'expire', intervalMs: 5_000, batch, run: () => operations.jobs.expire(batch) };
}
