import type { Change, Storage } from '@onfile/core';

/** The same storage, which also tells what each commit changed, once it has happened. */
export function watchCommits(storage: Storage, onCommitted: (changes: readonly Change[]) => void): Storage {
  return {
    ...storage,
    async commit(commit) {
      const result = await storage.commit(commit);
      if (result.kind === 'committed') onCommitted(commit.changes);
      return result;
    },
  };
}

export function makesEvent({ kind }: Change): boolean {
  return kind === 'insert' || kind === 'update';
}

/** Of the setup attempts that end. */
export function outcomesIn(changes: readonly Change[]): readonly string[] {
  return changes.flatMap((change) => (change.kind === 'update_attempt' && change.patch.outcome) || []);
}
