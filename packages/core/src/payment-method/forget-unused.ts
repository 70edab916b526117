import { ownCall } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { Mandate } from '../mandate/mandate.js';
import type { Ports } from '../ports.js';
import { done } from '../refusals.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import { detachment, listMandatesOf } from './detach.js';
import { findMethod } from './find.js';
import type { PaymentMethod } from './payment-method.js';

/** How long a saved method is kept that is nobody's and that nobody may charge. */
const UNUSED_METHOD_MS_MAX = 30 * 24 * 60 * 60_000;

/**
 * Takes methods out of use, with their numbers, that have no customer and no active mandate: thirty days after they were
 * made, or after their last mandate ended. Answers how many it looked at.
 */
export async function forgetUnusedMethods(ports: Ports, limit: number): Promise<number> {
  const before = ports.clock.now() - UNUSED_METHOD_MS_MAX;
  const unused = await ports.storage.listUnusedMethods(before, limit);
  await Promise.all(unused.map(({ scope, id }) => forgetUnused(ports, { scope, id, before })));
  return unused.length;
}

function forgetUnused(
  ports: Ports,
  { scope, id, before }: { readonly scope: Scope; readonly id: Uuid; readonly before: Instant },
) {
  return decideAndCommit(ports, ownCall(scope), 'payment_method', async () => {
    const method = await findMethod(ports, scope, id);
    if ('kind' in method) return method;
    if (!isUnused(method, await listMandatesOf(ports, method), before)) return done(method);

    return { kind: 'plan', changes: await detachment(ports, method), answerIndex: 0 };
  });
}

function isUnused({ state, customer }: PaymentMethod, mandates: readonly Mandate[], before: Instant): boolean {
  const isMandated = mandates.some(({ status, updatedAt }) => status === 'active' || updatedAt > before);
  return state === 'usable' && customer === null && !isMandated;
}
