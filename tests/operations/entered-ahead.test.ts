import type { CardEntry, MethodUsage, Operations, SetupIntent, Uuid } from '@onfile/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL, accepted, newIntent, startWorld, told, type World } from './world.js';

let world: World;
let operations: Operations;
beforeAll(async () => {
  world = await startWorld();
  ({ operations } = world);
});
afterAll(() => world.stop());

const AGREED = { textVersion: 'terms 3', language: 'en' };
const BY_MERCHANT = { by: 'merchant', returnUrl: null, consent: { textVersion: null, language: null } } as const;

async function offSession(parts: Parameters<typeof newIntent>[0] = {}): Promise<SetupIntent> {
  const input = newIntent({
    usage: 'off_session',
    standingInstruction: 'recurring',
    threeDSecureRequest: 'none',
    ...parts,
  });
  return accepted(await operations.setupIntents.create(world.call(), input));
}

function entry(usage: MethodUsage | null = 'off_session'): CardEntry {
  return { by: 'browser', card: world.card(), usage, consent: AGREED };
}

async function entered(intent: SetupIntent): Promise<SetupIntent> {
  return accepted(await operations.setupIntents.enterCard(world.call(), intent.id, entry()));
}

function confirmDraft(id: Uuid) {
  return operations.setupIntents.confirm(world.call(), id, {
    ...BY_MERCHANT,
    method: { kind: 'draft', paymentMethodId: null },
  });
}

const sealed = (id: Uuid | undefined) => world.storage.loadSealedCard(world.scope, id as Uuid);

