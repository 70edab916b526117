import { createOperations, type Operations, type Storage } from '@onfile/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accepted, confirmation, newIntent, startWorld, type World } from './world.js';

/** Every method of the storage port is one round trip to the database, unless it says otherwise; so calls are counted. */
describe('round trips to the database', () => {
  let world: World;
  let operations: Operations;
  let calls: string[] = [];
  beforeAll(async () => {
    world = await startWorld();
    operations = createOperations({ ...world.ports, storage: counting(world.storage) });
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    calls = [];
  });

  function counting(storage: Storage): Storage {
    return new Proxy(storage, {
      get(target, method: keyof Storage) {
        return (...args: never[]) => {
          calls.push(method);
          return (target[method] as (...args: never[]) => unknown)(...args);
        };
      },
    });
  }

  async function aCustomer() {
    const input = { selector: null, email: null, description: null, metadata: {}, paymentMethodId: null };
    return accepted(await operations.customers.create(world.call(), input));
  }

  test('one for a creation, with customer, event and idempotency key', async () => {
    const { id } = await aCustomer();
    calls = [];
    await operations.setupIntents.create(world.call({ key: 'k' }), newIntent({ customer: { id } }));
    expect(calls).toEqual(['commit']);
  });

  test('one for a read', async () => {
    const { id } = accepted(await operations.setupIntents.create(world.call(), newIntent()));
    calls = [];
    await operations.setupIntents.retrieve(world.scope, id);
    expect(calls).toEqual(['loadSetupIntent']);
  });

  test('one for an update, whatever it updates', async () => {
    const customer = await aCustomer();
    const { id } = accepted(await operations.setupIntents.create(world.call(), newIntent()));
    calls = [];
    await operations.setupIntents.update(world.call(), id, { metadata: { set: { a: 1 }, remove: [] } });
    await operations.setupIntents.update(world.call(), id, { customer: { id: customer.id }, description: 'x' });
    expect(calls).toEqual(['commit', 'commit']);
  });

  test('two for a confirmation, besides the processor’s', async () => {
    const { id } = await aCustomer();
    const intent = accepted(await operations.setupIntents.create(world.call(), newIntent({ customer: { id } })));
    calls = [];
    const confirmed = await operations.setupIntents.confirm(
      world.call({ key: 'c' }),
      intent.id,
      confirmation(world.card()),
    );
    expect(accepted(confirmed).status).toBe('succeeded');
    expect(calls).toEqual(['commit', 'commit']);
  });
});
