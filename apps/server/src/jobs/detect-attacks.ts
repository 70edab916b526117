import type { Operations } from '@onfile/core';
import type { Metrics } from '../http/metrics.js';
import type { Log } from '../log.js';
import type { Job } from './job.js';

/** Looks for merchants where somebody tries cards out, and raises the alarm. */
export function detectAttacks(
  operations: Operations,
  { log, metrics }: { readonly log: Log; readonly metrics: Pick<Metrics, 'attackBegan'> },
): Job {
  return {
    name: 'detect-attacks',
    intervalMs: 5_000,
    batch: Number.POSITIVE_INFINITY,
    async run() {
      const begun = await operations.jobs.detectAttacks();
      for (const { merchantId, mode } of begun) {
        log.write('merchant.under_attack', { merchantId, mode, advice: ADVICE });
        metrics.attackBegan(mode);
      }
      return begun.length;
    },
  };
}

const ADVICE =
  'Many cards are tried out here, so browsers have to pass 3-D Secure for now: see which addresses ask, and ask for a login first';
