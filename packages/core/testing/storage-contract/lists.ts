import { describe, expect, test } from 'vitest';
import type { Change, Page, PageRequest, Scope, Storage, Uuid } from '../../src/index.js';
import { aCheckoutSession, aCustomer, aPaymentMethod, aSetupIntent, NOON, SCOPE } from '../builders.js';
import { ALL_EVENT_TYPES, aConfiguration, aMandate, FIRST_PAGE, itemsOf, sealedCard, type World } from './world.js';

interface ListCase {
  readonly name: string;
  /** What makes the list longer by this one; `nth` counts from 0. */
  insert(w: World, scope: Scope, id: Uuid, nth: number): Change;
  list(storage: Storage, scope: Scope, page: PageRequest): Promise<Page<{ readonly id: Uuid }>>;
}

const OWNER = { id: SCOPE.merchantId, chosenId: null };

// biome-ignore format: a table
const LISTS: readonly ListCase[] = [
  { name: 'setup intents',       insert: (w, scope, id) => w.insert('setup_intent', aSetupIntent({ id, scope })),                         list: (s, scope, page) => s.listSetupIntents(scope, page) },
  { name: 'customers',           insert: (w, scope, id) => w.insert('customer', aCustomer({ id, scope })),                                list: (s, scope, page) => s.listCustomers(scope, page) },
  { name: 'payment methods',     insert: (w, scope, id) => w.insert('payment_method', aPaymentMethod({ id, scope })),                     list: (s, scope, page) => s.listPaymentMethods(scope, {}, page) },
  { name: 'a customer’s methods', insert: (w, scope, id) => w.insert('payment_method', aPaymentMethod({ id, scope, customer: OWNER })),   list: (s, scope, page) => s.listPaymentMethods(scope, { customerId: OWNER.id }, page) },
  { name: 'checkout sessions',   insert: (w, scope, id) => w.insert('checkout_session', aCheckoutSession({ id, scope })),                 list: (s, scope, page) => s.listCheckoutSessions(scope, page) },
  { name: 'mandates',            insert: (w, scope, id) => w.insert('mandate', aMandate({ id, scope })),                                  list: (s, scope, page) => s.listMandates(scope, {}, page) },
  { name: 'a method’s mandates', insert: (w, scope, id) => w.insert('mandate', aMandate({ id, scope, paymentMethodId: OWNER.id })),       list: (s, scope, page) => s.listMandates(scope, { paymentMethodId: OWNER.id }, page) },
  { name: 'an intent’s mandates', insert: (w, scope, id) => w.insert('mandate', aMandate({ id, scope, setupIntentId: OWNER.id })),        list: (s, scope, page) => s.listMandates(scope, { setupIntentId: OWNER.id }, page) },
  { name: 'configurations',      insert: (w, scope, id) => w.insert('payment_method_configuration', aConfiguration({ id, scope, version: 1 })), list: (s, scope, page) => s.listPaymentMethodConfigurations(scope, page) },
  { name: 'events',              insert: (w, scope, id) => ({ ...w.insert('customer', aCustomer({ id: w.next(), scope })), event: { id, type: 'customer.created' } }) as Change, list: (s, scope, page) => s.listEvents(scope, { types: ALL_EVENT_TYPES }, page) },
  { name: 'an object’s events',  insert: anEventOfOne, list: (s, scope, page) => s.listEvents(scope, { types: ALL_EVENT_TYPES, objectId: OWNER.id }, page) },
];

/** One customer is created, then changed. */
function anEventOfOne(w: World, scope: Scope, id: Uuid, nth: number): Change {
  const change =
    nth === 0
      ? w.insert('customer', aCustomer({ id: OWNER.id, scope }))
      : w.update('customer', OWNER.id, { expect: { version: nth }, patch: { description: `${nth}` } });
  return { ...change, event: { id, type: 'customer.updated' } } as Change;
}

