import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import { applyMetadataChange, checkMetadataSize } from '../metadata.js';
import type { CustomerChanges } from '../operations.js';
import { findUsableMethod } from '../payment-method/find.js';
import type { Change } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { firstRefusal, type Outcome, type Refused, refuse } from '../refusals.js';
import { type Customer, type CustomerSelector, customerRef } from './customer.js';
import { findCustomer } from './find.js';

export function updateCustomer(
  ports: Ports,
  call: Call,
  selector: CustomerSelector,
  changes: CustomerChanges,
): Promise<Outcome<Customer>> {
  return decideAndCommit(ports, call, 'customer', async () => {
    const customer = await findCustomer(ports, call.scope, selector);
    if ('kind' in customer) return customer;
    const refused = firstRefusal([
      changes.metadata ? checkMetadataSize(applyMetadataChange(customer.metadata, changes.metadata)) : null,
      await refuseDefault(ports, customer, changes),
    ]);
    if (refused) return refused;

    return {
      kind: 'plan',
      changes: [
        {
          kind: 'update',
          objectType: 'customer',
          id: customer.id,
          expect: { version: customer.version },
          patch: changes,
          event: { id: ports.ids.next(), type: 'customer.updated' },
        },
        ...requireDefault(customer, changes),
      ],
      answerIndex: 0,
    };
  });
}

/** Until the commit, the method may be detached. */
function requireDefault({ id: customerId }: Customer, { defaultPaymentMethodId: id }: CustomerChanges): Change[] {
  return id ? [{ kind: 'require_payment_method', id, customerId }] : [];
}

/** Only a method that is the customer's own can be their default. */
async function refuseDefault(ports: Ports, customer: Customer, changes: CustomerChanges): Promise<Refused | null> {
  const id = changes.defaultPaymentMethodId;
  if (!id) return null;

  const method = await findUsableMethod(ports, customer.scope, id, { customer: customerRef(customer) });
  if ('kind' in method) return method;
  return method.customer === null ? refuse('payment_method_not_owned_by_customer', { id }) : null;
}
