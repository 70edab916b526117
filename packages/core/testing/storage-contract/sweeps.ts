import { describe, expect, test } from 'vitest';
import type { Change, Instant, PaymentMethod, Uuid } from '../../src/index.js';
import { aCheckoutSession, aPaymentMethod, aSetupAttempt, aSetupIntent } from '../builders.js';
import { aMandate, sealedCard, type World } from './world.js';

// Sweeps go over all merchants, so these cases live in years of their own, before 2000.
const LEASE_MS = 60_000;

export function sweepCases(world: () => World): void {
  describe('a sweep', () => {
    /** Attempts in several merchants and both modes, due at these moments. */
    async function dueAt(w: World, moments: readonly (Instant | null)[]): Promise<readonly Uuid[]> {
      const scopes = [await w.newScope('test'), await w.newScope('live')];
      const ids: Uuid[] = [];
      for (const [i, nextCheckAt] of moments.entries()) {
        const scope = scopes[i % 2] as (typeof scopes)[number];
        const intent = aSetupIntent({ id: w.next(), scope });
        const draft = aPaymentMethod({ id: w.next(), scope, state: 'draft', version: 0 });
        const parts = { setupIntentId: intent.id, paymentMethodId: draft.id, nextCheckAt };
        const attempt = aSetupAttempt({ id: w.next(), scope, ...parts });
        await w.commitSurely(scope, [
          w.insert('setup_intent', intent),
          { kind: 'insert_draft', paymentMethod: draft, sealed: sealedCard(1) },
          { kind: 'insert_attempt', attempt },
        ]);
        ids.push(attempt.id);
      }
      return ids;
    }

    test('claims each attempt that is due once, though many workers claim at once, and with all that ending it needs', async () => {
      const w = world();
      const now = Date.UTC(1990);
      const ids = await dueAt(
        w,
        Array.from({ length: 20 }, (_, i) => now - i),
      );
      const claims: Awaited<ReturnType<typeof w.storage.claimDueAttempts>>[number][] = [];
      const work = async () => {
        for (let turn = 0; turn < 40; turn += 1) {
          claims.push(...(await w.storage.claimDueAttempts(now, now + LEASE_MS, 3)));
        }
      };
      await Promise.all([work(), work(), work(), work(), work(), work()]);
      expect(claims.map(({ attempt }) => attempt.id).sort()).toEqual([...ids].sort());
      for (const { attempt, intent, paymentMethod } of claims) {
        expect(attempt.nextCheckAt).toBe(now + LEASE_MS);
        expect(intent).toMatchObject({ id: attempt.setupIntentId, scope: attempt.scope });
        expect(paymentMethod).toMatchObject({ id: attempt.paymentMethodId, state: 'draft' });
        expect(await w.storage.loadAttempt(attempt.scope, attempt.id)).toMatchObject({ attempt });
      }
    });

    test('claims those first that wait longest, no more than wanted, and none that is not due', async () => {
      const w = world();
      const now = Date.UTC(1980);
      const [third, never, later, first, second] = await dueAt(w, [now, null, now + 1, now - 9, now - 5]);
      const claimed = async (limit: number) =>
        new Set((await w.storage.claimDueAttempts(now, now + LEASE_MS, limit)).map(({ attempt }) => attempt.id));
      expect(await claimed(2)).toEqual(new Set([first, second]));
      expect(await claimed(9)).toEqual(new Set([third]));
      expect(await claimed(9)).toEqual(new Set());
      const next = await w.storage.claimDueAttempts(now + LEASE_MS, now + 2 * LEASE_MS, 9);
      expect(new Set(next.map(({ attempt }) => attempt.id))).toEqual(new Set([first, second, third, later]));
      expect(next.map(({ attempt }) => attempt.id)).not.toContain(never);
    });

    test('whose lease ran out can write no more once another has claimed', async () => {
      const w = world();
      const now = Date.UTC(1970, 1);
      await dueAt(w, [now]);
      const [slow] = await w.storage.claimDueAttempts(now, now + LEASE_MS, 1);
      const [quick] = await w.storage.claimDueAttempts(now + LEASE_MS, now + 2 * LEASE_MS, 1);
      if (!slow || !quick) throw new Error('expected two claims of one attempt');
      const { scope, id } = slow.attempt;
      const write = (expectVersion: number): Change[] => [
        { kind: 'update_attempt', id, expectVersion, patch: { state: 'closed', nextCheckAt: null } },
      ];
      expect((await w.commit(scope, write(slow.attempt.version))).kind).toBe('stale');
      expect((await w.commit(scope, write(quick.attempt.version))).kind).toBe('committed');
    });

    test('finds the intents whose time is up and that can end now, the longest expired first', async () => {
      const w = world();
      const now = Date.UTC(1990);
      const expiries = [
        { expiresAt: now, status: 'requires_payment_method' },
        { expiresAt: now - 2, status: 'requires_action' },
        { expiresAt: now - 1, status: 'requires_confirmation' },
        { expiresAt: now + 1, status: 'requires_payment_method' },
        { expiresAt: null, status: 'requires_payment_method' },
        { expiresAt: now - 9, status: 'processing' },
        { expiresAt: now - 9, status: 'succeeded', paymentMethodId: w.next() },
        { expiresAt: now - 9, status: 'canceled' },
        { expiresAt: now - 9, status: 'requires_payment_method', checkoutSessionId: w.next() },
      ] as const;
      const expired: { scope: unknown; id: Uuid }[] = [];
      for (const parts of expiries) {
        const scope = await w.newScope();
        const intent = aSetupIntent({ id: w.next(), scope, ...parts });
        await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
        expired.push({ scope, id: intent.id });
      }
      const [third, first, second] = expired;
      expect(await w.storage.listExpiredSetupIntents(now, 10)).toEqual([first, second, third]);
      expect(await w.storage.listExpiredSetupIntents(now, 1)).toEqual([first]);
      expect(await w.storage.listExpiredSetupIntents(now - 3, 10)).toEqual([]);
    });

    test('finds the intents that wait with a card entered by then, the oldest first', async () => {
      const w = world();
      const entered = Date.UTC(1960);
      const card = aPaymentMethod().card;
      const consent = { textVersion: null, language: null, clientAddress: null, userAgent: null };
      const draftOf = (acceptedAt: Instant) => ({
        ...{ paymentMethodId: w.next(), attemptId: w.next(), usage: null, card },
        consent: { ...consent, acceptedAt },
      });
      const waiting = [
        { draft: draftOf(entered), status: 'requires_confirmation' },
        { draft: draftOf(entered - 2), status: 'requires_payment_method' },
        { draft: draftOf(entered + 1), status: 'requires_confirmation' },
        { draft: draftOf(entered - 2), status: 'processing' },
        { draft: draftOf(entered - 2), status: 'canceled' },
        { draft: null, status: 'requires_confirmation' },
      ] as const;
      const idle: { scope: unknown; id: Uuid }[] = [];
      for (const parts of waiting) {
        const scope = await w.newScope();
        const intent = aSetupIntent({ id: w.next(), scope, ...parts });
        await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
        idle.push({ scope, id: intent.id });
      }
      const [second, first] = idle;
      expect(await w.storage.listSetupIntentsWithIdleCards(entered, 10)).toEqual([first, second]);
      expect(await w.storage.listSetupIntentsWithIdleCards(entered, 1)).toEqual([first]);
    });

    test('finds the methods of nobody that no mandate has allowed to charge since then, the oldest first', async () => {
      const w = world();
      const then = Date.UTC(1961);
      const usable = { customer: null, state: 'usable', createdAt: then - 5 } as const;
      // biome-ignore format: a table
      const methods = [
        // method                                                     its mandate
        [{ ...usable, createdAt: then },                              null],
        [usable,                                                      { status: 'inactive', updatedAt: then }],
        [usable,                                                      { status: 'inactive', updatedAt: then + 1 }],
        [usable,                                                      { status: 'active', updatedAt: then - 5 }],
        [{ ...usable, createdAt: then + 1 },                          null],
        [{ ...usable, state: 'detached' },                            null],
        [{ ...usable, customer: { id: w.next(), chosenId: null } },   null],
      ] as const;
      const unused: { scope: unknown; id: Uuid }[] = [];
      for (const [parts, ended] of methods) {
        const scope = await w.newScope();
        const method = aPaymentMethod({ id: w.next(), scope, ...parts });
        const mandate = ended && aMandate({ id: w.next(), scope, paymentMethodId: method.id, ...ended });
        await w.commitSurely(scope, [
          w.insert('payment_method', method),
          ...(mandate ? [w.insert('mandate', mandate)] : []),
        ]);
        unused.push({ scope, id: method.id });
      }
      const [second, first] = unused;
      expect(await w.storage.listUnusedMethods(then, 10)).toEqual([first, second]);
      expect(await w.storage.listUnusedMethods(then, 1)).toEqual([first]);
    });

    test('finds the cards that end within a window and were not told of, a page at a time, over all merchants', async () => {
      const w = world();
      const ends = [
        { expMonth: 5, state: 'usable', expiryNoticeDays: null },
        { expMonth: 6, state: 'usable', expiryNoticeDays: 60 },
        { expMonth: 6, state: 'usable', expiryNoticeDays: 30 },
        { expMonth: 6, state: 'usable', expiryNoticeDays: 0 },
        { expMonth: 6, state: 'detached', expiryNoticeDays: null },
        { expMonth: 7, state: 'usable', expiryNoticeDays: null },
        { expMonth: 4, state: 'usable', expiryNoticeDays: null },
      ] as const;
      const wanted: Uuid[] = [];
      for (const scope of [await w.newScope('test'), await w.newScope('test'), await w.newScope('live')]) {
        for (const { expMonth, ...parts } of ends) {
          const card = { ...aPaymentMethod().card, expMonth, expYear: 1990 };
          const method = aPaymentMethod({ id: w.next(), scope, card, ...parts });
          await w.commitSurely(scope, [w.insert('payment_method', method)]);
          if ([5, 6].includes(expMonth) && parts.state === 'usable' && (parts.expiryNoticeDays ?? 99) > 30) {
            wanted.push(method.id);
          }
        }
      }
      const window = { firstMonth: 1990 * 12 + 5, lastMonth: 1990 * 12 + 6, noticeDays: 30 };
      const found: PaymentMethod[] = [];
      for (let page = 0; page < 4; page += 1) {
        found.push(...(await w.storage.listExpiringMethods(window, { after: found.at(-1) ?? null, limit: 2 })));
      }
      expect(found.map(({ id }) => id)).toEqual(wanted);
    });

    test('finds the open sessions whose time is up, the longest expired first', async () => {
      const w = world();
      const now = Date.UTC(1990);
      const expiries = [
        { expiresAt: now, status: 'open' },
        { expiresAt: now - 1, status: 'open' },
        { expiresAt: now + 1, status: 'open' },
        { expiresAt: now - 9, status: 'complete' },
        { expiresAt: now - 9, status: 'expired' },
      ] as const;
      const expired: { scope: unknown; id: Uuid }[] = [];
      for (const parts of expiries) {
        const scope = await w.newScope();
        const session = aCheckoutSession({ id: w.next(), scope, ...parts });
        await w.commitSurely(scope, [w.insert('checkout_session', session)]);
        expired.push({ scope, id: session.id });
      }
      // One that awaits a processor's answer is not to be ended.
      const scope = await w.newScope();
      const waiting = aCheckoutSession({ id: w.next(), scope, expiresAt: now - 9, status: 'open' });
      const asked = aSetupIntent({ id: waiting.setupIntentId, scope, status: 'processing' });
      await w.commitSurely(scope, [w.insert('checkout_session', waiting), w.insert('setup_intent', asked)]);
      const [second, first] = expired;
      expect(await w.storage.listExpiredCheckoutSessions(now, 10)).toEqual([first, second]);
      expect(await w.storage.listExpiredCheckoutSessions(now, 1)).toEqual([first]);
    });
  });
}
