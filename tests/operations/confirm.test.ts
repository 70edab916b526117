import type { Confirmation, Operations, SetupIntent, Uuid } from '@onfile/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ALL, accepted, confirmation, newIntent, startWorld, told, type World } from './world.js';

const MINUTE_MS = 60_000;

let world: World;
let operations: Operations;
beforeAll(async () => {
  world = await startWorld();
  ({ operations } = world);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.connector.isReachable = true;
});

async function created(parts: Parameters<typeof newIntent>[0] = {}): Promise<SetupIntent> {
  return accepted(await operations.setupIntents.create(world.call(), newIntent(parts)));
}

function confirm(id: Uuid, parts: Partial<Confirmation> = {}, by = operations) {
  return by.setupIntents.confirm(world.call(), id, confirmation(world.card(), parts));
}

async function current(id: Uuid): Promise<SetupIntent> {
  return accepted(await operations.setupIntents.retrieve(world.scope, id));
}

async function eventsAbout(id: Uuid): Promise<readonly string[]> {
  const listed = await world.storage.listEvents(world.scope, { types: ALL_TYPES, objectId: id }, ALL);
  return listed.kind === 'page' ? listed.items.map(({ type, sequence }) => `${sequence} ${type}`).reverse() : [];
}

const ALL_TYPES = [
  'setup_intent.created',
  'setup_intent.processing',
  'setup_intent.requires_action',
  'setup_intent.succeeded',
  'setup_intent.setup_failed',
  'setup_intent.canceled',
  'payment_method.attached',
  'payment_method.created',
] as const;

function verifications(intent: SetupIntent): number {
  return world.connector.verified.filter((reference) => reference === intent.latestAttemptId).length;
}

describe('a card that is approved', () => {
  test('is saved for the customer, and every step is an event of the intent, numbered from 1', async () => {
    const customer = accepted(
      await operations.customers.create(world.call(), {
        selector: null,
        email: null,
        description: null,
        metadata: {},
        paymentMethodId: null,
      }),
    );
    const intent = await created({ customer: { id: customer.id } });
    const confirmed = accepted(await confirm(intent.id));
    const methods = accepted(await operations.customers.listPaymentMethods(world.scope, { id: customer.id }, ALL));
    expect(confirmed.status).toBe('succeeded');
    expect(methods.items.map(({ id, card }) => [id, card.last4])).toEqual([[confirmed.paymentMethodId, '4242']]);
    expect(await eventsAbout(intent.id)).toEqual([
      '1 setup_intent.created',
      '2 setup_intent.processing',
      '3 setup_intent.succeeded',
    ]);
    expect(await eventsAbout(confirmed.paymentMethodId as Uuid)).toEqual(['1 payment_method.attached']);
  });

  test('leaves a mandate that says when and where the cardholder agreed', async () => {
    const { id } = accepted(await confirm((await created()).id));
    const mandates = await world.storage.listMandates(world.scope, { setupIntentId: id }, ALL);
    expect(mandates).toMatchObject({
      items: [{ status: 'active', consent: { clientAddress: '127.0.0.1', language: 'ja', acceptedAt: world.now() } }],
    });
  });
});

describe('two confirmations at once', () => {
  test('of 64 from two processes one makes an attempt, and the processor is asked once', async () => {
    const intent = await created();
    const before = world.connector.verified.length;
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, n) => confirm(intent.id, {}, n % 2 ? operations : world.secondProcess)),
    );
    expect(outcomes.map(told).filter((each) => each === 'succeeded')).toHaveLength(1);
    expect(new Set(outcomes.map(told))).toEqual(new Set(['succeeded', 'setup_intent_unexpected_status']));
    expect(world.connector.verified.length - before).toBe(1);
  });
});

