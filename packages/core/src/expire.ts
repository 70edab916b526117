import { ownCall } from './call.js';
import { expireCheckoutSession } from './checkout-session/expire.js';
import { decideAndCommit } from './committing.js';
import type { Ports } from './ports.js';
import type { Outcome } from './refusals.js';
import type { Scope, Uuid } from './scope.js';
import { endSetupIntent } from './setup-intent/cancel.js';
import { findSetupIntent } from './setup-intent/find.js';
import type { SetupIntent } from './setup-intent/setup-intent.js';

/** Ends what has run out of time. What waits for a processor's answer is left to it, and comes up again. Answers how many. */
export async function expire(ports: Ports, limit: number): Promise<number> {
  const now = ports.clock.now();
  const sessions = await ports.storage.listExpiredCheckoutSessions(now, limit);
  const intents = await ports.storage.listExpiredSetupIntents(now, limit);
  const ended = await Promise.all([
    ...sessions.map(({ scope, id }) => expireCheckoutSession(ports, ownCall(scope), id)),
    ...intents.map(({ scope, id }) => expireSetupIntent(ports, scope, id)),
  ]);
  return ended.filter((outcome) => outcome.kind === 'done').length;
}

function expireSetupIntent(ports: Ports, scope: Scope, id: Uuid): Promise<Outcome<SetupIntent>> {
  return decideAndCommit(ports, ownCall(scope), 'setup_intent', async () => {
    const loaded = await findSetupIntent(ports, scope, id);
    if ('kind' in loaded) return loaded;
    const end = { command: 'expire', by: 'system', reason: 'abandoned', now: ports.clock.now() } as const;
    const ended = endSetupIntent(ports, loaded, end);
    if ('kind' in ended) return ended;

    return { kind: 'plan', changes: ended.changes, answerIndex: 0 };
  });
}
