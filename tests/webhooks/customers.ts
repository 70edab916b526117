import type { Change, Customer, Ids, Scope, Storage } from '@onfile/core';

const BATCH = 40;

/** Customers with so many events each; every one counts its changes in its description, from 0 on. */
export async function makeCustomersWithEvents(
  { storage, ids }: { readonly storage: Storage; readonly ids: Ids },
  { scope, customers, eventsEach }: { readonly scope: Scope; readonly customers: number; readonly eventsEach: number },
): Promise<void> {
  for (let made = 0; made < customers; made += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, customers - made) }, () => aCustomer(scope, ids));
    await commit(
      storage,
      scope,
      batch.map((customer) => insert(customer, ids)),
    );
    for (let version = 1; version < eventsEach; version += 1) {
      await commit(
        storage,
        scope,
        batch.map((customer) => describe(customer, { version, ids })),
      );
    }
  }
}

async function commit(storage: Storage, scope: Scope, changes: readonly Change[]): Promise<void> {
  const { kind } = await storage.commit({ scope, at: Date.now(), changes, idempotency: null });
  if (kind !== 'committed') throw new Error(`expected a commit, got ${kind}`);
}

function aCustomer(scope: Scope, ids: Ids): Customer {
  const now = Date.now();
  return {
    id: ids.next(),
    scope,
    version: 1,
    chosenId: null,
    externalReference: null,
    email: null,
    description: '0',
    metadata: {},
    defaultPaymentMethodId: null,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}

function insert(object: Customer, ids: Ids): Change {
  return { kind: 'insert', objectType: 'customer', object, event: { id: ids.next(), type: 'customer.created' } };
}

function describe({ id }: Customer, { version, ids }: { readonly version: number; readonly ids: Ids }): Change {
  const event = { id: ids.next(), type: 'customer.updated' } as const;
  const patch = { description: String(version) };
  return { kind: 'update', objectType: 'customer', id, expect: { version }, patch, event };
}
