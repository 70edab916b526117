import type { CustomerRef } from '../customer/customer.js';
import type { Ports } from '../ports.js';
import { type Refused, refuse } from '../refusals.js';
import type { Scope, Uuid } from '../scope.js';
import type { PaymentMethod } from './payment-method.js';

/** The method, or the refusal that there is none. */
export async function findMethod({ storage }: Ports, scope: Scope, id: Uuid): Promise<PaymentMethod | Refused> {
  const method = await storage.loadPaymentMethod(scope, id);
  return method ?? refuse('object_not_found', { object: 'payment_method', id });
}

/** A method that may be confirmed for this customer: not detached, and nobody else's. */
export async function findUsableMethod(
  ports: Ports,
  scope: Scope,
  id: Uuid,
  { customer }: { readonly customer: CustomerRef | null },
): Promise<PaymentMethod | Refused> {
  const method = await findMethod(ports, scope, id);
  if ('kind' in method) return method;

  return refuseUse(method, customer) ?? method;
}

function refuseUse(method: PaymentMethod, customer: CustomerRef | null): Refused | null {
  const { id } = method;
  if (method.state === 'detached') return refuse('payment_method_detached', { id });
  if (method.customer === null) return null;
  if (customer === null) return refuse('payment_method_customer_required', { id });
  return method.customer.id === customer.id ? null : refuse('payment_method_not_owned_by_customer', { id });
}
