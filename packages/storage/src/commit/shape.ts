import type { Change, Commit, Expectation } from '@onfile/core';
import { inOrderOfLocking, patchedProperties } from './fragments.js';

/** What the SQL of a commit depends on. Commits of one shape are sent as one prepared statement, with other values. */
export function shapeOf(commit: Commit): string {
  const { changes, idempotency } = commit;
  const parts = changes.map(shapeOfChange);
  const locking = inOrderOfLocking(commit);
  if (locking.length > 1) parts.push(`locks ${locking.map(([index]) => index)}`);
  if (idempotency) parts.push(`${idempotency.step} ${'changeIndex' in idempotency ? idempotency.changeIndex : ''}`);
  return parts.join('; ');
}

function shapeOfChange(change: Change): string {
  switch (change.kind) {
    case 'insert':
      return `insert ${change.objectType}`;
    case 'update':
      return `update ${change.objectType} ${shapeOfExpectation(change.expect)}${change.takesAttempt ? '+attempt' : ''} ${patchedProperties(change.patch)}`;
    case 'update_attempt':
      return `update_attempt ${patchedProperties(change.patch)}`;
    case 'require_customer':
      return `require_customer${change.withoutDefault === undefined ? '' : '+default'}`;
    case 'count':
      return `count ${change.limit.name} ${change.limit.kind}`;
    default:
      return change.kind;
  }
}

function shapeOfExpectation(expect: Expectation): string {
  if ('version' in expect) return 'version';
  const { withoutCheckoutSession, isPlain, notExpiredAt } = expect;
  const free = withoutCheckoutSession ? '+free' : '';
  return `status${free}${isPlain ? '+plain' : ''}${notExpiredAt === undefined ? '' : '+time'}`;
}
