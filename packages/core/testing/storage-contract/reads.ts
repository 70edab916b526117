import { describe, expect, test } from 'vitest';
import type { Scope } from '../../src/index.js';
import { aCheckoutSession, aCustomer, aPaymentMethod, aSetupAttempt, aSetupIntent, NOON } from '../builders.js';
import { ALL_EVENT_TYPES, aMandate, eventsOf, FIRST_PAGE, itemsOf, sealedCard, type World } from './world.js';

export function readCases(world: () => World): void {
  describe('reading', () => {
    test('an intent brings its open attempt, and no other', async () => {
      const w = world();
      const scope = await w.newScope();
      const intent = aSetupIntent({ id: w.next(), scope });
      const attempts = (['closed', 'voiding', 'awaiting_authentication'] as const).map((state) =>
        aSetupAttempt({ id: w.next(), scope, setupIntentId: intent.id, state }),
      );
      await w.commitSurely(scope, [
        w.insert('setup_intent', intent),
        ...attempts.slice(0, 2).map((attempt) => ({ kind: 'insert_attempt', attempt }) as const),
      ]);
      expect(await w.storage.loadSetupIntent(scope, intent.id)).toEqual({ intent, openAttempt: null });
      const open = attempts[2] as (typeof attempts)[number];
      await w.commitSurely(scope, [{ kind: 'insert_attempt', attempt: open }]);
      expect(await w.storage.loadSetupIntent(scope, intent.id)).toEqual({ intent, openAttempt: open });
    });

    test('a customer’s open intents come newest first, with their attempts, and not more than wanted', async () => {
      const w = world();
      const scope = await w.newScope();
      const customer = { id: w.next(), chosenId: null };
      const statuses = ['requires_action', 'succeeded', 'processing', 'canceled', 'requires_confirmation'] as const;
      const intents = statuses.map((status) =>
        aSetupIntent({ id: w.next(), scope, customer, status, paymentMethodId: w.next() }),
      );
      const attempt = aSetupAttempt({ id: w.next(), scope, setupIntentId: intents[2]?.id as never });
      await w.commitSurely(scope, [
        ...intents.map((intent) => w.insert('setup_intent', intent)),
        w.insert('setup_intent', aSetupIntent({ id: w.next(), scope })),
        { kind: 'insert_attempt', attempt },
      ]);
      const open = await w.storage.listOpenSetupIntentsOfCustomer(scope, customer.id, 10);
      expect(open).toEqual([
        { intent: intents[4], openAttempt: null },
        { intent: intents[2], openAttempt: attempt },
        { intent: intents[0], openAttempt: null },
      ]);
      expect(await w.storage.listOpenSetupIntentsOfCustomer(scope, customer.id, 2)).toEqual(open.slice(0, 2));
    });

    test('an attempt brings its intent, its method and the checkout session, where there are any', async () => {
      const w = world();
      const scope = await w.newScope();
      const checkoutSession = aCheckoutSession({ id: w.next(), scope, setupIntentId: w.next() });
      const intent = aSetupIntent({ id: checkoutSession.setupIntentId, scope, checkoutSessionId: checkoutSession.id });
      const paymentMethod = aPaymentMethod({ id: w.next(), scope });
      const attempt = aSetupAttempt({
        id: w.next(),
        scope,
        setupIntentId: intent.id,
        paymentMethodId: paymentMethod.id,
      });
      await w.commitSurely(scope, [w.insert('setup_intent', intent), { kind: 'insert_attempt', attempt }]);
      const nothing = { paymentMethod: null, checkoutSession: null };
      expect(await w.storage.loadAttempt(scope, attempt.id)).toEqual({ attempt, intent, ...nothing });
      await w.commitSurely(scope, [
        w.insert('checkout_session', checkoutSession),
        w.insert('payment_method', paymentMethod),
      ]);
      const all = { attempt, intent, paymentMethod, checkoutSession };
      expect(await w.storage.loadAttempt(scope, attempt.id)).toEqual(all);
      expect(await w.storage.loadCheckoutSession(scope, checkoutSession.id)).toEqual({
        session: checkoutSession,
        intent,
      });
      expect(await w.storage.findCheckoutSessionScope(checkoutSession.id)).toEqual(scope);
      expect(await w.storage.findCheckoutSessionScope(intent.id)).toBeNull();
    });

    test('a customer is found by the id that we made and by the one that the merchant chose', async () => {
      const w = world();
      const scope = await w.newScope();
      const customer = aCustomer({ id: w.next(), scope, chosenId: 'Taro_1-x' });
      await w.commitSurely(scope, [w.insert('customer', customer)]);
      expect(await w.storage.loadCustomer(scope, { id: customer.id })).toEqual(customer);
      expect(await w.storage.loadCustomer(scope, { chosenId: 'Taro_1-x' })).toEqual(customer);
      expect(await w.storage.loadCustomer(scope, { chosenId: 'taro_1-x' })).toBeNull();
    });

    test("a customer is found by the merchant's own reference, and nobody else can have it while they live", async () => {
      const w = world();
      const scope = await w.newScope();
      const customer = aCustomer({ id: w.next(), scope, externalReference: 'taro@example.com / 店' });
      const namesake = { ...customer, id: w.next() };
      await w.commitSurely(scope, [w.insert('customer', customer)]);
      const find = () => w.storage.findCustomerByReference(scope, 'taro@example.com / 店');
      expect(await find()).toEqual(customer);
      expect(await w.storage.findCustomerByReference(await w.newScope(), 'taro@example.com / 店')).toBeNull();

      expect(await w.commit(scope, [w.insert('customer', namesake)])).toEqual({ kind: 'stale' });
      await w.commitSurely(scope, [
        w.update('customer', customer.id, { expect: { version: 1 }, patch: { deletedAt: NOON } }),
      ]);
      expect(await find()).toBeNull();
      await w.commitSurely(scope, [w.insert('customer', namesake)]);
      expect(await find()).toEqual(namesake);
    });

    test('a draft is read with its sealed card, until it is usable', async () => {
      const w = world();
      const scope = await w.newScope();
      const draft = aPaymentMethod({ id: w.next(), scope, state: 'draft', version: 0, usage: 'on_session' });
      await w.commitSurely(scope, [{ kind: 'insert_draft', paymentMethod: draft, sealed: sealedCard(0, 255, 7) }]);
      const found = { paymentMethod: draft, sealed: sealedCard(0, 255, 7) };
      expect(await w.storage.loadDraft(scope, draft.id)).toEqual(found);
      expect(await w.storage.loadDraft(await w.newScope(), draft.id)).toBeNull();
      await w.commitSurely(scope, [
        w.update('payment_method', draft.id, { expect: { version: 0 }, patch: { state: 'usable' } }),
      ]);
      expect(await w.storage.loadDraft(scope, draft.id)).toBeNull();
    });

    test('a mandate is found in its own scope', async () => {
      const w = world();
      const scope = await w.newScope();
      const mandate = aMandate({ id: w.next(), scope, standingInstruction: 'recurring' });
      await w.commitSurely(scope, [w.insert('mandate', mandate)]);
      expect(await w.storage.loadMandate(scope, mandate.id)).toEqual(mandate);
      expect(await w.storage.loadMandate({ ...scope, mode: 'live' }, mandate.id)).toBeNull();
      expect(await w.storage.loadMandate(scope, w.next())).toBeNull();
    });

    test('a deleted customer is found by the one read that is for them, by either id, and it finds no others', async () => {
      const w = world();
      const scope = await w.newScope();
      const customer = aCustomer({ id: w.next(), scope, chosenId: 'gone' });
      const selectors = [{ id: customer.id }, { chosenId: 'gone' }];
      const find = () => Promise.all(selectors.map((selector) => w.storage.findDeletedCustomer(scope, selector)));
      await w.commitSurely(scope, [w.insert('customer', customer)]);
      expect(await find()).toEqual([null, null]);
      await w.commitSurely(scope, [
        w.update('customer', customer.id, { expect: { version: 1 }, patch: { deletedAt: NOON } }),
      ]);
      const gone = expect.objectContaining({ id: customer.id, chosenId: 'gone', deletedAt: NOON });
      expect(await find()).toEqual([gone, gone]);
      expect(await w.storage.findDeletedCustomer(await w.newScope(), { id: customer.id })).toBeNull();
    });

    test('a deleted customer is not there, and neither is a method that is a draft', async () => {
      const w = world();
      const scope = await w.newScope();
      const customer = aCustomer({ id: w.next(), scope, chosenId: 'gone' });
      const draft = aPaymentMethod({
        id: w.next(),
        scope,
        state: 'draft',
        version: 0,
        customer: { id: customer.id, chosenId: 'gone' },
      });
      await w.commitSurely(scope, [
        w.insert('customer', customer),
        { kind: 'insert_draft', paymentMethod: draft, sealed: sealedCard(1) },
      ]);
      await w.commitSurely(scope, [
        w.update('customer', customer.id, { expect: { version: 1 }, patch: { deletedAt: NOON } }),
      ]);
      expect(await w.storage.loadCustomer(scope, { id: customer.id })).toBeNull();
      expect(await w.storage.loadCustomer(scope, { chosenId: 'gone' })).toBeNull();
      expect(itemsOf(await w.storage.listCustomers(scope, FIRST_PAGE))).toEqual([]);
      expect(await w.storage.loadPaymentMethod(scope, draft.id)).toBeNull();
      expect(itemsOf(await w.storage.listPaymentMethods(scope, {}, FIRST_PAGE))).toEqual([]);
      const { customer: owner } = draft;
      expect(
        itemsOf(await w.storage.listPaymentMethods(scope, { customerId: owner?.id as never }, FIRST_PAGE)),
      ).toEqual([]);
    });

    test('what was never there is not found', async () => {
      const w = world();
      const scope = await w.newScope();
      for (const answer of Object.values(await readAll(w, scope, await idsOf(w)))) expect(answer).toSatisfy(isNothing);
    });

    test('nothing of one merchant or mode is seen from another', async () => {
      const w = world();
      const scope = await w.newScope();
      const ids = await idsOf(w);
      await fill(w, scope, ids);
      const seen = await readAll(w, scope, ids);
      for (const [name, answer] of Object.entries(seen)) expect([name, isNothing(answer)]).toEqual([name, false]);

      for (const other of [await w.newScope(), { ...scope, mode: 'live' as const }]) {
        const answers = await readAll(w, other, ids);
        for (const [name, answer] of Object.entries(answers)) expect([name, isNothing(answer)]).toEqual([name, true]);
      }
    });
  });
}

