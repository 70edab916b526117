import {
  type Change,
  type CheckoutSession,
  type Commit,
  type Customer,
  createOperations,
  NO_ADDRESS,
  type Operations,
  type SetupIntent,
  type Uuid,
} from '@onfile/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL, accepted, confirmation, newIntent, newSession, startWorld, told, type World } from './world.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let world: World;
let operations: Operations;
beforeAll(async () => {
  world = await startWorld();
  ({ operations } = world);
});
afterAll(() => world.stop());

async function aCustomer(parts: { chosenId?: string; paymentMethodId?: Uuid } = {}): Promise<Customer> {
  const input = {
    selector: parts.chosenId ? { chosenId: parts.chosenId } : null,
    email: 'taro@example.com',
    description: null,
    metadata: {},
    paymentMethodId: parts.paymentMethodId ?? null,
  };
  return accepted(await operations.customers.create(world.call(), input));
}

async function aSavedMethod(customer: Customer): Promise<Uuid> {
  const intent = accepted(
    await operations.setupIntents.create(world.call(), newIntent({ customer: { id: customer.id } })),
  );
  const saved = accepted(await operations.setupIntents.confirm(world.call(), intent.id, confirmation(world.card())));
  return saved.paymentMethodId as Uuid;
}

async function aRawMethod(customer?: Customer): Promise<Uuid> {
  const input = { card: world.card(), customer: customer ? { id: customer.id } : null, metadata: {} };
  return accepted(await operations.paymentMethods.create(world.call(), input)).id;
}

async function intentNow(id: Uuid): Promise<SetupIntent> {
  return accepted(await operations.setupIntents.retrieve(world.scope, id));
}

async function sessionNow(id: Uuid): Promise<CheckoutSession> {
  return accepted(await operations.checkoutSessions.retrieve(world.scope, id)).session;
}

async function openSession(parts: Parameters<typeof newSession>[0] = {}) {
  return accepted(await operations.checkoutSessions.create(world.call(), newSession(parts)));
}

function confirmOnPage(intent: SetupIntent) {
  return operations.setupIntents.confirm(world.call(), intent.id, confirmation(world.card(), { by: 'session' }));
}

async function passChallenge(intent: SetupIntent): Promise<void> {
  world.connector.authenticate(intent.latestAttemptId as string, 'pass');
  world.pass(60_000);
  await operations.jobs.resumeAttempts(10);
}

/** Operations that have something done right before, or after, they commit a customer's deletion. */
function deleting(at: { readonly before?: () => Promise<void>; readonly after?: () => Promise<void> }): Operations {
  return committing(({ changes }) => changes.some(isDeletion), at);
}

function committing(
  isMeant: (commit: Commit) => boolean,
  { before, after }: { readonly before?: () => Promise<void>; readonly after?: () => Promise<void> },
): Operations {
  const commit = async (asked: Commit) => {
    if (!isMeant(asked)) return world.storage.commit(asked);
    await before?.();
    const result = await world.storage.commit(asked);
    await after?.();
    return result;
  };
  return createOperations({ ...world.ports, storage: { ...world.storage, commit } });
}

function isDeletion(change: Change): boolean {
  return change.kind === 'update' && change.objectType === 'customer' && change.patch.deletedAt !== undefined;
}

