import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Change,
  customerRef,
  EVENT_TYPES,
  type EventObjects,
  type EventObjectType,
  METADATA_KEYS_MAX,
  type Metadata,
  type Scope,
  type SetupIntent,
  StorageFault,
  type Uuid,
} from '../../src/index.js';
import { aCheckoutSession, aCustomer, aPaymentMethod, aSetupAttempt, aSetupIntent, NOON } from '../builders.js';
import { anyAttempt, anyMetadata, anyObject } from './arbitrary-objects.js';
import {
  ALL_EVENT_TYPES,
  aConfiguration,
  aMandate,
  anEntry,
  eventsOf,
  FIRST_PAGE,
  itemsOf,
  sealedCard,
  type World,
} from './world.js';

type AnyObject = EventObjects[EventObjectType];
const TYPES = Object.keys(EVENT_TYPES) as EventObjectType[];
/** A property needs a round trip or more for each run. */
const RUNS = { numRuns: 25 };

export function commitCases(world: () => World): void {
  describe('an insert', () => {
    for (const type of TYPES) {
      test(`of any ${type} is answered, read and announced exactly as it was given`, async () => {
        const w = world();
        const scope = await w.newScope();
        const anyOfType = anyObject[type] as (identity: { id: Uuid; scope: Scope }) => Arbitrary<AnyObject>;
        const any = fc.constant(null).chain(() => anyOfType({ id: w.next(), scope }));
        await fc.assert(
          fc.asyncProperty(any, async (object) => {
            const [answered] = await w.commitSurely(scope, [w.insert(type, object), ...neededToRead(w, type, object)]);
            expect(answered).toEqual(object);
            expect(await readObject(w, type, object)).toEqual(object);
            expect((await eventsOf(w, scope, object.id)).map((event) => event.object)).toEqual([object]);
          }),
          RUNS,
        );
      });
    }

    test('of any attempt is read as it was given', async () => {
      const w = world();
      const scope = await w.newScope();
      const any = fc.constant(null).chain(() => anyAttempt({ id: w.next(), scope, setupIntentId: w.next() }));
      await fc.assert(
        fc.asyncProperty(any, async (attempt) => {
          const intent = aSetupIntent({ id: attempt.setupIntentId, scope });
          await w.commitSurely(scope, [w.insert('setup_intent', intent), { kind: 'insert_attempt', attempt }]);
          expect(await w.storage.loadAttempt(scope, attempt.id)).toMatchObject({ attempt, intent });
        }),
        RUNS,
      );
    });

    test('makes one event: the first of its object, at the commit’s moment', async () => {
      const w = world();
      const scope = await w.newScope();
      const intent = aSetupIntent({ id: w.next(), scope });
      const insert = w.insert('setup_intent', intent) as Extract<Change, { kind: 'insert' }>;
      await w.commitSurely(scope, [insert], { at: NOON + 7 });
      expect(await eventsOf(w, scope, intent.id)).toEqual([
        {
          id: insert.event.id,
          scope,
          type: 'setup_intent.created',
          objectType: 'setup_intent',
          objectId: intent.id,
          sequence: 1,
          object: intent,
          createdAt: NOON + 7,
        },
      ]);
    });

    test('of a customer under an id that is taken is customer_id_taken, and changes nothing', async () => {
      const w = world();
      const scope = await w.newScope();
      const first = aCustomer({ id: w.next(), scope, chosenId: 'taro' });
      await w.commitSurely(scope, [w.insert('customer', first)]);

      const intent = aSetupIntent({ id: w.next(), scope });
      for (const again of [aCustomer({ id: w.next(), scope, chosenId: 'taro' }), aCustomer({ id: first.id, scope })]) {
        const result = await w.commit(scope, [w.insert('setup_intent', intent), w.insert('customer', again)]);
        expect(result).toEqual({ kind: 'customer_id_taken' });
      }
      expect(await w.storage.loadSetupIntent(scope, intent.id)).toBeNull();
      expect(itemsOf(await w.storage.listCustomers(scope, FIRST_PAGE))).toEqual([first]);
    });

    test('of a customer under the id of a deleted one is customer_id_taken', async () => {
      const w = world();
      const scope = await w.newScope();
      const gone = aCustomer({ id: w.next(), scope, chosenId: 'hanako' });
      await w.commitSurely(scope, [w.insert('customer', gone)]);
      await w.commitSurely(scope, [
        w.update('customer', gone.id, { expect: { version: 1 }, patch: { deletedAt: NOON } }),
      ]);
      const again = aCustomer({ id: w.next(), scope, chosenId: 'hanako' });
      expect(await w.commit(scope, [w.insert('customer', again)])).toEqual({ kind: 'customer_id_taken' });
    });

    test('of a customer may use an id that another merchant, or the other mode, uses', async () => {
      const w = world();
      const scope = await w.newScope();
      for (const other of [scope, { ...scope, mode: 'live' as const }, await w.newScope()]) {
        const customer = aCustomer({ id: w.next(), scope: other, chosenId: 'same' });
        await w.commitSurely(other, [w.insert('customer', customer)]);
        expect(await w.storage.loadCustomer(other, { chosenId: 'same' })).toEqual(customer);
      }
    });

    test('of a succeeded intent without a payment method is a fault, and nothing is stored', async () => {
      const w = world();
      const scope = await w.newScope();
      const intent = aSetupIntent({ id: w.next(), scope, status: 'succeeded', paymentMethodId: null });
      await expect(w.commit(scope, [w.insert('setup_intent', intent)])).rejects.toThrow(StorageFault);
      expect(await w.storage.loadSetupIntent(scope, intent.id)).toBeNull();
    });
  });

  describe('an update', () => {
    for (const [type, patch] of PATCHES) {
      test(`of a ${type} sets what it names, counts the version, notes the moment, and keeps the rest`, async () => {
        const w = world();
        const scope = await w.newScope();
        const before = objectOf(type, w.next(), scope);
        await w.commitSurely(scope, [w.insert(type, before), ...neededToRead(w, type, before)]);
        const update = w.update(type, before.id, { expect: { version: before.version }, patch });
        const [answered] = await w.commitSurely(scope, [update], { at: NOON + 5 });

        const { metadata: _, ...fields } = patch as { metadata?: unknown };
        const after = { ...before, ...fields, version: before.version + 1, updatedAt: NOON + 5 };
        expect(answered).toEqual(after);
        expect(await readObject(w, type, before)).toEqual(after);
        const events = await eventsOf(w, scope, before.id);
        expect(events.map(({ sequence, object }) => ({ sequence, object }))).toEqual([
          { sequence: 1, object: before },
          { sequence: 2, object: after },
        ]);
      });
    }

    test('sets fields to null', async () => {
      const w = world();
      const scope = await w.newScope();
      const full = {
        customer: { id: w.next(), chosenId: 'c' },
        description: 'd',
        threeDSecureRequest: 'any',
        returnUrl: 'https://example.com',
        nextAction: { type: 'redirect', url: 'u', returnUrl: 'r' },
        lastSetupError: { code: 'card_declined', occurredAt: NOON },
        expiresAt: NOON,
        paymentMethodId: w.next(),
      } as const satisfies Partial<SetupIntent>;
      const intent = aSetupIntent({ id: w.next(), scope, ...full });
      await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
      const empty = Object.fromEntries(Object.keys(full).map((field) => [field, null]));
      const [answered] = await w.commitSurely(scope, [
        w.update('setup_intent', intent.id, { expect: { version: 1 }, patch: empty }),
      ]);
      expect(answered).toEqual({ ...intent, ...empty, version: 2 });
    });

    test('merges metadata: keys are set and removed, the others stay', async () => {
      const w = world();
      const scope = await w.newScope();
      const changed = fc.record({ before: anyMetadata, set: anyMetadata, removed: fc.nat(5) });
      await fc.assert(
        fc.asyncProperty(changed, async ({ before, set, removed }) => {
          const remove = [...Object.keys(before).slice(0, removed), 'never there'];
          const merged: Record<string, unknown> = { ...before, ...set };
          for (const key of remove) delete merged[key];
          const intent = aSetupIntent({ id: w.next(), scope, metadata: before });
          await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
          const result = await w.commit(scope, [
            w.update('setup_intent', intent.id, { expect: { version: 1 }, patch: { metadata: { set, remove } } }),
          ]);
          const fits = Object.keys(merged).length <= METADATA_KEYS_MAX;
          expect(result.kind).toBe(fits ? 'committed' : 'stale');
          const loaded = await w.storage.loadSetupIntent(scope, intent.id);
          expect(loaded?.intent.metadata).toEqual(fits ? merged : before);
        }),
        RUNS,
      );
    });

    test('that brings metadata to exactly its limit is made, and one key more is stale', async () => {
      const w = world();
      const scope = await w.newScope();
      const intent = aSetupIntent({ id: w.next(), scope, metadata: keys(0, METADATA_KEYS_MAX - 1) });
      await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
      const set = (metadata: Metadata, remove: string[] = []) =>
        w.commit(scope, [
          w.update('setup_intent', intent.id, {
            expect: { statusIn: ['requires_payment_method'] },
            patch: { metadata: { set: metadata, remove } },
          }),
        ]);
      expect(await set(keys(100, 2))).toEqual({ kind: 'stale' });
      expect((await set(keys(100, 1))).kind).toBe('committed');
      expect(await set(keys(101, 1))).toEqual({ kind: 'stale' });
      expect((await set(keys(101, 1), ['k0'])).kind).toBe('committed');
    });

    const session = '019b7e1a-0000-7000-8000-00000000c5c5' as Uuid;
    const { paymentMethodId, consent } = aSetupAttempt();
    const draft = { paymentMethodId, attemptId: paymentMethodId, usage: null, card: aPaymentMethod().card, consent };
    // biome-ignore format: a table
    const expectations = [
      // what the intent is                                    what is expected                                                                    outcome
      [{},                                                     { version: 1 },                                                                     'committed'],
      [{},                                                     { version: 0 },                                                                     'stale'],
      [{},                                                     { version: 2 },                                                                     'stale'],
      [{},                                                     { statusIn: ['requires_payment_method'] },                                          'committed'],
      [{},                                                     { statusIn: ['canceled', 'requires_payment_method'] },                              'committed'],
      [{},                                                     { statusIn: ['processing', 'requires_action'] },                                    'stale'],
      [{},                                                     { statusIn: [] },                                                                   'stale'],
      [{},                                                     { statusIn: ['requires_payment_method'], withoutCheckoutSession: true },            'committed'],
      [{ checkoutSessionId: session },                         { statusIn: ['requires_payment_method'], withoutCheckoutSession: true },            'stale'],
      [{ checkoutSessionId: session },                         { statusIn: ['requires_payment_method'] },                                          'committed'],
      [{ checkoutSessionId: session },                         { statusIn: ['requires_payment_method'], withoutCheckoutSession: false },           'committed'],
      [{},                                                     { statusIn: ['requires_payment_method'], isPlain: true },                           'committed'],
      [{ attemptsLeft: 0 },                                    { statusIn: ['requires_payment_method'], isPlain: true },                           'committed'],
      [{ draft },                                              { statusIn: ['requires_payment_method'], isPlain: true },                           'stale'],
      [{ paymentMethodId },                                    { statusIn: ['requires_payment_method'], isPlain: true },                           'stale'],
      [{ draft, attemptsLeft: 9 },                             { statusIn: ['requires_payment_method'] },                                          'committed'],
      [{ expiresAt: null },                                    { statusIn: ['requires_payment_method'], notExpiredAt: NOON },                      'committed'],
      [{ expiresAt: NOON + 1 },                                { statusIn: ['requires_payment_method'], notExpiredAt: NOON },                      'committed'],
      [{ expiresAt: NOON },                                    { statusIn: ['requires_payment_method'], notExpiredAt: NOON },                      'stale'],
      [{ expiresAt: NOON - 1 },                                { statusIn: ['requires_payment_method'] },                                          'committed'],
      [{ expiresAt: NOON + 1, checkoutSessionId: session },    { statusIn: ['requires_payment_method'], notExpiredAt: NOON, withoutCheckoutSession: true }, 'stale'],
    ] as const;
    for (const [parts, expected, outcome] of expectations) {
      test(`that expects ${JSON.stringify(expected)} of ${JSON.stringify(parts)} is ${outcome}`, async () => {
        const w = world();
        const scope = await w.newScope();
        const intent = aSetupIntent({ id: w.next(), scope, ...parts });
        await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
        const update = w.update('setup_intent', intent.id, { expect: expected, patch: { description: 'changed' } });
        expect((await w.commit(scope, [update])).kind).toBe(outcome);
        const loaded = await w.storage.loadSetupIntent(scope, intent.id);
        expect(loaded?.intent.version).toBe(outcome === 'committed' ? 2 : 1);
      });
    }

    test('of an object that is not there, or in another scope, is stale', async () => {
      const w = world();
      const scope = await w.newScope();
      const intent = aSetupIntent({ id: w.next(), scope });
      await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
      const patch = { expect: { version: 1 }, patch: { description: 'theirs' } };
      expect(await w.commit(scope, [w.update('setup_intent', w.next(), patch)])).toEqual({ kind: 'stale' });
      for (const other of [await w.newScope(), { ...scope, mode: 'live' as const }]) {
        expect(await w.commit(other, [w.update('setup_intent', intent.id, patch)])).toEqual({ kind: 'stale' });
      }
      expect((await w.storage.loadSetupIntent(scope, intent.id))?.intent).toEqual(intent);
    });
  });

  describe('a commit', () => {
    for (const [spoiler, spoil] of SPOILERS) {
      test(`does nothing at all where ${spoiler}`, async () => {
        const w = world();
        const scope = await w.newScope();
        const scene = await setScene(w, scope);
        const changes = [...everyKindOfChange(w, scene), ...(await spoil(w, scene))];
        const entry = anEntry();
        const idempotency = { step: 'done', entry, changeIndex: 0 } as const;
        const before = await everythingIn(w, scope);

        expect(await w.commit(scope, changes, { idempotency })).toEqual({ kind: 'stale' });
        expect(await everythingIn(w, scope)).toEqual(before);
        expect(await w.storage.findIdempotencyRecord(scope, entry.operation, entry.key, NOON)).toBeNull();
      });
    }

    test('does all of it where everything holds', async () => {
      const w = world();
      const scope = await w.newScope();
      const scene = await setScene(w, scope);
      const changes = everyKindOfChange(w, scene);
      const objects = await w.commitSurely(scope, changes);
      expect(objects.map((object) => object !== null)).toEqual(
        changes.map(({ kind }) => kind === 'insert' || kind === 'update'),
      );
      const { attempt, intent } = (await w.storage.loadAttempt(scope, scene.attempt.id)) ?? {};
      expect([attempt?.state, attempt?.version, intent?.version]).toEqual(['closed', 2, 2]);
      expect(await w.storage.loadSealedCard(scope, scene.draft.id)).toBeNull();
    });

    test('with nothing in it is made', async () => {
      const w = world();
      expect(await w.commit(await w.newScope(), [])).toEqual({ kind: 'committed', objects: [] });
    });

    test('that changes one object twice, or inserts into another scope, is a fault of the caller', async () => {
      const w = world();
      const scope = await w.newScope();
      const intent = aSetupIntent({ id: w.next(), scope });
      await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
      const update = { expect: { version: 1 }, patch: { description: 'x' } };
      const twice = [w.update('setup_intent', intent.id, update), w.update('setup_intent', intent.id, update)];
      await expect(w.commit(scope, twice)).rejects.toThrow('twice');
      const elsewhere = aSetupIntent({ id: w.next(), scope: { ...scope, mode: 'live' } });
      await expect(w.commit(scope, [w.insert('setup_intent', elsewhere)])).rejects.toThrow('another scope');
      expect((await w.storage.loadSetupIntent(scope, intent.id))?.intent).toEqual(intent);
    });

    test('of a hundred changes is made whole', async () => {
      const w = world();
      const scope = await w.newScope();
      const ids = Array.from({ length: 50 }, () => w.next());
      await w.commitSurely(
        scope,
        ids.map((id) => w.insert('payment_method', aPaymentMethod({ id, scope }))),
      );
      const detached = ids.map((id) =>
        w.update('payment_method', id, { expect: { version: 1 }, patch: { state: 'detached' } }),
      );
      const mandates = ids.map((id) => w.insert('mandate', aMandate({ id: w.next(), scope, paymentMethodId: id })));
      await w.commitSurely(scope, [...detached, ...mandates]);
      const methods = itemsOf(await w.storage.listPaymentMethods(scope, {}, FIRST_PAGE));
      expect(methods.map(({ state, version }) => [state, version])).toEqual(ids.map(() => ['detached', 2]));
    });
  });

  describe('a draft', () => {
    test('is seen by nobody but its attempt until an update makes it usable, at version 1', async () => {
      const w = world();
      const scope = await w.newScope();
      const { draft, attempt } = await setScene(w, scope);
      expect(await w.storage.loadPaymentMethod(scope, draft.id)).toBeNull();
      expect((await w.storage.loadAttempt(scope, attempt.id))?.paymentMethod).toEqual(draft);
      expect(await w.storage.loadSealedCard(scope, draft.id)).toEqual(sealedCard(0, 255, 92, 39));

      const [saved] = await w.commitSurely(scope, [
        w.update('payment_method', draft.id, { expect: { version: 0 }, patch: { state: 'usable', verifiedAt: NOON } }),
      ]);
      expect(saved).toEqual({ ...draft, state: 'usable', verifiedAt: NOON, version: 1 });
      expect(await w.storage.loadPaymentMethod(scope, draft.id)).toEqual(saved);
      expect((await eventsOf(w, scope, draft.id)).map(({ sequence }) => sequence)).toEqual([1]);
    });

    test('is deleted with its sealed card', async () => {
      const w = world();
      const scope = await w.newScope();
      const { draft, attempt } = await setScene(w, scope);
      await w.commitSurely(scope, [{ kind: 'delete_draft', id: draft.id }]);
      expect((await w.storage.loadAttempt(scope, attempt.id))?.paymentMethod).toBeNull();
      expect(await w.storage.loadSealedCard(scope, draft.id)).toBeNull();
    });

    test('that became a saved method is no longer deleted', async () => {
      const w = world();
      const scope = await w.newScope();
      const method = aPaymentMethod({ id: w.next(), scope });
      const sealed = sealedCard(1, 2, 3);
      await w.commitSurely(scope, [
        w.insert('payment_method', method),
        { kind: 'insert_sealed_card', paymentMethodId: method.id, sealed },
      ]);
      await w.commitSurely(scope, [{ kind: 'delete_draft', id: method.id }]);
      expect(await w.storage.loadPaymentMethod(scope, method.id)).toEqual(method);
      expect(await w.storage.loadSealedCard(scope, method.id)).toEqual(sealed);
    });

    test('of a saved method is deleted alone, and only if the whole commit holds', async () => {
      const w = world();
      const scope = await w.newScope();
      const method = aPaymentMethod({ id: w.next(), scope });
      const sealed = sealedCard(1, 2, 3);
      await w.commitSurely(scope, [
        w.insert('payment_method', method),
        { kind: 'insert_sealed_card', paymentMethodId: method.id, sealed },
      ]);
      const deletion: Change = { kind: 'delete_sealed_card', paymentMethodId: method.id };
      const unknown: Change = { kind: 'require_customer', id: w.next() };
      expect(await w.commit(scope, [deletion, unknown])).toEqual({ kind: 'stale' });
      expect(await w.storage.loadSealedCard(scope, method.id)).toEqual(sealed);
      await w.commitSurely(scope, [deletion]);
      expect(await w.storage.loadSealedCard(scope, method.id)).toBeNull();
      expect(await w.storage.loadPaymentMethod(scope, method.id)).toEqual(method);
    });
  });

  describe('an attempt', () => {
    test('takes the place of an open one in one commit, whichever is named first', async () => {
      const w = world();
      const scope = await w.newScope();
      for (const isClosedFirst of [true, false]) {
        const { intent, attempt } = await setScene(w, scope);
        const newer = aSetupAttempt({ id: w.next(), scope, setupIntentId: intent.id });
        const closing: Change = {
          kind: 'update_attempt',
          id: attempt.id,
          expectVersion: 1,
          patch: { state: 'closed', outcome: 'superseded', nextCheckAt: null },
        };
        const opening: Change = { kind: 'insert_attempt', attempt: newer };
        await w.commitSurely(scope, isClosedFirst ? [closing, opening] : [opening, closing]);
        expect((await w.storage.loadSetupIntent(scope, intent.id))?.openAttempt).toEqual(newer);
      }
    });

    // biome-ignore format: a table
    const states = [
      // the state of the first     a second is
      ['asking',                  'stale'],
      ['awaiting_authentication', 'stale'],
      ['needs_review',            'stale'],
      ['voiding',                 'committed'],
      ['closed',                  'committed'],
    ] as const;
    for (const [state, outcome] of states) {
      test(`beside one that is ${state} is ${outcome}`, async () => {
        const w = world();
        const scope = await w.newScope();
        const { intent } = await setScene(w, scope, state);
        const second = aSetupAttempt({ id: w.next(), scope, setupIntentId: intent.id });
        const update = w.update('setup_intent', intent.id, {
          expect: { version: 1 },
          patch: { description: 'second' },
        });
        expect((await w.commit(scope, [update, { kind: 'insert_attempt', attempt: second }])).kind).toBe(outcome);
        const loaded = await w.storage.loadSetupIntent(scope, intent.id);
        expect(loaded?.intent.version).toBe(outcome === 'committed' ? 2 : 1);
      });
    }
  });
}

