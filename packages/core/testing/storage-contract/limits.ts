import { describe, expect, test } from 'vitest';
import type { Change, CountedLimit, Instant, Scope } from '../../src/index.js';
import { aCustomer, aSetupAttempt, NOON } from '../builders.js';
import { FIRST_PAGE, itemsOf, type World } from './world.js';

const PERIOD_MS = 60_000;
const MINUTE_MS = 60_000;

export function limitCases(world: () => World): void {
  describe('a limit', () => {
    /** A commit of one new customer under limits: what is left of it tells whether it happened. */
    const tryUnder = (w: World, scope: Scope, limits: readonly Change[], at: Instant = NOON) =>
      w.commit(scope, [...limits, w.insert('customer', aCustomer({ id: w.next(), scope }))], { at });
    const kindOf = async (result: Promise<{ kind: string; limit?: string }>) => {
      const { kind, limit } = await result;
      return limit ?? kind;
    };
    const count = (subject: string, max: number, name: CountedLimit['name'] = 'address'): Change => ({
      kind: 'count',
      limit: { kind: 'count', name, subject, max, periodMs: PERIOD_MS },
    });

    test('of a number is kept until its period is over, and says when; what it refuses leaves nothing', async () => {
      const w = world();
      const scope = await w.newScope();
      const limits = [count('a', 2)];
      expect(await kindOf(tryUnder(w, scope, limits))).toBe('committed');
      expect(await kindOf(tryUnder(w, scope, limits, NOON + 10))).toBe('committed');
      const limited = { kind: 'limited', limit: 'address', retryAt: NOON + PERIOD_MS };
      expect(await tryUnder(w, scope, limits, NOON + 20)).toEqual(limited);
      expect(await tryUnder(w, scope, limits, NOON + PERIOD_MS - 1)).toEqual(limited);
      expect(itemsOf(await w.storage.listCustomers(scope, FIRST_PAGE))).toHaveLength(2);
      expect(await kindOf(tryUnder(w, scope, [count('b', 2)], NOON + 20))).toBe('committed');
      expect(await kindOf(tryUnder(w, scope, limits, NOON + PERIOD_MS))).toBe('committed');
    });

    test('of different members lets those go on that were counted', async () => {
      const w = world();
      const scope = await w.newScope();
      const member = (name: string): Change[] => [
        {
          kind: 'count',
          limit: { kind: 'members', name: 'cards_of_setup', subject: 's', member: name, max: 2, periodMs: PERIOD_MS },
        },
      ];
      const answers: string[] = [];
      for (const name of ['x', 'y', 'x', 'z', 'y']) answers.push(await kindOf(tryUnder(w, scope, member(name))));
      expect(answers).toEqual(['committed', 'committed', 'committed', 'cards_of_setup', 'committed']);
    });

    test('of a rate allows a burst, then one at a time; a merchant may have its own', async () => {
      const w = world();
      const scope = await w.newScope();
      const rate: Change[] = [
        { kind: 'count', limit: { kind: 'rate', name: 'merchant', subject: 'm', perHour: 60, burst: 2 } },
      ];
      const at = (moment: Instant) => tryUnder(w, scope, rate, moment);
      expect(await kindOf(at(NOON))).toBe('committed');
      expect(await kindOf(at(NOON))).toBe('committed');
      expect(await at(NOON)).toEqual({ kind: 'limited', limit: 'merchant', retryAt: NOON + MINUTE_MS });
      expect(await kindOf(at(NOON + MINUTE_MS))).toBe('committed');
      expect(await kindOf(at(NOON + MINUTE_MS))).toBe('merchant');
      await w.storage.saveConfirmationRate(scope, { perHour: 120, burst: 5 }, NOON);
      expect(await kindOf(at(NOON + MINUTE_MS))).toBe('committed');
      await w.storage.saveConfirmationRate(scope, null, NOON);
      expect(await kindOf(at(NOON + MINUTE_MS))).toBe('merchant');
    });

    test('counts what a later limit refuses, and nothing that something before it refuses', async () => {
      const w = world();
      const scope = await w.newScope();
      const limits = [count('a', 3), count('c', 1, 'card')];
      const answers: string[] = [];
      for (let turn = 0; turn < 4; turn += 1) answers.push(await kindOf(tryUnder(w, scope, limits)));
      expect(answers).toEqual(['committed', 'card', 'card', 'address']);

      const missing: Change = { kind: 'require_customer', id: w.next() };
      const other = [count('b', 1)];
      expect(await kindOf(tryUnder(w, scope, [...other, missing]))).toBe('stale');
      expect(await kindOf(tryUnder(w, scope, other))).toBe('committed');
    });

    test('of a card everywhere is counted over all merchants, for each mode by itself', async () => {
      const w = world();
      const [a, b, live] = [await w.newScope(), await w.newScope(), await w.newScope('live')];
      const limits = [count(`card ${a.merchantId}`, 1, 'card_everywhere')];
      expect(await kindOf(tryUnder(w, a, limits))).toBe('committed');
      expect(await kindOf(tryUnder(w, b, limits))).toBe('card_everywhere');
      expect(await kindOf(tryUnder(w, live, limits))).toBe('committed');
    });

    test('holds for whatever comes at once', async () => {
      const w = world();
      const scope = await w.newScope();
      const limits = [count('a', 5)];
      const answers = await Promise.all(Array.from({ length: 20 }, () => kindOf(tryUnder(w, scope, limits))));
      expect(answers.filter((answer) => answer === 'committed')).toHaveLength(5);
      expect(answers.filter((answer) => answer === 'address')).toHaveLength(15);
    });

    test('is there while a merchant is under attack, which is noted once', async () => {
      const w = world();
      const [attacked, calm] = [await w.newScope(), await w.newScope()];
      const now = Date.UTC(2090);
      for (const card of ['p', 'q', 'r']) {
        const declined = { state: 'closed', outcome: 'declined' } as const;
        const attempt = aSetupAttempt({ id: w.next(), scope: attacked, setupIntentId: w.next(), ...declined });
        const changes: Change[] = [
          { kind: 'insert_attempt', attempt },
          { kind: 'note_card', attemptId: attempt.id, card, neighbours: card },
        ];
        await w.commitSurely(attacked, changes, { at: now });
      }
      const signs = { test: { verificationsMin: 3, cardsAbove: 2, windowMs: 1_000 }, live: null };
      const note = () => w.storage.noteAttacks(signs, { now: now + 1, until: now + PERIOD_MS });
      expect(await note()).toEqual([attacked]);
      expect(await note()).toEqual([]);

      const limits: Change[] = [{ kind: 'require_no_attack' }];
      const retryAt = now + PERIOD_MS;
      expect(await tryUnder(w, attacked, limits, now + 2)).toEqual({ kind: 'limited', limit: 'attack', retryAt });
      expect(await kindOf(tryUnder(w, calm, limits, now + 2))).toBe('committed');
      expect(await kindOf(tryUnder(w, attacked, limits, retryAt))).toBe('committed');
    });

    test('whose period is over is forgotten, and so are cards that were seen long ago', async () => {
      const w = world();
      const [a, b] = [await w.newScope(), await w.newScope('live')];
      const then = Date.UTC(1950);
      for (const scope of [a, b]) {
        await tryUnder(w, scope, [count('a', 1)], then);
        const seen: Change = { kind: 'note_card', attemptId: w.next(), card: 'c', neighbours: 'n' };
        await w.commitSurely(scope, [seen], { at: then });
      }
      const over = then + PERIOD_MS;
      expect(await w.storage.deleteEndedCounts(over - 1, then - 1, 10)).toBe(0);
      expect(await w.storage.deleteEndedCounts(over, then - 1, 1)).toBe(1);
      expect(await w.storage.deleteEndedCounts(over, then - 1, 10)).toBe(1);
      expect(await w.storage.deleteEndedCounts(over, then, 10)).toBe(2);
      expect(await w.storage.deleteEndedCounts(over, then, 10)).toBe(0);
    });
  });
}
