import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { CheckoutSessionWithIntent } from '../operations.js';
import type { Change } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { type Outcome, refuse } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { endSetupIntent } from '../setup-intent/cancel.js';
import { findSetupIntent } from '../setup-intent/find.js';
import { findCheckoutSession, withIntent } from './find.js';

/**
 * Ends an open session and cancels its setup intent (`abandoned`). While a processor's answer is awaited it is refused:
 * that answer decides.
 */
export async function expireCheckoutSession(
  ports: Ports,
  call: Call,
  id: Uuid,
): Promise<Outcome<CheckoutSessionWithIntent>> {
  const outcome = await decideAndCommit(ports, call, 'checkout_session', async () => {
    const found = await findCheckoutSession(ports, call.scope, id);
    if ('kind' in found) return found;
    const { session, intent } = found;
    if (session.status !== 'open') {
      return refuse('checkout_session_unexpected_status', { status: session.status, allowed: ['open'] });
    }
    const loaded = await findSetupIntent(ports, call.scope, intent.id);
    if ('kind' in loaded) return loaded;
    const end = { command: 'expire', by: 'session', reason: 'abandoned', now: ports.clock.now() } as const;
    const ended = endSetupIntent(ports, loaded, end);
    if ('kind' in ended) return ended;

    const expired: Change = {
      kind: 'update',
      objectType: 'checkout_session',
      id,
      expect: { version: session.version },
      patch: { status: 'expired' },
      event: { id: ports.ids.next(), type: 'checkout_session.expired' },
    };
    const changes = [...ended.changes, expired];
    return { kind: 'plan', changes, answerIndex: changes.length - 1 };
  });
  return withIntent(ports, outcome);
}
