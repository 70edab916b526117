import type { Ports } from '../ports.js';
import { type Refused, refuse } from '../refusals.js';
import type { Scope } from '../scope.js';
import { type Customer, type CustomerRef, type CustomerSelector, customerRef } from './customer.js';

/** The customer, or the refusal that there is none. */
export async function findCustomer(
  { storage }: Ports,
  scope: Scope,
  selector: CustomerSelector,
): Promise<Customer | Refused> {
  const customer = await storage.loadCustomer(scope, selector);
  return customer ?? refuseUnknownCustomer(selector);
}

/**
 * How to name the customer in other objects. An id of ours names itself, so nothing is loaded, and the commit has to
 * require that the customer exists; one that the merchant chose has to be looked up.
 */
export async function customerRefOf(
  ports: Ports,
  scope: Scope,
  selector: CustomerSelector,
): Promise<CustomerRef | Refused> {
  if ('id' in selector) return { id: selector.id, chosenId: null };

  const customer = await findCustomer(ports, scope, selector);
  return 'kind' in customer ? customer : customerRef(customer);
}

/** The refusal when this customer is gone, or never was; `null` when it exists. */
export async function refuseMissingCustomer(
  { storage }: Ports,
  scope: Scope,
  ref: CustomerRef | null | undefined,
): Promise<Refused | null> {
  if (!ref || (await storage.loadCustomer(scope, { id: ref.id }))) return null;
  return refuseUnknownCustomer({ id: ref.id });
}

function refuseUnknownCustomer(selector: CustomerSelector): Refused {
  return refuse('object_not_found', { object: 'customer', id: 'id' in selector ? selector.id : selector.chosenId });
}