/** One change of each object, its metadata apart. */
const PATCHES: readonly (readonly [EventObjectType, Record<string, unknown>])[] = [
  [
    'setup_intent',
    { status: 'canceled', cancellationReason: 'duplicate', customer: { id: aCustomer().id, chosenId: '' } },
  ],
  ['payment_method', { state: 'detached', customer: null, formerCustomer: { id: aCustomer().id, chosenId: 'c' } }],
  ['customer', { email: 'taro@example.com', defaultPaymentMethodId: aPaymentMethod().id }],
  ['checkout_session', { status: 'complete', customerDetails: { email: null, name: 'n', phone: null, address: {} } }],
  ['mandate', { status: 'inactive' }],
  ['payment_method_configuration', { active: false, preferences: { card: 'off', apple_pay: 'on', paypay: 'none' } }],
  ['payment_method', { metadata: { set: {}, remove: [] } }],
];

function objectOf(type: EventObjectType, id: Uuid, scope: Scope): AnyObject {
  const parts = { id, scope };
  const objects = {
    setup_intent: aSetupIntent(parts),
    payment_method: aPaymentMethod(parts),
    customer: aCustomer(parts),
    checkout_session: aCheckoutSession(parts),
    mandate: aMandate({ ...parts, setupIntentId: id }),
    payment_method_configuration: aConfiguration({ ...parts, version: 1 }),
  };
  return objects[type];
}

