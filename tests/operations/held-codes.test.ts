import type { Uuid } from '@onfile/core';
import { VaultFull } from '@onfile/vault';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accepted, confirmation, newIntent, startWorld, told, type World } from './world.js';

const ROOM = 3;
const AGREED = { textVersion: null, language: 'en' };
/** This world's processor is asked without the vault, so that every code of an attempt that began stays where it is. */
const BEGUN = 1;

let world: World;
beforeEach(async () => {
  world = await startWorld({ heldCodesMax: BEGUN + ROOM });
});
afterEach(() => world.stop());

function newAhead() {
  const input = newIntent({ usage: 'off_session', threeDSecureRequest: 'none' });
  return world.operations.setupIntents.create(world.call(), input);
}

function enter(id: Uuid, call = world.call()) {
  const entry = { by: 'browser', card: world.card(), usage: 'off_session', consent: AGREED } as const;
  return world.operations.setupIntents.enterCard(call, id, entry);
}

describe('a vault with room for few security codes', () => {
  test('is not filled by confirmations that do not begin, nor by cards that others replace', async () => {
    const { setupIntents } = world.operations;
    const saved = accepted(await setupIntents.create(world.call(), newIntent()));
    const confirm = () => setupIntents.confirm(world.call(), saved.id, confirmation(world.card()));
    expect(told(await confirm())).toBe('succeeded');
    for (let times = 0; times < 2 * ROOM; times += 1)
      expect(told(await confirm())).toBe('setup_intent_unexpected_status');

    const ahead = accepted(await newAhead());
    for (let times = 0; times < ROOM; times += 1) expect(told(await enter(ahead.id))).toBe('requires_confirmation');
    accepted(await setupIntents.cancel(world.call(), ahead.id, null));
    for (let times = 0; times < 2 * ROOM; times += 1)
      expect(told(await enter(ahead.id))).toBe('setup_intent_unexpected_status');
  });

  test('keeps the code of the card that an idempotency key remembers, and of no card that its replay brings', async () => {
    const ahead = accepted(await newAhead());
    const call = world.call({ key: 'entered-once' });
    for (let times = 0; times < 2 * (BEGUN + ROOM); times += 1)
      expect(told(await enter(ahead.id, call))).toBe('requires_confirmation');

    for (let others = 1; others < BEGUN + ROOM; others += 1)
      expect(told(await enter(accepted(await newAhead()).id))).toBe('requires_confirmation');
    await expect(enter(accepted(await newAhead()).id)).rejects.toThrow(VaultFull);
  });
});
