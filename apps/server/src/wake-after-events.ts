import type { Storage } from '@onfile/core';

/** The same storage, which also rings when a commit made events: the worker in this process need not wait for its next look. */
export function wakeAfterEvents(storage: Storage, wake: () => void): Storage {
  return {
    ...storage,
    async commit(commit) {
      const result = await storage.commit(commit);
      const hasEvents = commit.changes.some(({ kind }) => kind === 'insert' || kind === 'update');
      if (result.kind === 'committed' && hasEvents) wake();
      return result;
    },
  };
}
