import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import { checkMetadataSize } from '../metadata.js';
import type { NewCustomer } from '../operations.js';
import { attachment } from '../payment-method/attach.js';
import { findMethod } from '../payment-method/find.js';
import type { Change } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import type { Outcome } from '../refusals.js';
import { type Customer, customerRef } from './customer.js';

/** A method given with it becomes the customer's, and their default. */
export function createCustomer(ports: Ports, call: Call, input: NewCustomer): Promise<Outcome<Customer>> {
  return decideAndCommit(ports, call, 'customer', async () => {
    const refused = checkMetadataSize(input.metadata);
    if (refused) return refused;
    const customer = newCustomer(ports, call, input);
    const created = { id: ports.ids.next(), type: 'customer.created' } as const;
    const changes: Change[] = [{ kind: 'insert', objectType: 'customer', object: customer, event: created }];
    if (input.paymentMethodId !== null) {
      const method = await findMethod(ports, call.scope, input.paymentMethodId);
      const attached = 'kind' in method ? method : attachment(ports, method, customerRef(customer));
      if (attached.kind === 'refused') return attached;
      changes.push(attached);
    }
    return { kind: 'plan', changes, answerIndex: 0 };
  });
}

export function newCustomer(ports: Ports, { scope }: Call, input: NewCustomer): Customer {
  const now = ports.clock.now();
  const { selector } = input;
  return {
    id: selector && 'id' in selector ? selector.id : ports.ids.next(),
    scope,
    version: 1,
    chosenId: selector && 'chosenId' in selector ? selector.chosenId : null,
    externalReference: null,
    email: input.email,
    description: input.description,
    metadata: input.metadata,
    defaultPaymentMethodId: input.paymentMethodId,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}