describe('an answer that does not come', () => {
  const faults = ['lose_reply', 'reset_after', 'error_after'] as const;
  for (const fault of faults) {
    test(`after ${fault} the intent stays processing until the job finds the result, and the card is verified once`, async () => {
      world.connector.script('verify', fault);
      const intent = accepted(await confirm((await created()).id));
      expect(intent.status).toBe('processing');
      world.pass(MINUTE_MS);
      await operations.jobs.resumeAttempts(10);
      expect((await current(intent.id)).status).toBe('succeeded');
      expect(verifications(intent)).toBe(1);
    });
  }

  test('is never taken for a no while the processor is away', async () => {
    world.connector.script('verify', 'lose_reply');
    const { id } = accepted(await confirm((await created()).id));
    world.connector.isReachable = false;
    for (let hours = 0; hours < 5; hours += 1) {
      world.pass(60 * MINUTE_MS);
      await operations.jobs.resumeAttempts(10);
      expect((await current(id)).status).toBe('processing');
    }
    world.connector.isReachable = true;
    world.pass(60 * MINUTE_MS);
    await operations.jobs.resumeAttempts(10);
    expect((await current(id)).status).toBe('succeeded');
  });

  test('because the request never arrived lets the cardholder try again, after it was looked for twice', async () => {
    world.connector.script('verify', 'reset_before');
    const intent = accepted(await confirm((await created()).id));
    for (const ms of [5_000, 40_000, 5_000]) {
      expect((await current(intent.id)).status).toBe('processing');
      world.pass(ms);
      await operations.jobs.resumeAttempts(10);
    }
    expect(await current(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      lastSetupError: { code: 'not_processed' },
    });
    expect(accepted(await confirm(intent.id)).status).toBe('succeeded');
    expect(verifications(intent)).toBe(0);
  });

  test('is looked up by one of several workers', async () => {
    world.connector.script('verify', 'lose_reply');
    const intent = accepted(await confirm((await created()).id));
    world.pass(MINUTE_MS);
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => (n % 2 ? operations : world.secondProcess).jobs.resumeAttempts(10)),
    );
    const lookUps = world.connector.calls.filter(
      ({ operation, reference }) => operation === 'look_up' && reference === intent.latestAttemptId,
    );
    expect(lookUps).toHaveLength(1);
    expect(await eventsAbout(intent.id)).toHaveLength(3);
  });
});

describe('3-D Secure', () => {
  async function challenged(): Promise<SetupIntent> {
    return accepted(await confirm((await created({ usage: 'off_session' })).id));
  }
  function stateTokenOf({ latestAttemptId }: SetupIntent): string {
    const bare = (id: string) => id.replaceAll('-', '');
    const { merchantId } = world.scope;
    const secret = world.vault.derivedSecrets.derive('authentication-state', world.scope, latestAttemptId as Uuid);
    return `${bare(merchantId)}t${bare(latestAttemptId as string)}${secret}`;
  }

  test('that was passed succeeds when the cardholder comes back', async () => {
    const intent = await challenged();
    expect(intent).toMatchObject({
      status: 'requires_action',
      nextAction: { returnUrl: 'https://shop.example/return' },
    });
    world.connector.authenticate(intent.latestAttemptId as string, 'pass');
    const returned = await operations.setupIntents.returnFromAuthentication(stateTokenOf(intent));
    expect(returned?.status).toBe('succeeded');
  });

  test('that was failed asks for another card', async () => {
    const intent = await challenged();
    world.connector.authenticate(intent.latestAttemptId as string, 'fail');
    const returned = await operations.setupIntents.returnFromAuthentication(stateTokenOf(intent));
    expect(returned).toMatchObject({
      status: 'requires_payment_method',
      lastSetupError: { code: 'authentication_failed' },
    });
  });

  test('counts by what the processor says, not by the return: coming back without finishing changes nothing', async () => {
    const intent = await challenged();
    const returned = await operations.setupIntents.returnFromAuthentication(stateTokenOf(intent));
    expect(returned?.status).toBe('requires_action');
  });

  test('may be left and come back to, as often as it takes', async () => {
    const intent = await challenged();
    await operations.setupIntents.returnFromAuthentication(stateTokenOf(intent));
    world.connector.authenticate(intent.latestAttemptId as string, 'pass');
    const returned = await operations.setupIntents.returnFromAuthentication(stateTokenOf(intent));
    expect(returned?.status).toBe('succeeded');
  });

  test('has a state token that is used up by the return that finds it over, and good only as we made it', async () => {
    const intent = await challenged();
    const token = stateTokenOf(intent);
    world.connector.authenticate(intent.latestAttemptId as string, 'pass');
    const forged = `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`;
    expect(await operations.setupIntents.returnFromAuthentication(forged)).toBeNull();
    const returns = await Promise.all([1, 2, 3].map(() => operations.setupIntents.returnFromAuthentication(token)));
    expect(returns.filter((each) => each !== null)).toHaveLength(1);
    expect(await operations.setupIntents.returnFromAuthentication(token)).toBeNull();
  });

  test('that was passed by somebody who never came back is found by the job', async () => {
    const intent = await challenged();
    world.connector.authenticate(intent.latestAttemptId as string, 'pass');
    world.pass(MINUTE_MS);
    await operations.jobs.resumeAttempts(10);
    expect((await current(intent.id)).status).toBe('succeeded');
  });

  test('that was abandoned ends after 15 minutes, is undone at the processor, and the card is discarded', async () => {
    const intent = await challenged();
    const loaded = await world.storage.loadAttempt(world.scope, intent.latestAttemptId as Uuid);
    for (let minutes = 0; minutes < 15; minutes += 1) {
      expect((await current(intent.id)).status).toBe('requires_action');
      world.pass(MINUTE_MS);
      await operations.jobs.resumeAttempts(10);
    }
    await operations.jobs.resumeAttempts(10);
    expect(await current(intent.id)).toMatchObject({ lastSetupError: { code: 'authentication_abandoned' } });
    expect(world.connector.calls).toContainEqual({ operation: 'void', reference: intent.latestAttemptId });
    expect(await world.storage.loadSealedCard(world.scope, loaded?.attempt.paymentMethodId as Uuid)).toBeNull();
  });

  test('gives way to a new confirmation, and a late pass of the first one saves nothing', async () => {
    const first = await challenged();
    const token = stateTokenOf(first);
    const second = accepted(await confirm(first.id));
    expect(second.latestAttemptId).not.toBe(first.latestAttemptId);
    world.connector.authenticate(first.latestAttemptId as string, 'pass');
    expect(await operations.setupIntents.returnFromAuthentication(token)).toBeNull();
    expect((await current(first.id)).status).toBe('requires_action');
    await operations.jobs.resumeAttempts(10);
    expect(world.connector.calls).toContainEqual({ operation: 'void', reference: first.latestAttemptId });
  });

  test('ends with a cancellation, which the processor is told of', async () => {
    const intent = await challenged();
    const canceled = accepted(await operations.setupIntents.cancel(world.call(), intent.id, 'requested_by_customer'));
    expect(canceled).toMatchObject({ status: 'canceled', nextAction: null });
    world.connector.authenticate(intent.latestAttemptId as string, 'pass');
    await operations.jobs.resumeAttempts(10);
    expect((await current(intent.id)).status).toBe('canceled');
  });
});

