import type { EventType, PaymentMethod, Uuid } from '@onfile/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL, accepted, confirmation, newIntent, startWorld, told, type World } from './world.js';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const NOTICES = [60, 30];
const LIMIT = 1_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

function passUntil(moment: string): void {
  world.pass(Date.parse(moment) - world.now());
}

async function savedCard(expMonth: number, expYear: number): Promise<Uuid> {
  const input = { card: world.card('4242424242424242', { expMonth, expYear }), customer: null, metadata: {} };
  return accepted(await world.operations.paymentMethods.create(world.call(), input)).id;
}

async function eventsAbout(objectId: Uuid, types: readonly EventType[]) {
  const listed = await world.storage.listEvents(world.scope, { types, objectId }, ALL);
  return listed.kind === 'page' ? [...listed.items].reverse() : [];
}

async function notices(id: Uuid): Promise<readonly string[]> {
  const events = await eventsAbout(id, ['payment_method.expiring', 'payment_method.expired']);
  return events.map(({ type, object }) => `${type} ${(object as PaymentMethod).expiryNoticeDays}`);
}

const announce = (by = world.operations) => by.jobs.announceExpiries(NOTICES, LIMIT);

describe('a saved card that ends', () => {
  test('is announced sixty and thirty days ahead and when it has ended, once each, however often anybody looks', async () => {
    const id = await savedCard(6, 2026);
    const seen: string[][] = [];
    for (const day of ['04-30', '05-01', '05-30', '05-31', '06-01', '06-30', '07-02', '07-03']) {
      passUntil(`2026-${day}T00:00:00Z`);
      await announce();
      await announce(world.secondProcess);
      seen.push([...(await notices(id))]);
    }
    const sixty = 'payment_method.expiring 60';
    const thirty = 'payment_method.expiring 30';
    const ended = 'payment_method.expired 0';
    expect(seen).toEqual([
      [],
      [sixty],
      [sixty],
      [sixty, thirty],
      [sixty, thirty],
      [sixty, thirty],
      [sixty, thirty, ended],
      [sixty, thirty, ended],
    ]);
  });

  test('is announced once though ten workers look at the same moment, in batches smaller than what is due', async () => {
    passUntil('2026-07-05T00:00:00Z');
    const ids = await Promise.all(Array.from({ length: 120 }, () => savedCard(8, 2026)));
    await Promise.all(Array.from({ length: 10 }, (_, n) => announce(n % 2 ? world.operations : world.secondProcess)));
    const told = await Promise.all(ids.map(notices));
    expect(new Set(told.map((each) => each.join()))).toEqual(new Set(['payment_method.expiring 60']));
  });

  test('a run looks at no more cards than it may, and the next one goes on', async () => {
    passUntil('2026-08-10T00:00:00Z');
    const ids = await Promise.all(Array.from({ length: 7 }, () => savedCard(9, 2026)));
    await announce();
    passUntil('2026-09-10T00:00:00Z');
    expect(await world.operations.jobs.announceExpiries(NOTICES, 3)).toBe(3);
    await announce();
    for (const id of ids)
      expect(await notices(id)).toEqual(['payment_method.expiring 60', 'payment_method.expiring 30']);
  });

  test('is announced after the job was off for a week, and only for what is still true when it was off for longer', async () => {
    passUntil('2026-10-20T00:00:00Z');
    const week = await savedCard(12, 2026);
    const months = await savedCard(11, 2026);
    passUntil('2026-11-08T00:00:00Z');
    await announce();
    expect(await notices(week)).toEqual(['payment_method.expiring 60']);
    expect(await notices(months)).toEqual(['payment_method.expiring 30']);
    passUntil('2027-03-01T00:00:00Z');
    await announce();
    expect(await notices(week)).toEqual(['payment_method.expiring 60', 'payment_method.expired 0']);
  });

  test('is not announced once it was detached, nor before its time, nor while its setup has not succeeded', async () => {
    const input = { selector: null, email: null, description: null, metadata: {}, paymentMethodId: null };
    const customer = accepted(await world.operations.customers.create(world.call(), input));
    const detached = await savedCard(4, 2027);
    await world.operations.paymentMethods.attach(world.call(), detached, { id: customer.id });
    await world.operations.paymentMethods.detach(world.call(), detached);
    const later = await savedCard(12, 2027);
    const intent = accepted(await world.operations.setupIntents.create(world.call(), newIntent()));
    world.connector.script('verify', 'lose_reply');
    const card = world.card('4242424242424242', { expMonth: 4, expYear: 2027 });
    const confirmed = await world.operations.setupIntents.confirm(world.call(), intent.id, confirmation(card));
    expect(told(confirmed)).toBe('processing');
    passUntil('2027-04-20T00:00:00Z');
    expect(await announce()).toBe(0);
    expect(await notices(detached)).toEqual([]);
    expect(await notices(later)).toEqual([]);
  });

  test('loses nothing of what it was: the announcement is a change of its own, with the next number', async () => {
    const id = await savedCard(6, 2027);
    passUntil('2027-06-10T00:00:00Z');
    await announce();
    const [event] = await eventsAbout(id, ['payment_method.expiring']);
    expect(event).toMatchObject({ sequence: 2, object: { id, state: 'usable', version: 2, expiryNoticeDays: 30 } });
    expect(await world.storage.loadSealedCard(world.scope, id)).not.toBeNull();
  });
});

