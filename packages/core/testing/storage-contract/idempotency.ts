import { describe, expect, test } from 'vitest';
import {
  type Commit,
  type IdempotencyStep,
  type Refusal,
  refuse,
  type Scope,
  type SetupIntent,
} from '../../src/index.js';
import { aSetupAttempt, aSetupIntent, NOON } from '../builders.js';
import { anEntry, FIRST_PAGE, itemsOf, type World } from './world.js';

const REFUSAL: Refusal = refuse('setup_intent_unexpected_status', {
  status: 'succeeded',
  allowed: ['requires_action', '"\\ 日本'],
}).refusal;

export function idempotencyCases(world: () => World): void {
  describe('an idempotency key', () => {
    const { operation, key, requestDigest, expiresAt } = anEntry();

    /** Creates an intent as the whole work of a request. */
    async function create(w: World, scope: Scope, entry = anEntry(), at = NOON) {
      const intent = aSetupIntent({ id: w.next(), scope });
      const idempotency: IdempotencyStep = { step: 'done', entry, changeIndex: 0 };
      const result = await w.commit(scope, [w.insert('setup_intent', intent)], { idempotency, at });
      return { intent, kind: result.kind };
    }

    test('remembers the answer as it was then', async () => {
      const w = world();
      const scope = await w.newScope();
      expect(await w.storage.findIdempotencyRecord(scope, operation, key, NOON)).toBeNull();
      const { intent } = await create(w, scope);
      await w.commitSurely(scope, [
        w.update('setup_intent', intent.id, { expect: { version: 1 }, patch: { description: 'later' } }),
      ]);
      expect(await w.storage.findIdempotencyRecord(scope, operation, key, NOON)).toEqual({
        requestDigest,
        state: 'done',
        attemptId: null,
        answer: intent,
        answerType: 'setup_intent',
        refusal: null,
      });
    });

    test('remembers an answer that was changed, not inserted, by its place among the changes', async () => {
      const w = world();
      const scope = await w.newScope();
      const intent = aSetupIntent({ id: w.next(), scope });
      const other = aSetupIntent({ id: w.next(), scope });
      await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
      const update = w.update('setup_intent', intent.id, { expect: { version: 1 }, patch: { description: 'x' } });
      const idempotency: IdempotencyStep = { step: 'done', entry: anEntry(), changeIndex: 1 };
      const objects = await w.commitSurely(scope, [w.insert('setup_intent', other), update], { idempotency });
      const record = await w.storage.findIdempotencyRecord(scope, operation, key, NOON);
      expect(record?.answer).toEqual(objects[1]);
    });

    test('is running from the commit that begins an attempt to the one that ends it', async () => {
      const w = world();
      const scope = await w.newScope();
      const intent = aSetupIntent({ id: w.next(), scope });
      await w.commitSurely(scope, [w.insert('setup_intent', intent)]);
      const attempt = aSetupAttempt({ id: w.next(), scope, setupIntentId: intent.id });
      const begin: IdempotencyStep = { step: 'begin', entry: anEntry(), attemptId: attempt.id };
      const asked = w.update('setup_intent', intent.id, { expect: { version: 1 }, patch: { status: 'processing' } });
      await w.commitSurely(scope, [asked, { kind: 'insert_attempt', attempt }], { idempotency: begin });
      const running = { requestDigest, state: 'running', attemptId: attempt.id };
      const nothing = { answer: null, answerType: null, refusal: null };
      expect(await w.storage.findIdempotencyRecord(scope, operation, key, NOON)).toEqual({ ...running, ...nothing });

      const finish: IdempotencyStep = { step: 'finish', entry: anEntry(), changeIndex: 1 };
      const [, answer] = await w.commitSurely(
        scope,
        [
          { kind: 'update_attempt', id: attempt.id, expectVersion: 1, patch: { state: 'closed' } },
          w.update('setup_intent', intent.id, { expect: { version: 2 }, patch: { status: 'requires_payment_method' } }),
        ],
        { idempotency: finish },
      );
      expect(await w.storage.findIdempotencyRecord(scope, operation, key, NOON)).toEqual({
        ...running,
        state: 'done',
        answer: answer as SetupIntent,
        answerType: 'setup_intent',
        refusal: null,
      });
    });

    test('that is there already is key_taken, for every step, and nothing is changed', async () => {
      const w = world();
      const scope = await w.newScope();
      const { intent } = await create(w, scope);
      expect((await create(w, scope)).kind).toBe('key_taken');
      const begin: Partial<Commit> = { idempotency: { step: 'begin', entry: anEntry(), attemptId: w.next() } };
      const update = w.update('setup_intent', intent.id, { expect: { version: 1 }, patch: { status: 'processing' } });
      expect(await w.commit(scope, [update], begin)).toEqual({ kind: 'key_taken' });
      expect(itemsOf(await w.storage.listSetupIntents(scope, FIRST_PAGE))).toEqual([intent]);
    });

    test('means something else for another operation, merchant or mode', async () => {
      const w = world();
      const scope = await w.newScope();
      await create(w, scope);
      const elsewhere = [
        [scope, anEntry({ operation: 'POST /v2/customers' })],
        [await w.newScope(), anEntry()],
        [{ ...scope, mode: 'live' }, anEntry()],
        [scope, anEntry({ key: 'KEY-1' })],
      ] as const;
      for (const [otherScope, entry] of elsewhere) {
        expect(await w.storage.findIdempotencyRecord(otherScope, entry.operation, entry.key, NOON)).toBeNull();
        expect((await create(w, otherScope, entry)).kind).toBe('committed');
      }
    });

    test('is forgotten from the moment it expires: it is not found, and can be used again', async () => {
      const w = world();
      const scope = await w.newScope();
      await create(w, scope);
      expect(await w.storage.findIdempotencyRecord(scope, operation, key, expiresAt - 1)).not.toBeNull();
      expect(await w.storage.findIdempotencyRecord(scope, operation, key, expiresAt)).toBeNull();
      expect((await create(w, scope, anEntry(), expiresAt - 1)).kind).toBe('key_taken');

      const entry = anEntry({ expiresAt: expiresAt + 10, requestDigest: new Uint8Array([9]) });
      const second = await create(w, scope, entry, expiresAt);
      expect(second.kind).toBe('committed');
      expect(await w.storage.findIdempotencyRecord(scope, operation, key, expiresAt)).toMatchObject({
        requestDigest: entry.requestDigest,
        answer: second.intent,
      });
    });

    test('remembers a refusal, once, and then answers what is there', async () => {
      const w = world();
      const scope = await w.newScope();
      expect(await w.storage.recordRefusal(scope, anEntry(), REFUSAL, NOON)).toBeNull();
      const remembered = {
        requestDigest,
        state: 'done',
        attemptId: null,
        answer: null,
        answerType: null,
        refusal: REFUSAL,
      };
      const { refusal: other } = refuse('return_url_missing', {});
      const entry = anEntry({ requestDigest: new Uint8Array() });
      expect(await w.storage.recordRefusal(scope, entry, other, NOON)).toEqual(remembered);
      expect(await w.storage.findIdempotencyRecord(scope, operation, key, NOON)).toEqual(remembered);
      expect((await create(w, scope)).kind).toBe('key_taken');
    });

    test('that has an answer keeps it when a refusal comes, unless the answer has expired', async () => {
      const w = world();
      const scope = await w.newScope();
      const { intent } = await create(w, scope);
      expect(await w.storage.recordRefusal(scope, anEntry(), REFUSAL, NOON)).toMatchObject({ answer: intent });
      const later = anEntry({ expiresAt: expiresAt + 1 });
      expect(await w.storage.recordRefusal(scope, later, REFUSAL, expiresAt)).toBeNull();
      expect(await w.storage.findIdempotencyRecord(scope, operation, key, expiresAt)).toMatchObject({
        answer: null,
        answerType: null,
        refusal: REFUSAL,
      });
    });

    test('is deleted after it expired, as many at a time as wanted', async () => {
      const w = world();
      const scope = await w.newScope();
      const longAgo = Date.UTC(2001);
      for (const [i, expiry] of [1, 2, 3, 5].entries()) {
        await create(w, scope, anEntry({ key: `old-${i}`, expiresAt: longAgo + expiry }), longAgo);
      }
      const counts = [];
      for (const limit of [2, 2, 2]) counts.push(await w.storage.deleteExpiredIdempotencyRecords(longAgo + 3, limit));
      expect(counts).toEqual([2, 1, 0]);
      const left = await Promise.all(
        [0, 1, 2, 3].map((i) => w.storage.findIdempotencyRecord(scope, operation, `old-${i}`, longAgo)),
      );
      expect(left.map((record) => record !== null)).toEqual([false, false, false, true]);
    });
  });
}
