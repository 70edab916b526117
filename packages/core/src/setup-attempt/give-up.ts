import type { Change } from '../ports/storage.js';
import type { Instant } from '../scope.js';
import type { AttemptOutcome, SetupAttempt } from './setup-attempt.js';

/**
 * Gives up an attempt that the processor may still approve: a job tells the processor to undo it, until it says that it did.
 * A card that was entered for it goes.
 */
export function giveUpAttempt(
  attempt: SetupAttempt,
  outcome: Extract<AttemptOutcome, 'abandoned' | 'superseded' | 'canceled' | 'not_processed'>,
  now: Instant,
): Change[] {
  const given: Change = {
    kind: 'update_attempt',
    id: attempt.id,
    expectVersion: attempt.version,
    patch: { state: 'voiding', outcome, nextCheckAt: now, closedAt: now },
  };
  return [given, ...discardEntered(attempt)];
}

/** A card that was entered for an attempt does not outlive its failure. */
export function discardEntered(attempt: SetupAttempt): Change[] {
  return attempt.paymentMethodOrigin === 'entered' ? [{ kind: 'delete_draft', id: attempt.paymentMethodId }] : [];
}