describe('a card that was entered ahead and never confirmed', () => {
  async function enteredCard() {
    const intent = accepted(await world.operations.setupIntents.create(world.call(), newIntent()));
    const entry = { by: 'browser', usage: 'on_session', consent: { textVersion: null, language: null } } as const;
    const outcome = await world.operations.setupIntents.enterCard(world.call(), intent.id, {
      ...entry,
      card: world.card('4242424242424242', { expMonth: 12, expYear: 2035 }),
    });
    const { id, draft } = accepted(outcome);
    return { id, draftId: draft?.paymentMethodId as Uuid };
  }

  test('is forgotten within a day, and the setup asks for a card again', async () => {
    const { id, draftId } = await enteredCard();
    world.pass(22 * HOUR_MS);
    await world.operations.jobs.forgetIdleCards(LIMIT);
    expect(await world.storage.loadDraft(world.scope, draftId)).not.toBeNull();
    world.pass(HOUR_MS);
    await Promise.all([world.operations.jobs.forgetIdleCards(LIMIT), world.secondProcess.jobs.forgetIdleCards(LIMIT)]);
    expect(await world.storage.loadDraft(world.scope, draftId)).toBeNull();
    expect(await world.storage.loadSealedCard(world.scope, draftId)).toBeNull();
    const intent = accepted(await world.operations.setupIntents.retrieve(world.scope, id));
    expect(intent).toMatchObject({ status: 'requires_payment_method', draft: null });
    const updates = await eventsAbout(id, ['setup_intent.updated']);
    expect(updates).toHaveLength(2);
  });

  test('stays while the processor may have been asked about it', async () => {
    const { id, draftId } = await enteredCard();
    world.connector.script('verify', 'lose_reply');
    const method = { kind: 'draft', paymentMethodId: null } as const;
    const confirming = { ...confirmation(world.card()), method };
    expect(told(await world.operations.setupIntents.confirm(world.call(), id, confirming))).toBe('processing');
    world.pass(3 * DAY_MS);
    await world.operations.jobs.forgetIdleCards(LIMIT);
    expect(await world.storage.loadDraft(world.scope, draftId)).not.toBeNull();
    await world.operations.jobs.resumeAttempts(LIMIT);
    expect(told(await world.operations.setupIntents.retrieve(world.scope, id))).toBe('succeeded');
    expect(await world.storage.loadSealedCard(world.scope, draftId)).not.toBeNull();
  });
});

describe('a verification that the processor is told to undo', () => {
  test('is told of for seven days; then a person has to look, and the setup is free meanwhile', async () => {
    world.connector.script('verify', 'lose_reply');
    const intent = accepted(
      await world.operations.setupIntents.create(world.call(), newIntent({ usage: 'off_session' })),
    );
    const card = () => world.card('4242424242424242', { expMonth: 12, expYear: 2035 });
    const confirm = () => world.operations.setupIntents.confirm(world.call(), intent.id, confirmation(card()));
    expect(told(await confirm())).toBe('processing');
    await world.operations.jobs.resumeAttempts(LIMIT);
    world.pass(HOUR_MS);
    await world.operations.jobs.resumeAttempts(LIMIT);
    const waiting = accepted(await world.operations.setupIntents.retrieve(world.scope, intent.id));
    expect(waiting.status).toBe('requires_action');

    world.connector.isReachable = false;
    accepted(await world.operations.setupIntents.cancel(world.call(), intent.id, null));
    const attempt = async () =>
      (await world.storage.loadAttempt(world.scope, waiting.latestAttemptId as Uuid))?.attempt;
    expect(await attempt()).toMatchObject({ state: 'voiding', outcome: 'canceled' });
    for (let hours = 0; hours < 7 * 24; hours += 12) {
      await world.operations.jobs.resumeAttempts(LIMIT);
      expect(await attempt()).toMatchObject({ state: 'voiding' });
      world.pass(12 * HOUR_MS);
    }
    await world.operations.jobs.resumeAttempts(LIMIT);
    expect(await attempt()).toMatchObject({ state: 'void_needs_review', outcome: 'canceled', nextCheckAt: null });
    const calls = world.connector.calls.length;
    world.pass(30 * DAY_MS);
    await world.operations.jobs.resumeAttempts(LIMIT);
    expect(world.connector.calls).toHaveLength(calls);
    world.connector.isReachable = true;
  });
});
