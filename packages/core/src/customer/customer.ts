import type { Metadata } from '../metadata.js';
import type { Instant, Scope, Uuid } from '../scope.js';

/** How other objects name a customer. `chosenId` is the id that the merchant chose at creation, if they chose one. */
export interface CustomerRef {
  readonly id: Uuid;
  readonly chosenId: string | null;
}

/** How a caller names a customer: by the id that we made, or by the one that the merchant chose. */
export type CustomerSelector = { readonly id: Uuid } | { readonly chosenId: string };

export interface Customer {
  readonly id: Uuid;
  readonly scope: Scope;
  /** Counts changes; equal to the sequence of the object's latest event. */
  readonly version: number;
  /** The id that the merchant chose: letters, digits, `-` and `_`, at most 100; `null` when we made one. */
  readonly chosenId: string | null;
  /** The merchant's own name for them, in any form; one living customer for each. */
  readonly externalReference: string | null;
  readonly email: string | null;
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly defaultPaymentMethodId: Uuid | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Set on deletion; from then on every read answers that there is no such customer. */
  readonly deletedAt: Instant | null;
}

export function customerRef(customer: Customer): CustomerRef {
  return { id: customer.id, chosenId: customer.chosenId };
}
