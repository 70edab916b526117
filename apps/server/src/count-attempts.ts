import type { Storage } from '@onfile/core';
import type { Metrics } from './http/metrics.js';

/** The same storage, which also counts the setup attempts that end with a commit, by their outcome. */
export function countAttempts(storage: Storage, metrics: Pick<Metrics, 'attemptEnded'>): Storage {
  return {
    ...storage,
    async commit(commit) {
      const result = await storage.commit(commit);
      if (result.kind !== 'committed') return result;
      for (const change of commit.changes) {
        const outcome = change.kind === 'update_attempt' ? change.patch.outcome : null;
        if (outcome) metrics.attemptEnded(outcome);
      }
      return result;
    },
  };
}