describe('a checkout session', () => {
  test('completes with its setup intent, and a customer is made when that was asked for', async () => {
    const { session, intent } = await openSession({ customerCreation: 'always', customerEmail: 'hanako@example.com' });
    await passChallenge(accepted(await confirmOnPage(intent)));
    const completed = await sessionNow(session.id);
    const succeeded = await intentNow(intent.id);
    const customer = accepted(await operations.customers.retrieve(world.scope, { id: completed.customer?.id as Uuid }));
    const methods = accepted(await operations.customers.listPaymentMethods(world.scope, { id: customer.id }, ALL));
    expect(completed).toMatchObject({ status: 'complete', customerDetails: { name: 'TARO YAMADA' } });
    expect(customer.email).toBe('hanako@example.com');
    expect(succeeded.customer).toEqual(completed.customer);
    expect(methods.items.map(({ id }) => id)).toEqual([succeeded.paymentMethodId]);
  });

  test('is announced after its intent, and that after the method: in one order for everybody', async () => {
    const customer = await aCustomer();
    const { intent } = await openSession({ customer: { id: customer.id } });
    await passChallenge(accepted(await confirmOnPage(intent)));
    const types = ['payment_method.attached', 'setup_intent.succeeded', 'checkout_session.completed'] as const;
    const events = accepted(await operations.events.list(world.scope, { types }, { ...ALL, limit: 3 }));
    expect(events.items.map(({ type }) => type).reverse()).toEqual(types);
  });

  test('alone drives its intent: the merchant and a browser may not confirm or cancel it', async () => {
    const { intent } = await openSession();
    const confirmed = await operations.setupIntents.confirm(world.call(), intent.id, confirmation(world.card()));
    expect(told(confirmed)).toBe('setup_intent_owned_by_checkout_session');
    expect(told(await operations.setupIntents.cancel(world.call(), intent.id, null))).toBe(
      'setup_intent_owned_by_checkout_session',
    );
  });

  test('stays open after a failed attempt, for another card', async () => {
    const { session, intent } = await openSession();
    const challenged = accepted(await confirmOnPage(intent));
    world.connector.authenticate(challenged.latestAttemptId as string, 'fail');
    world.pass(60_000);
    await operations.jobs.resumeAttempts(10);
    expect((await intentNow(intent.id)).status).toBe('requires_payment_method');
    expect((await sessionNow(session.id)).status).toBe('open');
    expect(told(await confirmOnPage(intent))).toBe('requires_action');
  });

  const expiries = [
    // minutes ahead   gives
    [29.999, 'checkout_session_expiry_out_of_range'],
    [30, 'done'],
    [24 * 60, 'done'],
    [24 * 60 + 0.001, 'checkout_session_expiry_out_of_range'],
    [-1, 'checkout_session_expiry_out_of_range'],
  ] as const;
  test.each(expiries)('that is to expire in %s minutes gives %s', async (minutes, outcome) => {
    const input = newSession({ expiresAt: world.now() + minutes * MINUTE_MS });
    expect(told(await operations.checkoutSessions.create(world.call(), input))).toBe(outcome);
  });

  test('asked for again under its key is answered as before, however near its expiry is by then', async () => {
    const call = world.call({ key: 'session-again' });
    const input = newSession({ expiresAt: world.now() + 31 * MINUTE_MS });
    const first = accepted(await operations.checkoutSessions.create(call, input));
    world.pass(40 * MINUTE_MS);
    const again = await operations.checkoutSessions.create(call, input);
    expect(again).toMatchObject({ kind: 'done', replayed: true });
    expect(accepted(again).session).toEqual(first.session);
  });

  test('refused for its expiry leaves the key free, for a request with another time', async () => {
    const early = newSession({ expiresAt: world.now() + MINUTE_MS });
    const call = world.call({ key: 'session-mended' });
    expect(told(await operations.checkoutSessions.create(call, early))).toBe('checkout_session_expiry_out_of_range');
    const late = newSession({ expiresAt: world.now() + 60 * MINUTE_MS });
    const other = world.call({ key: 'session-mended', requestDigest: new Uint8Array(32).fill(1) });
    expect(told(await operations.checkoutSessions.create(other, late))).toBe('done');
    expect(told(await operations.checkoutSessions.create(call, early))).toBe('idempotency_key_reused');
  });

  test('expires when its time is up, takes its intent with it, and then refuses cards', async () => {
    const { session, intent } = await openSession();
    world.pass(DAY_MS);
    expect(told(await confirmOnPage(intent))).toBe('setup_intent_expired');
    await operations.jobs.expire(100);
    expect((await sessionNow(session.id)).status).toBe('expired');
    expect(await intentNow(intent.id)).toMatchObject({ status: 'canceled', cancellationReason: 'abandoned' });
  });

  test('expired by hand in the middle of 3-D Secure stays expired, and the processor is told to undo', async () => {
    const { session, intent } = await openSession();
    const challenged = accepted(await confirmOnPage(intent));
    expect(accepted(await operations.checkoutSessions.expire(world.call(), session.id)).session.status).toBe('expired');
    await passChallenge(challenged);
    expect(await intentNow(intent.id)).toMatchObject({ status: 'canceled' });
    expect(world.connector.calls).toContainEqual({ operation: 'void', reference: challenged.latestAttemptId });
    expect(told(await operations.checkoutSessions.expire(world.call(), session.id))).toBe(
      'checkout_session_unexpected_status',
    );
  });
});

