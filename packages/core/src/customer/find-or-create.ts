import type { Call } from '../call.js';
import { decideAndCommit } from '../committing.js';
import type { Ports } from '../ports.js';
import { done, type Outcome } from '../refusals.js';
import { newCustomer } from './create.js';
import type { Customer } from './customer.js';

/** One customer for each external reference, whoever asks at once: an index holds it, and the slower one finds the faster's. */
export function findOrCreateCustomer(
  ports: Ports,
  call: Call,
  { externalReference, description }: { readonly externalReference: string; readonly description: string | null },
): Promise<Outcome<Customer>> {
  return decideAndCommit(ports, call, 'customer', async () => {
    const known = await ports.storage.findCustomerByReference(call.scope, externalReference);
    if (known) return done(known);

    const input = { selector: null, email: null, description, metadata: {}, paymentMethodId: null };
    const object = { ...newCustomer(ports, call, input), externalReference };
    const event = { id: ports.ids.next(), type: 'customer.created' } as const;
    const changes = [{ kind: 'insert', objectType: 'customer', object, event } as const];
    return { kind: 'plan', changes, answerIndex: 0 };
  });
}