describe('an idempotency key', () => {
  test('makes a repeated confirmation answer as the first did, without another verification', async () => {
    const intent = await created();
    const call = world.call({ key: 'confirm-once' });
    const first = await operations.setupIntents.confirm(call, intent.id, confirmation(world.card()));
    const again = await operations.setupIntents.confirm(call, intent.id, confirmation(world.card()));
    expect(accepted(again)).toEqual(accepted(first));
    expect(again).toMatchObject({ replayed: true });
    expect(verifications(accepted(first))).toBe(1);
  });

  test('of a confirmation whose answer got lost tells how it stands now', async () => {
    const intent = await created();
    const call = world.call({ key: 'confirm-lost' });
    world.connector.script('verify', 'lose_reply');
    await operations.setupIntents.confirm(call, intent.id, confirmation(world.card()));
    expect(told(await operations.setupIntents.confirm(call, intent.id, confirmation(world.card())))).toBe(
      'idempotency_key_in_use',
    );
    world.pass(MINUTE_MS);
    await operations.jobs.resumeAttempts(10);
    expect(told(await operations.setupIntents.confirm(call, intent.id, confirmation(world.card())))).toBe('succeeded');
  });

  test('used for another request is refused', async () => {
    const call = world.call({ key: 'create-once' });
    const first = accepted(await operations.setupIntents.create(call, newIntent()));
    const other = { ...call, idempotency: { ...call.idempotency, requestDigest: new Uint8Array(32).fill(1) } };
    expect(told(await operations.setupIntents.create(other as typeof call, newIntent()))).toBe(
      'idempotency_key_reused',
    );
    expect(accepted(await operations.setupIntents.create(call, newIntent())).id).toBe(first.id);
  });

  test('sent 20 times at once creates one intent', async () => {
    const call = world.call({ key: 'create-at-once' });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => operations.setupIntents.create(call, newIntent())),
    );
    expect(new Set(outcomes.map((outcome) => accepted(outcome).id)).size).toBe(1);
  });

  test('remembers a refusal, and not one for a mistyped card', async () => {
    const cancel = world.call({ key: 'cancel' });
    const { id } = accepted(await confirm((await created()).id));
    expect(told(await operations.setupIntents.cancel(cancel, id, null))).toBe('setup_intent_unexpected_status');
    expect(told(await operations.setupIntents.cancel(cancel, id, null))).toBe('setup_intent_unexpected_status');

    const intent = await created();
    const call = world.call({ key: 'mistyped' });
    const mistyped = confirmation(world.card('4242424242424241'));
    expect(told(await operations.setupIntents.confirm(call, intent.id, mistyped))).toBe('card_number_invalid');
    expect(told(await operations.setupIntents.confirm(call, intent.id, confirmation(world.card())))).toBe('succeeded');
  });
});

describe('what is refused', () => {
  test('changes nothing: a mistyped card leaves no attempt, draft or sealed card', async () => {
    const intent = await created();
    const outcome = await operations.setupIntents.confirm(
      world.call(),
      intent.id,
      confirmation(world.card('4242424242424241')),
    );
    expect(told(outcome)).toBe('card_number_invalid');
    expect(await current(intent.id)).toEqual(intent);
  });

  test('an unknown intent goes before a mistyped card', async () => {
    const unknown = (await created()).id.replace(/^./, 'f') as Uuid;
    const outcome = await operations.setupIntents.confirm(
      world.call(),
      unknown,
      confirmation(world.card('4242424242424241')),
    );
    expect(told(outcome)).toBe('object_not_found');
  });
});