describe('a customer', () => {
  test('with an id that is taken is refused', async () => {
    await aCustomer({ chosenId: 'member-1' });
    const input = {
      selector: { chosenId: 'member-1' },
      email: null,
      description: null,
      metadata: {},
      paymentMethodId: null,
    };
    expect(told(await operations.customers.create(world.call(), input))).toBe('customer_id_taken');
  });

  test('goes by the chosen id everywhere', async () => {
    const customer = await aCustomer({ chosenId: 'member-2' });
    const created = await operations.setupIntents.create(
      world.call(),
      newIntent({ customer: { chosenId: 'member-2' } }),
    );
    expect(accepted(created).customer).toEqual({ id: customer.id, chosenId: 'member-2' });
    const unknown = newIntent({ customer: { chosenId: 'nobody' } });
    expect(told(await operations.setupIntents.create(world.call(), unknown))).toBe('object_not_found');
  });

  test('that does not exist is not found, whether it is created for, or updated to', async () => {
    const unknown = { id: 'ffffffff-0000-7000-8000-000000000000' as Uuid };
    expect(told(await operations.setupIntents.create(world.call(), newIntent({ customer: unknown })))).toBe(
      'object_not_found',
    );
    const intent = accepted(await operations.setupIntents.create(world.call(), newIntent()));
    const updated = await operations.setupIntents.update(world.call(), intent.id, { customer: unknown });
    expect(told(updated)).toBe('object_not_found');
    expect(await intentNow(intent.id)).toEqual(intent);
  });

  test('created with a method owns it, and it is the default', async () => {
    const paymentMethodId = await aRawMethod();
    const customer = await aCustomer({ paymentMethodId });
    const method = accepted(await operations.paymentMethods.retrieve(world.scope, paymentMethodId));
    expect(customer.defaultPaymentMethodId).toBe(paymentMethodId);
    expect(method.customer?.id).toBe(customer.id);
  });

  test('that is deleted takes with it what is open: methods are detached, setups canceled, sessions expired', async () => {
    const customer = await aCustomer();
    const methodId = await aSavedMethod(customer);
    const open = accepted(
      await operations.setupIntents.create(world.call(), newIntent({ customer: { id: customer.id } })),
    );
    const { session } = await openSession({ customer: { id: customer.id } });
    accepted(await operations.customers.delete(world.call(), { id: customer.id }));
    const method = accepted(await operations.paymentMethods.retrieve(world.scope, methodId));
    expect(method).toMatchObject({ state: 'detached', customer: null, formerCustomer: { id: customer.id } });
    expect(await intentNow(open.id)).toMatchObject({ status: 'canceled', cancellationReason: 'abandoned' });
    expect((await sessionNow(session.id)).status).toBe('expired');
    expect(told(await operations.customers.retrieve(world.scope, { id: customer.id }))).toBe('object_not_found');
    expect(told(await operations.customers.delete(world.call(), { id: customer.id }))).toBe('object_not_found');
  });

  async function countOfTheirs({ id }: Customer): Promise<number> {
    const open = await world.storage.listOpenSetupIntentsOfCustomer(world.scope, id, 10);
    const methods = await world.storage.listPaymentMethods(world.scope, { customerId: id }, ALL);
    return open.length + (methods.kind === 'page' ? methods.items.length : 0);
  }

  const comings: readonly (readonly [string, (customer: Customer) => Promise<unknown>])[] = [
    ['a setup', (customer) => operations.setupIntents.create(world.call(), newIntent({ customer }))],
    ['a session', (customer) => openSession({ customer })],
    ['a saved method', async (c) => operations.paymentMethods.attach(world.call(), await aRawMethod(), c)],
    ['a method that is made for them', (customer) => aRawMethod(customer)],
  ];
  test.each(comings)('that is deleted takes with it what comes in the middle of it: %s', async (_, come) => {
    const customer = await aCustomer();
    const deletion = deleting({
      before: async () => {
        await come(customer);
        expect(await countOfTheirs(customer)).toBe(1);
      },
    });
    accepted(await deletion.customers.delete(world.call(), { id: customer.id }));
    expect(await countOfTheirs(customer)).toBe(0);
  });

  test.each([
    ['the id that we made', ({ id }: Customer) => ({ id })],
    ['the id that the merchant chose', ({ chosenId }: Customer) => ({ chosenId: chosenId ?? '' })],
  ])('whose deletion broke off is rid of the rest by the next one, by %s', async (name, selectorOf) => {
    const customer = await aCustomer({ chosenId: `late-${name.length}` });
    const broken = deleting({
      before: async () => {
        await openSession({ customer });
      },
      after: async () => {
        throw new Error('the process stopped here');
      },
    });
    await expect(broken.customers.delete(world.call(), selectorOf(customer))).rejects.toThrow('stopped here');
    expect(await countOfTheirs(customer)).toBe(1);
    expect(told(await operations.customers.delete(world.call(), selectorOf(customer)))).toBe('object_not_found');
    expect(await countOfTheirs(customer)).toBe(0);
  });

  test('that is deleted while a card is verified for them does not get it, and the verification is undone', async () => {
    const customer = await aCustomer();
    const intent = accepted(
      await operations.setupIntents.create(world.call(), newIntent({ customer: { id: customer.id } })),
    );
    world.connector.script('verify', 'lose_reply');
    const asked = accepted(await operations.setupIntents.confirm(world.call(), intent.id, confirmation(world.card())));
    accepted(await operations.customers.delete(world.call(), { id: customer.id }));
    world.pass(60_000);
    await operations.jobs.resumeAttempts(10);
    await operations.jobs.resumeAttempts(10);
    expect((await intentNow(intent.id)).status).toBe('requires_payment_method');
    expect(world.connector.calls).toContainEqual({ operation: 'void', reference: asked.latestAttemptId });
  });
});

