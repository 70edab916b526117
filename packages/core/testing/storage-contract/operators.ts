import { describe, expect, test } from 'vitest';
import type { OperatorKey } from '../../src/index.js';
import { aCheckoutSession, aCustomer, aPaymentMethod, aSetupAttempt, NOON } from '../builders.js';
import { sealedCard, type World } from './world.js';

export function operatorCases(world: () => World): void {
  describe('an operator', () => {
    test('has keys, newest first, which are revoked once and for all', async () => {
      const { storage, next } = world();
      const key = (parts: Partial<OperatorKey>): OperatorKey => ({
        ...{ id: next(), name: null, digest: new Uint8Array([0, 1, 254, 255]), createdAt: NOON, revokedAt: null },
        ...parts,
      });
      const [first, second] = [key({}), key({ name: 'on call' })];
      await storage.insertOperatorKey(first);
      await storage.insertOperatorKey(second);
      expect(await storage.loadOperatorKey(second.id)).toEqual(second);
      expect(await storage.loadOperatorKey(next())).toBeNull();
      expect(await storage.listOperatorKeys()).toEqual([second, first]);
      expect(await storage.revokeOperatorKey(first.id, NOON + 1)).toBe(true);
      expect(await storage.revokeOperatorKey(first.id, NOON + 2)).toBe(true);
      expect(await storage.revokeOperatorKey(next(), NOON)).toBe(false);
      expect(await storage.loadOperatorKey(first.id)).toEqual({ ...first, revokedAt: NOON + 1 });
    });

    test('finds living customers by their e-mail, in whatever case, newest first', async () => {
      const w = world();
      const scope = await w.newScope();
      const email = 'Ann@Shop.example';
      const [one, other, gone] = [email, 'ann@shop.example', email].map((each) =>
        aCustomer({ id: w.next(), scope, email: each }),
      ) as [ReturnType<typeof aCustomer>, ReturnType<typeof aCustomer>, ReturnType<typeof aCustomer>];
      const nobody = aCustomer({ id: w.next(), scope, email: null });
      for (const customer of [one, other, gone, nobody]) await w.commitSurely(scope, [w.insert('customer', customer)]);
      await w.commitSurely(scope, [
        w.update('customer', gone.id, { expect: { version: 1 }, patch: { deletedAt: NOON } }),
      ]);
      expect(await w.storage.findCustomersByEmail(scope, 'ANN@shop.example', 10)).toEqual([other, one]);
      expect(await w.storage.findCustomersByEmail(scope, 'ANN@shop.example', 1)).toEqual([other]);
      expect(await w.storage.findCustomersByEmail(await w.newScope(), email, 10)).toEqual([]);
    });

    test('finds checkout sessions by the e-mail that they were made with', async () => {
      const w = world();
      const scope = await w.newScope();
      const session = aCheckoutSession({ id: w.next(), scope, customerEmail: 'Ann@shop.example' });
      await w.commitSurely(scope, [w.insert('checkout_session', session)]);
      expect(await w.storage.findCheckoutSessionsByEmail(scope, 'ann@shop.example', 10)).toEqual([session]);
      expect(await w.storage.findCheckoutSessionsByEmail({ ...scope, mode: 'live' }, 'ann@shop.example', 10)).toEqual(
        [],
      );
    });

    test('finds saved cards by their last four digits, and never a draft', async () => {
      const w = world();
      const scope = await w.newScope();
      const ending = (last4: string) => ({ card: { ...aPaymentMethod().card, last4 } });
      const saved = aPaymentMethod({ id: w.next(), scope, ...ending('4242') });
      const other = aPaymentMethod({ id: w.next(), scope, ...ending('0005') });
      const draft = aPaymentMethod({ id: w.next(), scope, ...ending('4242'), state: 'draft', version: 0 });
      await w.commitSurely(scope, [w.insert('payment_method', saved), w.insert('payment_method', other)]);
      await w.commitSurely(scope, [{ kind: 'insert_draft', paymentMethod: draft, sealed: sealedCard(1) }]);
      expect(await w.storage.findPaymentMethodsByLast4(scope, '4242', 10)).toEqual([saved]);
      expect(await w.storage.findPaymentMethodsByLast4(await w.newScope(), '4242', 10)).toEqual([]);
    });

    test('sees every attempt at an intent, newest first', async () => {
      const w = world();
      const scope = await w.newScope();
      const setupIntentId = w.next();
      const attempt = (state: 'closed' | 'asking') => aSetupAttempt({ id: w.next(), scope, setupIntentId, state });
      const [first, second] = [attempt('closed'), attempt('asking')];
      const elsewhere = aSetupAttempt({ id: w.next(), scope, setupIntentId: w.next() });
      for (const each of [first, second, elsewhere]) {
        await w.commitSurely(scope, [{ kind: 'insert_attempt', attempt: each }]);
      }
      expect(await w.storage.listAttempts(scope, setupIntentId, 10)).toEqual([second, first]);
      expect(await w.storage.listAttempts(scope, setupIntentId, 1)).toEqual([second]);
      expect(await w.storage.listAttempts({ ...scope, mode: 'live' }, setupIntentId, 10)).toEqual([]);
    });

    test('renames a merchant, and lists merchants from any one on', async () => {
      const { storage, next } = world();
      const made = [next(), next()].map((id) => ({ id, name: 'A shop', createdAt: NOON }));
      for (const merchant of made) await storage.createMerchant(merchant, []);
      const [older, newer] = made as [(typeof made)[0], (typeof made)[0]];
      expect((await storage.listMerchants(1, newer.id)).map(({ id }) => id)).toEqual([older.id]);
      expect(await storage.renameMerchant(older.id, 'Another name')).toBe(true);
      expect(await storage.renameMerchant(next(), 'Nobody')).toBe(false);
      expect(await storage.loadMerchant(older.id)).toEqual({ ...older, name: 'Another name' });
    });
  });
}
