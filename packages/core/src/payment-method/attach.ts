import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import { type CustomerRef, type CustomerSelector, customerRef } from '../customer/customer.js';
import { findCustomer } from '../customer/find.js';
import type { Update } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { type Outcome, type Refused, refuse } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { findMethod } from './find.js';
import type { PaymentMethod } from './payment-method.js';

export function attachPaymentMethod(
  ports: Ports,
  call: Call,
  id: Uuid,
  selector: CustomerSelector,
): Promise<Outcome<PaymentMethod>> {
  return decideAndCommit(ports, call, 'payment_method', async () => {
    const method = await findMethod(ports, call.scope, id);
    if ('kind' in method) return method;
    const customer = await findCustomer(ports, call.scope, selector);
    if ('kind' in customer) return customer;
    const attached = attachment(ports, method, customerRef(customer));
    if (attached.kind === 'refused') return attached;

    const changes = [attached, { kind: 'require_customer', id: customer.id } as const];
    return { kind: 'plan', changes, answerIndex: 0 };
  });
}

/** The change that gives a method to a customer: once, and never after it was detached. */
export function attachment(
  { ids }: Ports,
  { id, version, state, customer: owner }: PaymentMethod,
  customer: CustomerRef,
): Extract<Update, { objectType: 'payment_method' }> | Refused {
  if (state === 'detached') return refuse('payment_method_detached', { id });
  if (owner) return refuse('payment_method_already_attached', { id });

  return {
    kind: 'update',
    objectType: 'payment_method',
    id,
    expect: { version },
    patch: { customer },
    event: { id: ids.next(), type: 'payment_method.attached' },
  };
}