describe('a payment method', () => {
  test('is attached once and detached once, for good', async () => {
    const customer = await aCustomer();
    const id = await aRawMethod();
    const { attach, detach } = operations.paymentMethods;
    expect(told(await detach(world.call(), id))).toBe('payment_method_never_attached');
    expect(told(await attach(world.call(), id, { id: customer.id }))).toBe('done');
    expect(told(await attach(world.call(), id, { id: customer.id }))).toBe('payment_method_already_attached');
    expect(told(await detach(world.call(), id))).toBe('done');
    expect(told(await detach(world.call(), id))).toBe('payment_method_already_detached');
    expect(told(await attach(world.call(), id, { id: customer.id }))).toBe('payment_method_detached');
  });

  test('that is detached leaves no card number behind', async () => {
    const customer = await aCustomer();
    const id = await aSavedMethod(customer);
    expect(await world.storage.loadSealedCard(world.scope, id)).not.toBeNull();
    accepted(await operations.paymentMethods.detach(world.call(), id));
    expect(await world.storage.loadSealedCard(world.scope, id)).toBeNull();
  });

  test('that is detached is nobody’s default any more, and its mandates end', async () => {
    const customer = await aCustomer();
    const id = await aSavedMethod(customer);
    await operations.customers.update(world.call(), { id: customer.id }, { defaultPaymentMethodId: id });
    accepted(await operations.paymentMethods.detach(world.call(), id));
    const mandates = await world.storage.listMandates(world.scope, { paymentMethodId: id }, ALL);
    const owner = accepted(await operations.customers.retrieve(world.scope, { id: customer.id }));
    expect(owner.defaultPaymentMethodId).toBeNull();
    expect(mandates).toMatchObject({ items: [{ status: 'inactive' }] });
  });

  const meetings = [
    // while the one is committed, the other comes    which gives the first
    ['default', 'detach', 'payment_method_detached'],
    ['detach', 'default', 'done'],
  ] as const;
  test.each(meetings)('is no default once it is detached: the %s is met by a %s', async (name, other, outcome) => {
    const customer = await aCustomer();
    const id = await aRawMethod(customer);
    const give = { default: makeDefault, detach };
    let met = false;
    const meeting = committing(() => !met, {
      before: async () => {
        met = true;
        expect(told(await give[other](operations))).toBe('done');
      },
    });
    expect(told(await give[name](meeting))).toBe(outcome);
    const owner = accepted(await operations.customers.retrieve(world.scope, { id: customer.id }));
    expect(owner.defaultPaymentMethodId).toBeNull();

    function makeDefault({ customers }: Operations) {
      return customers.update(world.call(), { id: customer.id }, { defaultPaymentMethodId: id });
    }

    function detach({ paymentMethods }: Operations) {
      return paymentMethods.detach(world.call(), id);
    }
  });

  test('confirms a later setup of its own customer, and of nobody else', async () => {
    const customer = await aCustomer();
    const paymentMethodId = await aSavedMethod(customer);
    const by = { by: 'merchant', method: { kind: 'saved', paymentMethodId }, returnUrl: null } as const;
    const consent = { textVersion: null, language: null };
    const cases = [
      // for                        gives
      [{ id: customer.id }, 'succeeded'],
      [{ id: (await aCustomer()).id }, 'payment_method_not_owned_by_customer'],
      [null, 'payment_method_customer_required'],
    ] as const;
    for (const [owner, outcome] of cases) {
      const intent = accepted(await operations.setupIntents.create(world.call(), newIntent({ customer: owner })));
      expect(told(await operations.setupIntents.confirm(world.call(), intent.id, { ...by, consent }))).toBe(outcome);
    }
  });

  test('keeps the billing details that an update does not name, also when two updates meet', async () => {
    const id = await aRawMethod();
    const name = { billingDetails: { name: 'HANAKO YAMADA', address: { zip: '100-0001' } } };
    const phone = { billingDetails: { phone: '0312345678', address: { country: 'JP' } } };
    let met = false;
    const { paymentMethods } = committing(() => !met, {
      before: async () => {
        met = true;
        accepted(await operations.paymentMethods.update(world.call(), id, name));
      },
    });
    const updated = accepted(await paymentMethods.update(world.call(), id, phone));
    expect(updated.billingDetails).toEqual({
      name: 'HANAKO YAMADA',
      email: 'taro@example.com',
      phone: '0312345678',
      address: { ...NO_ADDRESS, zip: '100-0001', country: 'JP' },
    });
  });

  test('that a setup has chosen goes with its own customer, and with nobody else', async () => {
    const [customer, other] = [await aCustomer(), await aCustomer()];
    const [paymentMethodId, anybodys] = [await aRawMethod(customer), await aRawMethod()];
    const cases = [
      // chosen                            then for    gives
      [{ paymentMethodId, customer }, other, 'payment_method_not_owned_by_customer'],
      [{ paymentMethodId, customer }, null, 'payment_method_customer_required'],
      [{ paymentMethodId, customer }, customer, 'requires_confirmation'],
      [{ paymentMethodId: anybodys, customer }, other, 'requires_confirmation'],
    ] as const;
    for (const [chosen, owner, outcome] of cases) {
      const { id } = accepted(await operations.setupIntents.create(world.call(), newIntent(chosen)));
      expect(told(await operations.setupIntents.update(world.call(), id, { customer: owner }))).toBe(outcome);
      const now = outcome === 'requires_confirmation' ? owner : customer;
      expect((await intentNow(id)).customer?.id).toBe(now?.id);
    }
  });

  test('is not created in live mode from a raw card', async () => {
    const call = { ...world.call(), scope: { ...world.scope, mode: 'live' as const } };
    const input = { card: world.card(), customer: null, metadata: {} };
    expect(told(await operations.paymentMethods.create(call, input))).toBe('raw_card_in_live_mode');
  });
});

