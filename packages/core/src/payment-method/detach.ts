import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { Mandate } from '../mandate/mandate.js';
import { endMandate } from '../mandate/revoke.js';
import type { Change } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { type Outcome, refuse } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { findMethod } from './find.js';
import type { PaymentMethod } from './payment-method.js';

/** More mandates than a method collects. */
const MANDATES_MAX = 100;

/** For good: a detached method can never be used again, and what allowed charging it ends. */
export function detachPaymentMethod(ports: Ports, call: Call, id: Uuid): Promise<Outcome<PaymentMethod>> {
  return decideAndCommit(ports, call, 'payment_method', async () => {
    const method = await findMethod(ports, call.scope, id);
    if ('kind' in method) return method;
    if (method.state === 'detached') return refuse('payment_method_already_detached', { id });
    if (method.customer === null) return refuse('payment_method_never_attached', { id });

    const changes = [...(await detachment(ports, method)), ...(await clearDefault(ports, method))];
    return { kind: 'plan', changes, answerIndex: 0 };
  });
}

/** The changes that detach a method, the first of them its own. Nobody needs its number any more. */
export async function detachment(ports: Ports, method: PaymentMethod): Promise<readonly Change[]> {
  const detached: Change = {
    kind: 'update',
    objectType: 'payment_method',
    id: method.id,
    expect: { version: method.version },
    patch: { state: 'detached', customer: null, formerCustomer: method.customer, detachedAt: ports.clock.now() },
    event: { id: ports.ids.next(), type: 'payment_method.detached' },
  };
  const forgotten: Change = { kind: 'delete_sealed_card', paymentMethodId: method.id };
  return [detached, forgotten, ...(await endMandates(ports, method))];
}

async function endMandates(ports: Ports, method: PaymentMethod): Promise<readonly Change[]> {
  const active = await listActiveMandates(ports, method);
  return active.map((mandate) => endMandate(ports, mandate));
}

export async function listActiveMandates(ports: Ports, method: PaymentMethod): Promise<readonly Mandate[]> {
  return (await listMandatesOf(ports, method)).filter(({ status }) => status === 'active');
}

export async function listMandatesOf({ storage }: Ports, { scope, id }: PaymentMethod): Promise<readonly Mandate[]> {
  const page = await storage.listMandates(
    scope,
    { paymentMethodId: id },
    { limit: MANDATES_MAX, startingAfter: null, endingBefore: null },
  );
  return page.kind === 'page' ? page.items : [];
}

/** A customer whose default it was has none then. Where it is not, it cannot become it in the meantime. */
export async function clearDefault(ports: Ports, { scope, id, customer }: PaymentMethod): Promise<readonly Change[]> {
  const owner = customer && (await ports.storage.loadCustomer(scope, { id: customer.id }));
  if (owner === null) return [];
  if (owner.defaultPaymentMethodId !== id) return [{ kind: 'require_customer', id: owner.id, withoutDefault: id }];

  return [
    {
      kind: 'update',
      objectType: 'customer',
      id: owner.id,
      expect: { version: owner.version },
      patch: { defaultPaymentMethodId: null },
      event: { id: ports.ids.next(), type: 'customer.updated' },
    },
  ];
}
