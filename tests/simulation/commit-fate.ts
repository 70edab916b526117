import type { Commit, CommitResult } from '@onfile/core';

/**
 * What a statement answers whose connection was lost after it had its effect, and that was looked up. A commit is known by its
 * events, its attempt or its card. One that only changed an attempt left nothing of its own, so the caller has to look.
 */
export function lookUpFate<T>(name: string, given: readonly unknown[], answer: T): T {
  if (name !== 'commit' || (answer as CommitResult).kind !== 'committed') return answer;
  const { changes } = given[0] as Commit;
  const isKnown = changes.some(({ kind }) => KNOWN_BY.has(kind));
  const isAttemptChanged = changes.some(({ kind }) => kind === 'update_attempt');
  return isKnown || !isAttemptChanged ? answer : ({ kind: 'stale' } as T);
}

const KNOWN_BY: ReadonlySet<string> = new Set([
  'insert',
  'update',
  'insert_attempt',
  'insert_draft',
  'insert_sealed_card',
]);
