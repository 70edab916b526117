import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { Update } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { done, type Outcome, type Refused, refuse } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { clearDefault, detachment, listActiveMandates } from './detach.js';
import { findMethod } from './find.js';
import type { PaymentMethod } from './payment-method.js';

/**
 * Gives a method up as far as the merchant may: what the cardholder's mandates still allow to charge stays for them alone,
 * and goes when it is released again after the last one ended.
 */
export function releasePaymentMethod(
  ports: Ports,
  call: Call,
  id: Uuid,
  owner: { readonly customerId: Uuid | null },
): Promise<Outcome<PaymentMethod>> {
  return decideAndCommit(ports, call, 'payment_method', async () => {
    const method = await findMethod(ports, call.scope, id);
    if ('kind' in method) return method;
    const refused = refuseRelease(method, owner.customerId);
    if (refused) return refused;

    const mandates = await listActiveMandates(ports, method);
    const isNeeded = mandates.some(({ usage }) => usage === 'off_session');
    if (isNeeded && method.usage === 'off_session') return done(method);
    const released = isNeeded ? [keepForMandates(ports, method)] : await detachment(ports, method);
    const changes = [...released, ...(await clearDefault(ports, method))];
    return { kind: 'plan', changes, answerIndex: 0 };
  });
}

function refuseRelease({ id, state, customer }: PaymentMethod, customerId: Uuid | null): Refused | null {
  if (state === 'detached') return refuse('object_not_found', { object: 'payment_method', id });
  if (customerId === null) return customer && refuse('payment_method_customer_required', { id });
  return customer?.id === customerId ? null : refuse('object_not_found', { object: 'payment_method', id });
}

function keepForMandates({ ids }: Ports, { id, version }: PaymentMethod): Update {
  return {
    kind: 'update',
    objectType: 'payment_method',
    id,
    expect: { version },
    patch: { usage: 'off_session' },
    event: { id: ids.next(), type: 'payment_method.updated' },
  };
}
