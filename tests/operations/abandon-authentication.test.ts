import type { SetupIntent, Uuid } from '@onfile/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accepted, confirmation, newIntent, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** An intent whose cardholder is at the issuer, and its attempt. */
async function awaitingCardholder(): Promise<{ intent: SetupIntent; attemptId: Uuid }> {
  const { setupIntents } = world.operations;
  const { id } = accepted(await setupIntents.create(world.call(), newIntent({ usage: 'off_session' })));
  const intent = accepted(await setupIntents.confirm(world.call(), id, confirmation(world.card())));
  expect(intent.status).toBe('requires_action');
  return { intent, attemptId: intent.latestAttemptId as Uuid };
}

const abandon = async (id: Uuid) =>
  accepted(await world.operations.setupIntents.abandonAuthentication(world.scope, id));
const voids = (reference: Uuid) =>
  world.connector.calls.filter((call) => call.operation === 'void' && call.reference === reference).length;

test('a cardholder who leaves ends the attempt at once, and a job has it undone', async () => {
  const { intent, attemptId } = await awaitingCardholder();
  const left = await abandon(intent.id);
  expect(left).toMatchObject({
    status: 'requires_payment_method',
    nextAction: null,
    lastSetupError: { code: 'authentication_abandoned' },
  });
  await world.operations.jobs.resumeAttempts(10);
  expect(voids(attemptId)).toBe(1);

  expect(await abandon(intent.id)).toEqual(left);
  const again = accepted(
    await world.operations.setupIntents.confirm(world.call(), intent.id, confirmation(world.card())),
  );
  expect(again.latestAttemptId).not.toBe(attemptId);
});

test('who passed a moment before they left has saved the card', async () => {
  const { intent, attemptId } = await awaitingCardholder();
  world.connector.authenticate(attemptId, 'pass');
  expect(await abandon(intent.id)).toMatchObject({ status: 'succeeded' });
  await world.operations.jobs.resumeAttempts(10);
  expect(voids(attemptId)).toBe(0);
});

test('an intent that waits for nobody stays as it is', async () => {
  const { setupIntents } = world.operations;
  const created = accepted(await setupIntents.create(world.call(), newIntent()));
  expect(await abandon(created.id)).toEqual(created);
});
