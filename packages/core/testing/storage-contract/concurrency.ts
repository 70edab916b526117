import { describe, expect, test } from 'vitest';
import type { Change, CommitResult, Scope, SetupIntent, Uuid } from '../../src/index.js';
import { aCustomer, aPaymentMethod, aSetupAttempt, aSetupIntent } from '../builders.js';
import { anEntry, eventsOf, FIRST_PAGE, itemsOf, sealedCard, type World } from './world.js';

const WAITING = { statusIn: ['requires_payment_method'] } as const;

export function concurrencyCases(world: () => World): void {
  describe('at the same time', () => {
    test('of 64 attempts at one intent, one begins, and the others leave nothing', async () => {
      const w = world();
      const scope = await w.newScope();
      const intent = aSetupIntent({ id: w.next(), scope });
      await w.commitSurely(scope, [w.insert('setup_intent', intent)]);

      const beginnings = Array.from({ length: 64 }, () => beginning(w, scope, intent.id));
      const results = await Promise.all(beginnings.map(({ changes }) => w.commit(scope, changes)));

      expect(countsOf(results)).toEqual({ committed: 1, stale: 63 });
      const winner = beginnings[results.findIndex(({ kind }) => kind === 'committed')];
      const loaded = await w.storage.loadSetupIntent(scope, intent.id);
      expect(loaded?.intent).toMatchObject({ status: 'processing', version: 2 });
      expect(loaded?.openAttempt?.id).toBe(winner?.attemptId);
      for (const { attemptId, draftId } of beginnings) {
        const isWinner = attemptId === winner?.attemptId;
        expect((await w.storage.loadAttempt(scope, attemptId)) !== null).toBe(isWinner);
        expect((await w.storage.loadSealedCard(scope, draftId)) !== null).toBe(isWinner);
      }
    });

    test('changes that expect a status only are all made, one after the other, each with its event', async () => {
      const w = world();
      const scope = await w.newScope();
      const intent = aSetupIntent({ id: w.next(), scope });
      await w.commitSurely(scope, [w.insert('setup_intent', intent)]);

      const results = await Promise.all(
        Array.from({ length: 60 }, (_, i) => {
          const metadata = { set: { [`k${i % 20}`]: i }, remove: [] };
          return w.commit(scope, [w.update('setup_intent', intent.id, { expect: WAITING, patch: { metadata } })]);
        }),
      );

      expect(countsOf(results)).toEqual({ committed: 60 });
      const loaded = await w.storage.loadSetupIntent(scope, intent.id);
      expect(loaded?.intent.version).toBe(61);
      expect(Object.keys(loaded?.intent.metadata ?? {})).toHaveLength(20);
      expect(versionsOf(results)).toEqual(upTo(61).slice(1));
      expect((await eventsOf(w, scope, intent.id)).map(({ sequence }) => sequence)).toEqual(upTo(61));
    });

    test('of changes that expect one version, one is made', async () => {
      const w = world();
      const scope = await w.newScope();
      const customer = aCustomer({ id: w.next(), scope });
      await w.commitSurely(scope, [w.insert('customer', customer)]);
      const results = await Promise.all(
        upTo(30).map((i) =>
          w.commit(scope, [
            w.update('customer', customer.id, { expect: { version: 1 }, patch: { description: `${i}` } }),
          ]),
        ),
      );
      expect(countsOf(results)).toEqual({ committed: 1, stale: 29 });
    });

    // Each commit changes both objects or none, so their versions can never part, whichever of the two rows was
    // changed by others between a commit's reading and its writing.
    test('commits of several objects are made whole or not at all, whatever each expects and in whatever order', async () => {
      const w = world();
      const scope = await w.newScope();
      const [a, b] = [aSetupIntent({ id: w.next(), scope }), aSetupIntent({ id: w.next(), scope })];
      const customer = aCustomer({ id: w.next(), scope });
      await w.commitSurely(scope, [
        w.insert('setup_intent', a),
        w.insert('setup_intent', b),
        w.insert('customer', customer),
      ]);
      let committed = 0;
      const work = async (worker: number) => {
        for (let turn = 0; turn < 25; turn += 1) {
          const versions = await Promise.all([a, b].map(async ({ id }) => versionOf(w, scope, id)));
          const updates = [a, b].map(({ id }, i) => {
            const expectsVersion = (worker + turn + i) % 3 === 0;
            const expected = expectsVersion ? { version: versions[i] as number } : WAITING;
            return w.update('setup_intent', id, { expect: expected, patch: { description: `${worker}` } });
          });
          const changes = (worker + turn) % 2 === 0 ? updates : updates.reverse();
          const result = await w.commit(scope, [...changes, { kind: 'require_customer', id: customer.id }]);
          if (result.kind === 'committed') committed += 1;
        }
      };
      await Promise.all(upTo(8).map(work));

      expect(committed).toBeGreaterThan(0);
      for (const { id } of [a, b]) {
        expect(await versionOf(w, scope, id)).toBe(1 + committed);
        const page = { types: ['setup_intent.created', 'setup_intent.updated'], objectId: id } as const;
        const events = itemsOf(await w.storage.listEvents(scope, page, { ...FIRST_PAGE, limit: 1_000 }));
        expect(events.map(({ sequence }) => sequence).sort((x, y) => x - y)).toEqual(upTo(1 + committed));
      }
    });

    test('an attempt is ended once, with its method saved once, however many know the answer', async () => {
      const w = world();
      const scope = await w.newScope();
      for (let round = 0; round < 5; round += 1) {
        const intent = aSetupIntent({ id: w.next(), scope });
        await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
        const { changes, attemptId, draftId } = beginning(w, scope, intent.id);
        await w.commitSurely(scope, changes);
        const results = await Promise.all(
          upTo(16).map((i) => w.commit(scope, i % 2 === 0 ? approval(w, intent.id) : decline(w, intent.id))),
        );
        function approval(w: World, id: Uuid): Change[] {
          return [
            {
              kind: 'update_attempt',
              id: attemptId,
              expectVersion: 1,
              patch: { state: 'closed', outcome: 'approved' },
            },
            w.update('setup_intent', id, {
              expect: { version: 2 },
              patch: { status: 'succeeded', paymentMethodId: draftId },
            }),
            w.update('payment_method', draftId, { expect: { version: 0 }, patch: { state: 'usable' } }),
          ];
        }
        function decline(w: World, id: Uuid): Change[] {
          return [
            {
              kind: 'update_attempt',
              id: attemptId,
              expectVersion: 1,
              patch: { state: 'closed', outcome: 'declined' },
            },
            w.update('setup_intent', id, { expect: { version: 2 }, patch: { status: 'requires_payment_method' } }),
            { kind: 'delete_draft', id: draftId },
          ];
        }
        expect(countsOf(results)).toEqual({ committed: 1, stale: 15 });
        const isSaved = (await w.storage.loadSetupIntent(scope, intent.id))?.intent.status === 'succeeded';
        expect((await w.storage.loadPaymentMethod(scope, draftId)) !== null).toBe(isSaved);
        expect((await w.storage.loadSealedCard(scope, draftId)) !== null).toBe(isSaved);
        expect((await eventsOf(w, scope, intent.id)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      }
    });

    test('requests under one idempotency key do their work once', async () => {
      const w = world();
      const scope = await w.newScope();
      const entry = anEntry();
      const results = await Promise.all(
        upTo(20).map(() =>
          w.commit(scope, [w.insert('setup_intent', aSetupIntent({ id: w.next(), scope }))], {
            idempotency: { step: 'done', entry, changeIndex: 0 },
          }),
        ),
      );
      expect(countsOf(results)).toEqual({ committed: 1, key_taken: 19 });
      expect(itemsOf(await w.storage.listSetupIntents(scope, FIRST_PAGE))).toHaveLength(1);
    });

    test('a method becomes the default, or is detached, and never both', async () => {
      const w = world();
      const scope = await w.newScope();
      for (let round = 0; round < 10; round += 1) {
        const customer = aCustomer({ id: w.next(), scope });
        const method = aPaymentMethod({ id: w.next(), scope, customer: { id: customer.id, chosenId: null } });
        await w.commitSurely(scope, [w.insert('customer', customer), w.insert('payment_method', method)]);
        const [untouched, patch] = [{ version: 1 }, { state: 'detached', customer: null } as const];
        const results = await Promise.all([
          w.commit(scope, [
            w.update('customer', customer.id, { expect: untouched, patch: { defaultPaymentMethodId: method.id } }),
            { kind: 'require_payment_method', id: method.id, customerId: customer.id },
          ]),
          w.commit(scope, [
            w.update('payment_method', method.id, { expect: untouched, patch }),
            { kind: 'require_customer', id: customer.id, withoutDefault: method.id },
          ]),
        ]);
        expect(countsOf(results)).toEqual({ committed: 1, stale: 1 });
      }
    });

    test('a customer is deleted, or an intent created for them, and never one after the other was missed', async () => {
      const w = world();
      const scope = await w.newScope();
      for (let round = 0; round < 10; round += 1) {
        const customer = aCustomer({ id: w.next(), scope });
        await w.commitSurely(scope, [w.insert('customer', customer)]);
        const deletion = w.update('customer', customer.id, { expect: { version: 1 }, patch: { deletedAt: 1 } });
        const creations = upTo(5).map((): Change[] => [
          w.insert(
            'setup_intent',
            aSetupIntent({ id: w.next(), scope, customer: { id: customer.id, chosenId: null } }),
          ),
          { kind: 'require_customer', id: customer.id },
        ]);
        const [deleted, ...created] = await Promise.all(
          [[deletion], ...creations].map((each) => w.commit(scope, each)),
        );
        expect(deleted?.kind).toBe('committed');
        const open = await w.storage.listOpenSetupIntentsOfCustomer(scope, customer.id, 10);
        expect(open).toHaveLength(created.filter(({ kind }) => kind === 'committed').length);
      }
    });
  });
}

function beginning(w: World, scope: Scope, id: Uuid): { changes: Change[]; attemptId: Uuid; draftId: Uuid } {
  const draft = aPaymentMethod({ id: w.next(), scope, state: 'draft', version: 0 });
  const attempt = aSetupAttempt({ id: w.next(), scope, setupIntentId: id, paymentMethodId: draft.id });
  const patch = { status: 'processing', latestAttemptId: attempt.id } as const;
  const changes: Change[] = [
    w.update('setup_intent', id, { expect: WAITING, patch }),
    { kind: 'insert_draft', paymentMethod: draft, sealed: sealedCard(1) },
    { kind: 'insert_attempt', attempt },
  ];
  return { changes, attemptId: attempt.id, draftId: draft.id };
}

async function versionOf({ storage }: World, scope: Scope, id: Uuid): Promise<number> {
  return (await storage.loadSetupIntent(scope, id))?.intent.version ?? 0;
}

function versionsOf(results: readonly CommitResult[]): readonly number[] {
  const objects = results.flatMap((result) => (result.kind === 'committed' ? [result.objects[0] as SetupIntent] : []));
  return objects.map(({ version }) => version).sort((a, b) => a - b);
}

function countsOf(results: readonly CommitResult[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of results) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}
