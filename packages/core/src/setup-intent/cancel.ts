import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { Change, LoadedSetupIntent } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import type { Outcome, Refused } from '../refusals.js';
import type { Instant, Uuid } from '../scope.js';
import { giveUpAttempt } from '../setup-attempt/give-up.js';
import { discardDraft } from './draft.js';
import { findSetupIntent } from './find.js';
import type { CancellationReason, SetupIntent } from './setup-intent.js';
import { decide, type Mover } from './transitions.js';

export function cancelSetupIntent(
  ports: Ports,
  call: Call,
  id: Uuid,
  reason: CancellationReason | null,
): Promise<Outcome<SetupIntent>> {
  return decideAndCommit(ports, call, 'setup_intent', async () => {
    const loaded = await findSetupIntent(ports, call.scope, id);
    if ('kind' in loaded) return loaded;
    const ended = endSetupIntent(ports, loaded, { command: 'cancel', by: 'merchant', reason, now: ports.clock.now() });
    if ('kind' in ended) return ended;

    return { kind: 'plan', changes: ended.changes, answerIndex: 0 };
  });
}

/** The changes that end an intent before it succeeded, the first of them its own; or why it cannot be ended. */
export function endSetupIntent(
  ports: Ports,
  { intent, openAttempt }: LoadedSetupIntent,
  end: { command: 'cancel' | 'expire'; by: Mover; reason: CancellationReason | null; now: Instant },
): { readonly changes: readonly Change[] } | Refused {
  const patch = { cancellationReason: end.reason, nextAction: null, draft: null };
  const moved = decide(intent, end.command, { by: end.by, now: end.now, patch });
  if (moved.kind === 'refused') return moved;

  const ended: Change = {
    kind: 'update',
    objectType: 'setup_intent',
    id: intent.id,
    expect: { version: intent.version },
    patch: moved.patch,
    event: { id: ports.ids.next(), type: moved.event },
  };
  const givenUp = openAttempt ? giveUpAttempt(openAttempt, 'canceled', end.now) : [];
  return { changes: [ended, ...givenUp, ...discardDraft(intent, openAttempt)] };
}
