import { ownCall } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { Ports } from '../ports.js';
import { done } from '../refusals.js';
import { type ExpiryWindow, expiryWindows } from './expiry.js';
import { findMethod } from './find.js';
import type { PaymentMethod } from './payment-method.js';

/** Read together, and announced side by side. */
const METHODS_PER_BATCH = 50;

/**
 * Tells of saved cards that end so many days ahead, and of those that have ended: each once for each notice, whoever looks
 * and however often. What was overtaken while nobody looked is not told of any more. Looks at `limit` at most; answers how
 * many it looked at.
 */
export async function announceExpiries(ports: Ports, noticeDays: readonly number[], limit: number): Promise<number> {
  let seen = 0;
  for (const window of expiryWindows(ports.clock.now(), noticeDays)) {
    seen += await announceWindow(ports, window, limit - seen);
  }
  return seen;
}

async function announceWindow(ports: Ports, window: ExpiryWindow, limit: number): Promise<number> {
  let after: PaymentMethod | null = null;
  let seen = 0;
  while (seen < limit) {
    const page = { after, limit: Math.min(METHODS_PER_BATCH, limit - seen) };
    const methods = await ports.storage.listExpiringMethods(window, page);
    await Promise.all(methods.map((method) => announce(ports, method, window)));
    seen += methods.length;
    after = methods.at(-1) ?? null;
    if (methods.length < page.limit) break;
  }
  return seen;
}

function announce(ports: Ports, listed: PaymentMethod, { noticeDays }: ExpiryWindow) {
  const { scope, id } = listed;
  return decideAndCommit(ports, ownCall(scope), 'payment_method', async (tries) => {
    const method = tries === 0 ? listed : await findMethod(ports, scope, id);
    if ('kind' in method) return method;
    if (!isToBeTold(method, noticeDays)) return done(method);

    const type = noticeDays === 0 ? 'payment_method.expired' : 'payment_method.expiring';
    return {
      kind: 'plan',
      changes: [
        {
          kind: 'update',
          objectType: 'payment_method',
          id,
          expect: { version: method.version },
          patch: { expiryNoticeDays: noticeDays },
          event: { id: ports.ids.next(), type },
        },
      ],
      answerIndex: 0,
    };
  });
}

function isToBeTold({ state, expiryNoticeDays }: PaymentMethod, noticeDays: number): boolean {
  return state === 'usable' && (expiryNoticeDays === null || expiryNoticeDays > noticeDays);
}