export function listCases(world: () => World): void {
  for (const { name, insert, list } of LISTS) {
    describe(`a list of ${name}`, () => {
      /** Five objects, oldest first, in a merchant that has no others of the kind. */
      async function five() {
        const w = world();
        const scope: Scope = { merchantId: w.next(), mode: 'live' };
        const ids = Array.from({ length: 5 }, () => w.next());
        // Committed in another order than that of their ids, which alone counts.
        for (const [nth, i] of [2, 0, 4, 1, 3].entries()) {
          await w.commitSurely(scope, [insert(w, scope, ids[i] as Uuid, nth)]);
        }
        const page = async (limit: number, cursor: Partial<PageRequest> = {}) => {
          const answer = await list(w.storage, scope, { limit, startingAfter: null, endingBefore: null, ...cursor });
          if (answer.kind !== 'page') return answer.kind;
          return { at: answer.items.map(({ id }) => ids.indexOf(id)), hasMore: answer.hasMore };
        };
        return { w, scope, ids, page };
      }

      test('goes from the newest to the oldest, and says exactly whether there is more', async () => {
        const { ids, page } = await five();
        const [, second, third, , last] = ids as [Uuid, Uuid, Uuid, Uuid, Uuid];
        expect(await page(5)).toEqual({ at: [4, 3, 2, 1, 0], hasMore: false });
        expect(await page(6)).toEqual({ at: [4, 3, 2, 1, 0], hasMore: false });
        expect(await page(4)).toEqual({ at: [4, 3, 2, 1], hasMore: true });
        expect(await page(1)).toEqual({ at: [4], hasMore: true });
        expect(await page(2, { startingAfter: last })).toEqual({ at: [3, 2], hasMore: true });
        expect(await page(2, { startingAfter: third })).toEqual({ at: [1, 0], hasMore: false });
        expect(await page(1, { startingAfter: third })).toEqual({ at: [1], hasMore: true });
        expect(await page(9, { startingAfter: second })).toEqual({ at: [0], hasMore: false });
        expect(await page(9, { startingAfter: ids[0] as Uuid })).toEqual({ at: [], hasMore: false });
      });

      test('goes back to what is just before a cursor, still newest first', async () => {
        const { ids, page } = await five();
        const [first, second, third, , last] = ids as [Uuid, Uuid, Uuid, Uuid, Uuid];
        expect(await page(2, { endingBefore: first })).toEqual({ at: [2, 1], hasMore: true });
        expect(await page(3, { endingBefore: second })).toEqual({ at: [4, 3, 2], hasMore: false });
        expect(await page(2, { endingBefore: second })).toEqual({ at: [3, 2], hasMore: true });
        expect(await page(2, { endingBefore: third })).toEqual({ at: [4, 3], hasMore: false });
        expect(await page(9, { endingBefore: last })).toEqual({ at: [], hasMore: false });
      });

      test('refuses a cursor that names nothing, or something of another merchant or mode', async () => {
        const { w, scope, ids, page } = await five();
        expect(await page(2, { startingAfter: w.next() })).toBe('cursor_not_found');
        expect(await page(2, { endingBefore: w.next() })).toBe('cursor_not_found');
        for (const other of [await w.newScope('live'), { ...scope, mode: 'test' as const }]) {
          const request = { ...FIRST_PAGE, startingAfter: ids[2] as Uuid };
          expect(await list(w.storage, other, request)).toEqual({ kind: 'cursor_not_found' });
        }
      });
    });
  }

  describe('a list', () => {
    test('of payment methods holds detached ones, and a customer’s list what is theirs now', async () => {
      const w = world();
      const scope = await w.newScope();
      const customer = { id: w.next(), chosenId: 'c' };
      const [theirs, detached, nobodys] = [
        aPaymentMethod({ id: w.next(), scope, customer }),
        aPaymentMethod({ id: w.next(), scope, state: 'detached', formerCustomer: customer }),
        aPaymentMethod({ id: w.next(), scope }),
      ];
      await w.commitSurely(
        scope,
        [theirs, detached, nobodys].map((method) => w.insert('payment_method', method)),
      );
      const { storage } = w;
      expect(itemsOf(await storage.listPaymentMethods(scope, {}, FIRST_PAGE))).toEqual([nobodys, detached, theirs]);
      const filter = { customerId: customer.id };
      expect(itemsOf(await storage.listPaymentMethods(scope, filter, FIRST_PAGE))).toEqual([theirs]);
      // Whoever detaches each method of a page keeps their place.
      const next = { ...FIRST_PAGE, startingAfter: detached.id };
      expect(itemsOf(await storage.listPaymentMethods(scope, filter, next))).toEqual([theirs]);
    });

    test('refuses a draft, and a deleted customer, as a cursor', async () => {
      const w = world();
      const scope = await w.newScope();
      const draft = aPaymentMethod({ id: w.next(), scope, state: 'draft', version: 0 });
      const customer = aCustomer({ id: w.next(), scope });
      await w.commitSurely(scope, [
        { kind: 'insert_draft', paymentMethod: draft, sealed: sealedCard(1) },
        w.insert('customer', customer),
      ]);
      await w.commitSurely(scope, [
        w.update('customer', customer.id, { expect: { version: 1 }, patch: { deletedAt: NOON } }),
      ]);
      const notFound = { kind: 'cursor_not_found' };
      const after = (startingAfter: Uuid) => ({ ...FIRST_PAGE, startingAfter });
      expect(await w.storage.listPaymentMethods(scope, {}, after(draft.id))).toEqual(notFound);
      expect(await w.storage.listCustomers(scope, after(customer.id))).toEqual(notFound);
    });

    test('of events holds the wanted types, and the wanted object, alone', async () => {
      const w = world();
      const scope = await w.newScope();
      const [customer, intent] = [aCustomer({ id: w.next(), scope }), aSetupIntent({ id: w.next(), scope })];
      await w.commitSurely(scope, [w.insert('customer', customer), w.insert('setup_intent', intent)]);
      await w.commitSurely(scope, [
        w.update('setup_intent', intent.id, { expect: { version: 1 }, patch: { description: 'x' } }),
      ]);
      const list = async (filter: Parameters<Storage['listEvents']>[1]) =>
        itemsOf(await w.storage.listEvents(scope, filter, FIRST_PAGE)).map(({ type, objectId }) => [type, objectId]);
      const updated = ['setup_intent.updated', intent.id];
      const created = ['setup_intent.created', intent.id];
      expect(await list({ types: ['setup_intent.updated'] })).toEqual([updated]);
      expect(await list({ types: ALL_EVENT_TYPES, objectId: intent.id })).toEqual([updated, created]);
      expect(await list({ types: ['setup_intent.created', 'customer.created'] })).toEqual([
        created,
        ['customer.created', customer.id],
      ]);
      expect(await list({ types: ['customer.created'], objectId: intent.id })).toEqual([]);
      expect(await list({ types: [] })).toEqual([]);
    });
  });
}