describe('a card that is entered ahead of its confirmation', () => {
  test('is confirmed later by another process, with the consent of the moment when it was entered', async () => {
    const intent = await offSession();
    const enteredAt = world.now();
    const { draft, status } = await entered(intent);
    expect(status).toBe('requires_confirmation');
    world.pass(20 * 60_000);
    const confirmed = accepted(
      await world.secondProcess.setupIntents.confirm(world.call(), intent.id, {
        ...BY_MERCHANT,
        method: { kind: 'current' },
      }),
    );
    expect(confirmed).toMatchObject({
      status: 'succeeded',
      draft: null,
      paymentMethodId: draft?.paymentMethodId,
      latestAttemptId: draft?.attemptId,
    });
    const mandate = accepted(await operations.mandates.retrieve(world.scope, confirmed.mandateId as Uuid));
    expect(mandate.consent).toEqual({
      ...AGREED,
      acceptedAt: enteredAt,
      clientAddress: '127.0.0.1',
      userAgent: 'test',
    });
    expect(mandate.standingInstruction).toBe('recurring');
  });

  test('is verified once, however many confirm at once in two processes', async () => {
    const { id } = await entered(await offSession());
    const before = world.connector.verified.length;
    const confirmation = { ...BY_MERCHANT, method: { kind: 'current' } } as const;
    const outcomes = await Promise.all(
      Array.from({ length: 32 }, (_, each) =>
        (each % 2 === 0 ? operations : world.secondProcess).setupIntents.confirm(world.call(), id, confirmation),
      ),
    );
    expect(new Set(outcomes.map(told))).toEqual(new Set(['succeeded', 'setup_intent_unexpected_status']));
    expect(world.connector.verified.length - before).toBe(1);
  });

  // biome-ignore format: a table, a line for each case
  const ends: readonly [what: string, end: (intent: SetupIntent) => Promise<unknown>][] = [
    ['another card',             ({ id }) => operations.setupIntents.enterCard(world.call(), id, entry())],
    ['another usage',            ({ id }) => operations.setupIntents.update(world.call(), id, { usage: 'on_session' })],
    ['the loss of its customer', ({ id }) => operations.setupIntents.update(world.call(), id, { customer: null })],
    ['a cancellation',           ({ id }) => operations.setupIntents.cancel(world.call(), id, null)],
    ["its customer's deletion",  ({ customer }) => operations.customers.delete(world.call(), { id: customer?.id as Uuid })],
    ["its time's end",           async () => { world.pass(60_000); await operations.jobs.expire(100); }],
  ];
  for (const [what, end] of ends) {
    test(`goes with ${what}, and its number with it`, async () => {
      const input = { selector: null, email: null, description: null, metadata: {}, paymentMethodId: null };
      const customer = accepted(await operations.customers.create(world.call(), input));
      const intent = await offSession({ customer: { id: customer.id }, expiresAt: world.now() + 60_000 });
      const { draft } = await entered(intent);
      expect(await sealed(draft?.paymentMethodId)).not.toBeNull();
      await end(intent);
      expect(await sealed(draft?.paymentMethodId)).toBeNull();
      const now = accepted(await operations.setupIntents.retrieve(world.scope, intent.id));
      expect(now.draft?.paymentMethodId).not.toBe(draft?.paymentMethodId);
    });
  }

  test('stays with a note, and with what leaves customer and usage as they are', async () => {
    const intent = await entered(await offSession());
    for (const changes of [
      { description: 'noted' },
      { usage: 'off_session' },
      { standingInstruction: 'installment' },
    ] as const) {
      const updated = accepted(await operations.setupIntents.update(world.call(), intent.id, changes));
      expect(updated).toMatchObject({ ...changes, draft: intent.draft, status: 'requires_confirmation' });
    }
    expect(told(await confirmDraft(intent.id))).toBe('succeeded');
  });

  test('is nobody else’s: it is neither found, listed, attached nor detached', async () => {
    const { draft } = await entered(await offSession());
    const id = draft?.paymentMethodId as Uuid;
    const call = world.call();
    for (const outcome of [
      await operations.paymentMethods.retrieve(world.scope, id),
      await operations.paymentMethods.detach(call, id),
      await operations.paymentMethods.release(call, id, { customerId: null }),
      await operations.mandates.listOfPaymentMethod(world.scope, id, ALL),
    ]) {
      expect(told(outcome)).toBe('object_not_found');
    }
    const listed = accepted(await operations.paymentMethods.list(world.scope, {}, ALL));
    expect(listed.items.map((method) => method.id)).not.toContain(id);
  });

  test('is of no use to an intent of another version than was decided on', async () => {
    const intent = await offSession();
    await entered(intent);
    const update = operations.setupIntents.update;
    const stale = await update(world.call(), intent.id, { usage: 'on_session' }, { expectVersion: intent.version });
    expect(told(stale)).toBe('too_many_changes_at_once');
  });
});

describe('releasing a method', () => {
  async function saved(): Promise<{ id: Uuid; mandateId: Uuid }> {
    const confirmed = accepted(await confirmDraft((await entered(await offSession())).id));
    return { id: confirmed.paymentMethodId as Uuid, mandateId: confirmed.mandateId as Uuid };
  }
  const release = (id: Uuid) => operations.paymentMethods.release(world.call(), id, { customerId: null });

  test('keeps it while a mandate is active, and takes it out of use after the last one ended', async () => {
    const { id, mandateId } = await saved();
    expect(accepted(await release(id))).toMatchObject({ state: 'usable', usage: 'off_session' });
    expect(accepted(await operations.mandates.revoke(world.call(), mandateId)).status).toBe('inactive');
    expect(accepted(await release(id)).state).toBe('detached');
    expect(told(await release(id))).toBe('object_not_found');
  });

  test('while its mandate is revoked ends in one of the two, never in between', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { id, mandateId } = await saved();
      const [released] = await Promise.all([release(id), operations.mandates.revoke(world.call(), mandateId)]);
      const { state } = accepted(released);
      expect(['usable', 'detached']).toContain(state);
      expect(accepted(await operations.mandates.retrieve(world.scope, mandateId)).status).toBe('inactive');
    }
  });
});
