import { ownCall } from '../call.js';
import { expireCheckoutSession } from '../checkout-session/expire.js';
import { decideAndCommit } from '../committing.js';
import type { Ports } from '../ports.js';
import { done } from '../refusals.js';
import type { Scope, Uuid } from '../scope.js';
import { endSetupIntent } from './cancel.js';
import { findSetupIntent } from './find.js';

/**
 * Ends a setup intent on which as much was tried as may be, together with its checkout session. One that has a time limit of
 * its own refuses until then instead, as its creator chose; what a processor was asked is waited for.
 */
export async function endExhausted(ports: Ports, scope: Scope, id: Uuid): Promise<void> {
  const loaded = await findSetupIntent(ports, scope, id);
  if ('kind' in loaded) return;

  const { checkoutSessionId, expiresAt } = loaded.intent;
  if (checkoutSessionId !== null) await expireCheckoutSession(ports, ownCall(scope), checkoutSessionId);
  else if (expiresAt === null) await cancelExhausted(ports, scope, id);
}

function cancelExhausted(ports: Ports, scope: Scope, id: Uuid) {
  return decideAndCommit(ports, ownCall(scope), 'setup_intent', async () => {
    const loaded = await findSetupIntent(ports, scope, id);
    if ('kind' in loaded) return loaded;
    if (loaded.intent.status === 'canceled') return done(loaded.intent);
    const end = { command: 'expire', by: 'system', reason: 'abandoned', now: ports.clock.now() } as const;
    const ended = endSetupIntent(ports, loaded, end);
    if ('kind' in ended) return ended;

    return { kind: 'plan', changes: ended.changes, answerIndex: 0 };
  });
}
