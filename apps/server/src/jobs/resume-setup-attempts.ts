import type { Operations } from '@onfile/core';
import type { Job } from './job.js';

/** Asks processors about attempts whose answer we do not know, and ends authentications that nobody finished. */
export function resumeSetupAttempts(operations: Operations): Job {
  const batch = 50;
  return {
    name: 'resume-setup-attempts',
    intervalMs: 1_000,
    batch,
    run: () => operations.jobs.resumeAttempts(batch),
  };
}