describe('cards switched off in the configuration', () => {
  test('are refused for new setups, and offered again when switched on', async () => {
    const [configuration] = accepted(await operations.configurations.list(world.scope, ALL)).items;
    const change = (card: 'on' | 'off') =>
      operations.configurations.update(world.call(), configuration?.id as Uuid, { preferences: { card } });
    await change('off');
    expect(told(await operations.setupIntents.create(world.call(), newIntent()))).toBe(
      'payment_method_types_unavailable',
    );
    await change('on');
    expect(told(await operations.setupIntents.create(world.call(), newIntent()))).toBe('requires_payment_method');
  });
});

describe('an update', () => {
  test('of metadata merges without reading first, and refuses the 21st key with nothing changed', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, n]));
    const intent = accepted(await operations.setupIntents.create(world.call(), newIntent({ metadata })));
    const swap = { set: { new: 'x' }, remove: ['k0'] };
    expect(told(await operations.setupIntents.update(world.call(), intent.id, { metadata: swap }))).toBe(
      'requires_payment_method',
    );
    const more = { set: { another: 'x' }, remove: [] };
    expect(told(await operations.setupIntents.update(world.call(), intent.id, { metadata: more }))).toBe(
      'metadata_limit_exceeded',
    );
    expect(Object.keys((await intentNow(intent.id)).metadata)).toHaveLength(20);
  });

  test('of the customer is for an intent that waits, not for one that has ended', async () => {
    const customer = await aCustomer();
    const intent = accepted(await operations.setupIntents.create(world.call(), newIntent()));
    const change = { customer: { id: customer.id } };
    expect(told(await operations.setupIntents.update(world.call(), intent.id, change))).toBe('requires_payment_method');
    await operations.setupIntents.cancel(world.call(), intent.id, null);
    expect(told(await operations.setupIntents.update(world.call(), intent.id, change))).toBe(
      'setup_intent_unexpected_status',
    );
  });
});
