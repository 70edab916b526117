import type { Uuid } from '@onfile/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, confirmation, newIntent, startWorld, type World } from './world.js';

const DAY_MS = 24 * 60 * 60_000;
const LIMIT = 100;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

const forget = () => world.operations.jobs.forgetUnusedMethods(LIMIT);
const stateOf = async (id: Uuid) => accepted(await world.operations.paymentMethods.retrieve(world.scope, id)).state;
const numberOf = (id: Uuid) => world.storage.loadSealedCard(world.scope, id);

/** A card that was stored ahead, and that no customer has. */
async function aheadOfTime(): Promise<Uuid> {
  const { paymentMethods } = world.operations;
  return accepted(await paymentMethods.create(world.call(), { card: world.card(), customer: null, metadata: {} })).id;
}

/** A card on file: nobody's, and to be charged by its mandate. */
async function onFile(): Promise<{ id: Uuid; mandateId: Uuid }> {
  const { setupIntents } = world.operations;
  const input = newIntent({ usage: 'off_session', standingInstruction: 'unscheduled', threeDSecureRequest: 'none' });
  const intent = accepted(await setupIntents.create(world.call(), input));
  const confirmed = accepted(await setupIntents.confirm(world.call(), intent.id, confirmation(world.card())));
  return { id: confirmed.paymentMethodId as Uuid, mandateId: confirmed.mandateId as Uuid };
}

async function aCustomer(): Promise<Uuid> {
  const input = { selector: null, email: null, description: null, metadata: {}, paymentMethodId: null };
  return accepted(await world.operations.customers.create(world.call(), input)).id;
}

describe('a saved card that is nobody’s and that nobody may charge', () => {
  test('is taken out of use after thirty days, with its number, and not a moment before', async () => {
    const id = await aheadOfTime();
    world.pass(30 * DAY_MS - 1);
    await forget();
    expect([await stateOf(id), await numberOf(id)]).toEqual(['usable', expect.anything()]);
    world.pass(1);
    await Promise.all([forget(), world.secondProcess.jobs.forgetUnusedMethods(LIMIT)]);
    expect([await stateOf(id), await numberOf(id)]).toEqual(['detached', null]);
    const events = await world.storage.listEvents(
      world.scope,
      { types: ['payment_method.detached'], objectId: id },
      { limit: 10, startingAfter: null, endingBefore: null },
    );
    expect(events.kind === 'page' && events.items).toHaveLength(1);
  });

  test('stays while it has a mandate, however old, and for thirty days after that ended', async () => {
    const { id, mandateId } = await onFile();
    world.pass(400 * DAY_MS);
    await forget();
    expect(await stateOf(id)).toBe('usable');
    accepted(await world.operations.mandates.revoke(world.call(), mandateId));
    world.pass(30 * DAY_MS - 1);
    await forget();
    expect(await stateOf(id)).toBe('usable');
    world.pass(1);
    await forget();
    expect([await stateOf(id), await numberOf(id)]).toEqual(['detached', null]);
  });

  test('stays once a customer has it', async () => {
    const id = await aheadOfTime();
    const customerId = await aCustomer();
    accepted(await world.operations.paymentMethods.attach(world.call(), id, { id: customerId }));
    world.pass(400 * DAY_MS);
    await forget();
    expect([await stateOf(id), await numberOf(id)]).toEqual(['usable', expect.anything()]);
  });

  test('is the customer’s when it is attached at the very moment, or gone: never both', async () => {
    for (let round = 0; round < 8; round += 1) {
      const id = await aheadOfTime();
      const customerId = await aCustomer();
      world.pass(30 * DAY_MS);
      const { paymentMethods } = world.operations;
      const [attached] = await Promise.all([paymentMethods.attach(world.call(), id, { id: customerId }), forget()]);
      const state = await stateOf(id);
      expect(state).toBe(attached.kind === 'done' ? 'usable' : 'detached');
      expect((await numberOf(id)) === null).toBe(state === 'detached');
    }
  });
});
