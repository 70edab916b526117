import type { Call } from '../call.js';
import { expireCheckoutSession } from '../checkout-session/expire.js';
import { decideAndCommit } from '../committing.js';
import type { List } from '../operations.js';
import { detachment, detachPaymentMethod } from '../payment-method/detach.js';
import type { PaymentMethod } from '../payment-method/payment-method.js';
import type { Change } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import type { Outcome } from '../refusals.js';
import type { Uuid } from '../scope.js';
import { cancelSetupIntent } from '../setup-intent/cancel.js';
import type { Customer, CustomerSelector } from './customer.js';
import { findCustomer } from './find.js';

/** How many of a customer's methods or intents one step deals with. */
const BATCH = 50;
/** More batches than any customer fills. */
const BATCHES_MAX = 200;

/**
 * Cancels the customer's open setup intents, then detaches their methods and deletes them. Each step is a commit of its
 * own, so a deletion that breaks off can be repeated. What came to the customer in the middle of it goes afterwards: from the
 * deletion on nothing more can come.
 */
export async function deleteCustomer(ports: Ports, call: Call, selector: CustomerSelector): Promise<Outcome<Customer>> {
  const customer = await findCustomer(ports, call.scope, selector);
  if (!('kind' in customer)) await endOpenIntents(ports, call, customer.id);

  const outcome = await commitDeletion(ports, call, selector);
  const deleted =
    outcome.kind === 'done' ? outcome.value : await ports.storage.findDeletedCustomer(call.scope, selector);
  if (deleted) {
    await endOpenIntents(ports, call, deleted.id);
    await detachLate(ports, call, deleted.id);
  }
  return outcome;
}

function commitDeletion(ports: Ports, call: Call, selector: CustomerSelector): Promise<Outcome<Customer>> {
  return decideAndCommit(ports, call, 'customer', async () => {
    const found = await findCustomer(ports, call.scope, selector);
    if ('kind' in found) return found;
    const deleted: Change = {
      kind: 'update',
      objectType: 'customer',
      id: found.id,
      expect: { version: found.version },
      patch: { deletedAt: ports.clock.now(), defaultPaymentMethodId: null },
      event: { id: ports.ids.next(), type: 'customer.deleted' },
    };
    const detached = await detachAll(ports, call, found);
    return {
      kind: 'plan',
      changes: [...detached, deleted],
      answerIndex: detached.length,
    };
  });
}

/** Those that wait for a processor's answer cannot be canceled; they fail when it comes and finds no customer. */
async function endOpenIntents(ports: Ports, call: Call, customerId: Uuid): Promise<void> {
  const inside: Call = { ...call, idempotency: null };
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const open = await ports.storage.listOpenSetupIntentsOfCustomer(call.scope, customerId, BATCH);
    const endable = open.filter(({ intent }) => intent.status !== 'processing');
    for (const { intent } of endable) {
      if (intent.checkoutSessionId) await expireCheckoutSession(ports, inside, intent.checkoutSessionId);
      else await cancelSetupIntent(ports, inside, intent.id, 'abandoned');
    }
    if (endable.length === 0 || open.length < BATCH) return;
  }
}

/** Detaches all but the last batch at once; that one is left for the commit that deletes the customer. */
async function detachAll(ports: Ports, call: Call, customer: Customer): Promise<readonly Change[]> {
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const { items: methods, hasMore } = await listMethods(ports, call, customer.id);
    const changes = (await Promise.all(methods.map((method) => detachment(ports, method)))).flat();
    if (!hasMore) return changes;
    await ports.storage.commit({ scope: call.scope, at: ports.clock.now(), changes, idempotency: null });
  }
  return [];
}

async function detachLate(ports: Ports, call: Call, customerId: Uuid): Promise<void> {
  const inside: Call = { ...call, idempotency: null };
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const { items: methods, hasMore } = await listMethods(ports, call, customerId);
    for (const { id } of methods) await detachPaymentMethod(ports, inside, id);
    if (!hasMore) return;
  }
}

async function listMethods({ storage }: Ports, { scope }: Call, customerId: Uuid): Promise<List<PaymentMethod>> {
  const page = { limit: BATCH, startingAfter: null, endingBefore: null };
  const found = await storage.listPaymentMethods(scope, { customerId }, page);
  return found.kind === 'page' ? found : { items: [], hasMore: false };
}
