import type { CustomerSelector, Operations, Scope, Uuid } from '@onfile/core';
import type { Fields } from './fields.js';
import type { Payjp } from './settings.js';

/** The customer that a field names. */
export function parseCustomerId({ ids }: Payjp, fields: Fields, name: string): CustomerSelector | undefined {
  return fields.reference(name, 'customer', ids.customer.parse);
}

/** The customer that a body or query names, by the name of either generation, if it names one. */
export function parseCustomer(payjp: Payjp, fields: Fields): CustomerSelector | undefined {
  return parseCustomerId(payjp, fields, fields.eitherName('customer_id', 'customer'));
}

interface CustomerSought {
  readonly scope: Scope;
  readonly id: string;
  readonly customers: Operations['customers'];
}

/** The domain's id of the customer of an id on the wire, which may be one that the merchant chose. */
export async function findCustomerId({ ids }: Payjp, { scope, id, customers }: CustomerSought): Promise<Uuid | null> {
  const selector = ids.customer.parse(id);
  if (selector === null) return null;
  if ('id' in selector) return selector.id;

  const found = await customers.retrieve(scope, selector);
  return found.kind === 'done' ? found.value.id : null;
}

export async function findDeletedCustomerId(
  { ids }: Payjp,
  { scope, id, customers }: CustomerSought,
): Promise<Uuid | null> {
  const selector = ids.customer.parse(id);
  const found = selector && (await customers.findDeleted(scope, selector));
  return found?.id ?? null;
}
