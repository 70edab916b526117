import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, confirmation, newIntent, startWorld, told, type World } from './world.js';

const ROOM = 3;
const AGREED = { textVersion: null, language: 'en' };
/** This world's processor is asked without the vault, so that every code of an attempt that began stays where it is. */
const BEGUN = 1;

let world: World;
beforeAll(async () => {
  world = await startWorld({ heldCodesMax: BEGUN + ROOM });
});
afterAll(() => world.stop());

describe('a vault with room for few security codes', () => {
  test('is not filled by confirmations that do not begin, nor by cards that others replace', async () => {
    const { setupIntents } = world.operations;
    const saved = accepted(await setupIntents.create(world.call(), newIntent()));
    const confirm = () => setupIntents.confirm(world.call(), saved.id, confirmation(world.card()));
    expect(told(await confirm())).toBe('succeeded');
    for (let times = 0; times < 2 * ROOM; times += 1)
      expect(told(await confirm())).toBe('setup_intent_unexpected_status');

    const ahead = accepted(
      await setupIntents.create(world.call(), newIntent({ usage: 'off_session', threeDSecureRequest: 'none' })),
    );
    const enter = () =>
      setupIntents.enterCard(world.call(), ahead.id, {
        by: 'browser',
        card: world.card(),
        usage: 'off_session',
        consent: AGREED,
      });
    for (let times = 0; times < ROOM; times += 1) expect(told(await enter())).toBe('requires_confirmation');
    accepted(await setupIntents.cancel(world.call(), ahead.id, null));
    for (let times = 0; times < 2 * ROOM; times += 1)
      expect(told(await enter())).toBe('setup_intent_unexpected_status');
  });
});