/** A session is read together with its intent. */
function neededToRead(w: World, type: EventObjectType, object: AnyObject): Change[] {
  if (type !== 'checkout_session') return [];
  const { setupIntentId, scope } = object as EventObjects['checkout_session'];
  return [w.insert('setup_intent', aSetupIntent({ id: setupIntentId, scope }))];
}

async function readObject({ storage }: World, type: EventObjectType, object: AnyObject) {
  const { scope, id } = object;
  switch (type) {
    case 'setup_intent':
      return (await storage.loadSetupIntent(scope, id))?.intent;
    case 'payment_method':
      return storage.loadPaymentMethod(scope, id);
    case 'customer':
      return storage.loadCustomer(scope, { id });
    case 'checkout_session':
      return (await storage.loadCheckoutSession(scope, id))?.session;
    case 'mandate': {
      const { setupIntentId } = object as EventObjects['mandate'];
      return itemsOf(await storage.listMandates(scope, { setupIntentId }, FIRST_PAGE))[0];
    }
    case 'payment_method_configuration':
      return storage.loadPaymentMethodConfiguration(scope, id);
  }
}

function keys(from: number, count: number): Metadata {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${from + i}`, i]));
}

type Scene = Awaited<ReturnType<typeof setScene>>;

/** A customer with a method, and an intent whose attempt is at the processor with a card entered for it. */
async function setScene(w: World, scope: Scope, state: 'asking' | string = 'asking') {
  const customer = aCustomer({ id: w.next(), scope });
  const intent = aSetupIntent({ id: w.next(), scope });
  const method = aPaymentMethod({ id: w.next(), scope, customer: customerRef(customer) });
  const draft = aPaymentMethod({ id: w.next(), scope, state: 'draft', version: 0 });
  const attempt = aSetupAttempt({
    id: w.next(),
    scope,
    setupIntentId: intent.id,
    paymentMethodId: draft.id,
    state: state as 'asking',
  });
  await w.commitSurely(scope, [
    w.insert('customer', customer),
    w.insert('setup_intent', intent),
    w.insert('payment_method', method),
    { kind: 'insert_draft', paymentMethod: draft, sealed: sealedCard(0, 255, 92, 39) },
    { kind: 'insert_attempt', attempt },
  ]);
  return { scope, customer, intent, method, draft, attempt };
}

function everyKindOfChange(w: World, { scope, customer, intent, method, draft, attempt }: Scene): Change[] {
  const entered = aPaymentMethod({ id: w.next(), scope, state: 'draft', version: 0 });
  return [
    w.insert('mandate', aMandate({ id: w.next(), scope })),
    w.update('setup_intent', intent.id, { expect: { version: 1 }, patch: { description: 'changed' } }),
    w.insert('customer', aCustomer({ id: w.next(), scope, chosenId: 'new' })),
    { kind: 'update_attempt', id: attempt.id, expectVersion: 1, patch: { state: 'closed', outcome: 'superseded' } },
    { kind: 'delete_draft', id: draft.id },
    { kind: 'insert_draft', paymentMethod: entered, sealed: sealedCard(7) },
    { kind: 'insert_attempt', attempt: aSetupAttempt({ id: w.next(), scope, setupIntentId: intent.id }) },
    { kind: 'insert_sealed_card', paymentMethodId: w.next(), sealed: sealedCard(8) },
    { kind: 'require_customer', id: customer.id, withoutDefault: method.id },
    { kind: 'require_payment_method', id: method.id, customerId: customer.id },
    { kind: 'require_cards_available' },
  ];
}

/** What makes a commit stale when it is added to one that would hold. */
const SPOILERS: readonly (readonly [string, (w: World, scene: Scene) => Promise<Change[]>])[] = [
  [
    'a version is another one',
    async (w, { customer }) => [
      w.update('customer', customer.id, { expect: { version: 2 }, patch: { description: 'x' } }),
    ],
  ],
  [
    'a status is another one',
    async (w, scene) => {
      const other = aSetupIntent({ id: w.next(), scope: scene.scope });
      await w.commitSurely(scene.scope, [w.insert('setup_intent', other)]);
      return [w.update('setup_intent', other.id, { expect: { statusIn: ['processing'] }, patch: {} })];
    },
  ],
  [
    'an attempt’s version is another one',
    async (w, { scope }) => {
      const other = aSetupAttempt({ id: w.next(), scope, setupIntentId: w.next() });
      await w.commitSurely(scope, [{ kind: 'insert_attempt', attempt: other }]);
      return [{ kind: 'update_attempt', id: other.id, expectVersion: 0, patch: { checks: 1 } }];
    },
  ],
  ['a required customer is not there', async (w) => [{ kind: 'require_customer', id: w.next() }]],
  [
    'a required customer is deleted',
    async (w, { scope }) => {
      const gone = aCustomer({ id: w.next(), scope });
      await w.commitSurely(scope, [w.insert('customer', gone)]);
      await w.commitSurely(scope, [
        w.update('customer', gone.id, { expect: { version: 1 }, patch: { deletedAt: NOON } }),
      ]);
      return [{ kind: 'require_customer', id: gone.id }];
    },
  ],
  [
    'the default of a required customer is the one that it may not be',
    async (w, { scope }) => {
      const customer = aCustomer({ id: w.next(), scope, defaultPaymentMethodId: w.next() });
      await w.commitSurely(scope, [w.insert('customer', customer)]);
      const { id, defaultPaymentMethodId } = customer;
      return [{ kind: 'require_customer', id, withoutDefault: defaultPaymentMethodId as Uuid }];
    },
  ],
  [
    'a required method is not there',
    async (w, { customer }) => [{ kind: 'require_payment_method', id: w.next(), customerId: customer.id }],
  ],
  [
    'a required method is another customer’s',
    async (w, { method }) => [{ kind: 'require_payment_method', id: method.id, customerId: w.next() }],
  ],
  [
    'a required method is detached',
    async (w, { scope, customer }) => {
      const parts = { scope, state: 'detached', customer: customerRef(customer) } as const;
      const gone = aPaymentMethod({ id: w.next(), ...parts });
      await w.commitSurely(scope, [w.insert('payment_method', gone)]);
      return [{ kind: 'require_payment_method', id: gone.id, customerId: customer.id }];
    },
  ],
  [
    'cards are off',
    async (w, { scope }) => configure(w, scope, { preferences: { card: 'off', apple_pay: 'on', paypay: 'on' } }),
  ],
  ['the configuration is not active', async (w, { scope }) => configure(w, scope, { active: false })],
  [
    'metadata would get too many keys',
    async (w, { customer }) => [
      w.update('customer', customer.id, {
        expect: { version: 1 },
        patch: { metadata: { set: keys(0, METADATA_KEYS_MAX + 1), remove: [] } },
      }),
    ],
  ],
  [
    'another attempt of the intent is open',
    async (w, { scope }) => {
      const setupIntentId = w.next();
      const open = aSetupAttempt({ id: w.next(), scope, setupIntentId });
      await w.commitSurely(scope, [{ kind: 'insert_attempt', attempt: open }]);
      return [{ kind: 'insert_attempt', attempt: aSetupAttempt({ id: w.next(), scope, setupIntentId }) }];
    },
  ],
];

/** Changes the merchant's configuration, and requires nothing that `everyKindOfChange` does not. */
async function configure(
  w: World,
  scope: Scope,
  patch: Partial<EventObjects['payment_method_configuration']>,
): Promise<Change[]> {
  const [configuration] = itemsOf(await w.storage.listPaymentMethodConfigurations(scope, FIRST_PAGE));
  const id = configuration?.id as Uuid;
  await w.commitSurely(scope, [w.update('payment_method_configuration', id, { expect: { version: 0 }, patch })]);
  return [];
}

async function everythingIn({ storage }: World, scope: Scope) {
  const intents = itemsOf(await storage.listSetupIntents(scope, FIRST_PAGE));
  return {
    intents: await Promise.all(intents.map(({ id }) => storage.loadSetupIntent(scope, id))),
    customers: await storage.listCustomers(scope, FIRST_PAGE),
    methods: await storage.listPaymentMethods(scope, {}, FIRST_PAGE),
    mandates: await storage.listMandates(scope, {}, FIRST_PAGE),
    events: await storage.listEvents(scope, { types: ALL_EVENT_TYPES }, FIRST_PAGE),
  };
}