type Ids = Awaited<ReturnType<typeof idsOf>>;

async function idsOf({ next }: World) {
  return { intent: next(), session: next(), customer: next(), method: next(), attempt: next(), mandate: next() };
}

async function fill(w: World, scope: Scope, ids: Ids): Promise<void> {
  const customer = { id: ids.customer, chosenId: 'c' };
  await w.commitSurely(scope, [
    w.insert('customer', aCustomer({ scope, ...customer })),
    w.insert('setup_intent', aSetupIntent({ scope, id: ids.intent, customer, checkoutSessionId: ids.session })),
    w.insert('checkout_session', aCheckoutSession({ scope, id: ids.session, setupIntentId: ids.intent })),
    w.insert('payment_method', aPaymentMethod({ scope, id: ids.method, customer })),
    w.insert('mandate', aMandate({ scope, id: ids.mandate, paymentMethodId: ids.method, setupIntentId: ids.intent })),
    { kind: 'insert_sealed_card', paymentMethodId: ids.method, sealed: sealedCard(1) },
    { kind: 'insert_attempt', attempt: aSetupAttempt({ scope, id: ids.attempt, setupIntentId: ids.intent }) },
  ]);
}

/** Every read that names an object, and every list but those of a merchant's configurations. */
async function readAll(w: World, scope: Scope, ids: Ids) {
  const { storage } = w;
  const [event] = await eventsOf(w, scope, ids.intent);
  return {
    intent: await storage.loadSetupIntent(scope, ids.intent),
    openOfCustomer: await storage.listOpenSetupIntentsOfCustomer(scope, ids.customer, 5),
    attempt: await storage.loadAttempt(scope, ids.attempt),
    sealed: await storage.loadSealedCard(scope, ids.method),
    customer: await storage.loadCustomer(scope, { id: ids.customer }),
    customerByChosenId: await storage.loadCustomer(scope, { chosenId: 'c' }),
    method: await storage.loadPaymentMethod(scope, ids.method),
    session: await storage.loadCheckoutSession(scope, ids.session),
    event: await storage.loadEvent(scope, event?.id ?? ids.intent),
    intents: itemsOf(await storage.listSetupIntents(scope, FIRST_PAGE)),
    customers: itemsOf(await storage.listCustomers(scope, FIRST_PAGE)),
    methods: itemsOf(await storage.listPaymentMethods(scope, {}, FIRST_PAGE)),
    methodsOfCustomer: itemsOf(await storage.listPaymentMethods(scope, { customerId: ids.customer }, FIRST_PAGE)),
    sessions: itemsOf(await storage.listCheckoutSessions(scope, FIRST_PAGE)),
    mandates: itemsOf(await storage.listMandates(scope, {}, FIRST_PAGE)),
    mandatesOfMethod: itemsOf(await storage.listMandates(scope, { paymentMethodId: ids.method }, FIRST_PAGE)),
    events: itemsOf(await storage.listEvents(scope, { types: ALL_EVENT_TYPES }, FIRST_PAGE)),
  };
}

function isNothing(answer: unknown): boolean {
  return answer === null || (Array.isArray(answer) && answer.length === 0);
}
