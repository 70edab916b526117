import { ownCall } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { Change } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { done } from '../refusals.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import { discardDraft } from './draft.js';
import { findSetupIntent } from './find.js';
import { decide } from './transitions.js';

/**
 * How long a card that was entered ahead waits for its confirmation. Numbers of cards that were never verified are kept for
 * a day at most, and the job takes its time too.
 */
const IDLE_CARD_MS_MAX = 23 * 60 * 60_000;

/**
 * Forgets cards that were entered for a setup intent and not confirmed; the intent asks for a card again. An attempt that a
 * processor may know of keeps its card: it is over before its card goes. Answers how many it looked at.
 */
export async function forgetIdleCards(ports: Ports, limit: number): Promise<number> {
  const enteredBefore = ports.clock.now() - IDLE_CARD_MS_MAX;
  const idle = await ports.storage.listSetupIntentsWithIdleCards(enteredBefore, limit);
  await Promise.all(idle.map(({ scope, id }) => forgetIdleCard(ports, { scope, id, enteredBefore })));
  return idle.length;
}

function forgetIdleCard(
  ports: Ports,
  { scope, id, enteredBefore }: { readonly scope: Scope; readonly id: Uuid; readonly enteredBefore: Instant },
) {
  return decideAndCommit(ports, ownCall(scope), 'setup_intent', async () => {
    const loaded = await findSetupIntent(ports, scope, id);
    if ('kind' in loaded) return loaded;
    const { intent, openAttempt } = loaded;
    if (intent.draft === null || intent.draft.consent.acceptedAt > enteredBefore) return done(intent);
    const moved = decide(intent, 'start_over', { by: 'system', now: ports.clock.now(), patch: { draft: null } });
    if (moved.kind === 'refused') return moved;

    const asksAgain: Change = {
      kind: 'update',
      objectType: 'setup_intent',
      id,
      expect: { version: intent.version },
      patch: moved.patch,
      event: { id: ports.ids.next(), type: moved.event },
    };
    return { kind: 'plan', changes: [asksAgain, ...discardDraft(intent, openAttempt)], answerIndex: 0 };
  });
}
