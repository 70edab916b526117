import type { SetupIntent, Uuid } from '@onfile/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, confirmation, newIntent, startWorld, type World } from './world.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LIMIT = 100;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const STEPS = [
  'enter a card',
  'confirm that card',
  'confirm a new card',
  'the reply is lost',
  'the request is lost',
  'the processor is away',
  'the processor is back',
  'the cardholder passes',
  'the cardholder fails',
  'cancel',
  'detach',
  'a minute passes',
  'an hour passes',
  'a day passes',
  'jobs run',
] as const;
type Step = (typeof STEPS)[number];

/** Cards are entered more often than anything else happens to them. */
const anyStep = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Step>('enter a card') },
  { weight: 4, arbitrary: fc.constantFrom(...STEPS) },
);

const FAULTS: Partial<Record<Step, Parameters<World['connector']['script']>[1]>> = {
  'the reply is lost': 'lose_reply',
  'the request is lost': 'hang',
};

/** One step of a history of one setup intent; what is refused at this moment is refused. */
async function take(step: Step, id: Uuid): Promise<void> {
  const { operations, connector } = world;
  const { setupIntents } = operations;
  const call = world.call();
  const card = () => world.card('4242424242424242', { expMonth: 12, expYear: 2035 });
  const intent = accepted(await setupIntents.retrieve(world.scope, id));
  const fault = FAULTS[step];
  if (fault) connector.script('verify', fault);
  if (step === 'enter a card') {
    const consent = { textVersion: null, language: null };
    await setupIntents.enterCard(call, id, { by: 'browser', usage: intent.usage, consent, card: card() });
  }
  if (step === 'confirm that card') {
    const method = { kind: 'draft', paymentMethodId: null } as const;
    await setupIntents.confirm(call, id, { ...confirmation(card()), method });
  }
  if (step === 'confirm a new card') await setupIntents.confirm(call, id, confirmation(card()));
  if (step === 'the processor is away') connector.isReachable = false;
  if (step === 'the processor is back') connector.isReachable = true;
  if (step === 'the cardholder passes') connector.authenticate(intent.latestAttemptId ?? '', 'pass');
  if (step === 'the cardholder fails') connector.authenticate(intent.latestAttemptId ?? '', 'fail');
  if (step === 'cancel') await setupIntents.cancel(call, id, null);
  if (step === 'detach') await detach(intent);
  if (step === 'a minute passes') world.pass(MINUTE_MS);
  if (step === 'an hour passes') world.pass(HOUR_MS);
  if (step === 'a day passes') world.pass(DAY_MS);
  if (step === 'jobs run') await runJobs();
}

async function detach({ paymentMethodId }: SetupIntent): Promise<void> {
  if (paymentMethodId === null) return;
  await world.operations.paymentMethods.release(world.call(), paymentMethodId, { customerId: null });
}

async function runJobs(): Promise<void> {
  const { jobs } = world.operations;
  await jobs.resumeAttempts(LIMIT);
  await jobs.expire(LIMIT);
  await jobs.forgetIdleCards(LIMIT);
}

/** Cards whose number is kept, each with why it may be, or with nothing. */
const KEPT = `
  SELECT p.state AS method, p.created_at, a.state AS attempt, i.status AS intent
  FROM sealed_cards AS c
  LEFT JOIN payment_methods AS p ON p.merchant_id = c.merchant_id AND p.livemode = c.livemode AND p.id = c.payment_method_id
  LEFT JOIN setup_attempts AS a ON a.merchant_id = c.merchant_id AND a.payment_method_id = c.payment_method_id
    AND a.state IN ('asking', 'awaiting_authentication', 'needs_review')
  LEFT JOIN setup_intents AS i ON i.merchant_id = c.merchant_id
    AND (i.draft ->> 'paymentMethodId')::uuid = c.payment_method_id`;

/** Methods and attempts that need a number which is not there. */
const MISSING = `
  SELECT p.id FROM payment_methods AS p
  LEFT JOIN sealed_cards AS c ON c.merchant_id = p.merchant_id AND c.livemode = p.livemode AND c.payment_method_id = p.id
  WHERE c.payment_method_id IS NULL AND p.state <> 'detached'
  UNION ALL
  SELECT a.id FROM setup_attempts AS a
  LEFT JOIN sealed_cards AS c ON c.merchant_id = a.merchant_id AND c.payment_method_id = a.payment_method_id
  WHERE c.payment_method_id IS NULL AND a.state IN ('asking', 'awaiting_authentication', 'needs_review')
    AND NOT EXISTS (SELECT FROM payment_methods AS d WHERE d.id = a.payment_method_id AND d.state = 'detached')`;

function mayBeKept({ method, attempt, intent, created_at: createdAt }: Record<string, unknown>): boolean {
  if (method === 'usable') return true;
  const isYoung = world.now() - (createdAt as Date).getTime() < DAY_MS;
  return method === 'draft' && (attempt !== null || (intent !== null && isYoung));
}

describe('whatever happens to a setup', () => {
  test('no card number outlives it by a day, and none is gone that may still be charged or looked up', async () => {
    const anyHistory = fc.record({
      steps: fc.array(anyStep, { minLength: 1, maxLength: 12 }),
      usage: fc.constantFrom('on_session' as const, 'off_session' as const),
      lifetimeMs: fc.constantFrom(null, 30 * MINUTE_MS),
    });
    await fc.assert(
      fc.asyncProperty(anyHistory, async ({ steps, usage, lifetimeMs }) => {
        const expiresAt = lifetimeMs === null ? null : world.now() + lifetimeMs;
        const input = newIntent({ usage, expiresAt });
        const { id } = accepted(await world.operations.setupIntents.create(world.call(), input));
        for (const step of steps) {
          await take(step, id);
          expect(await world.query(MISSING)).toEqual([]);
          const kept = await world.query(KEPT);
          if (step === 'jobs run') expect(kept.filter((card) => !mayBeKept(card))).toEqual([]);
        }
        world.connector.isReachable = true;
        for (let hours = 0; hours < 26; hours += 2) {
          world.pass(2 * HOUR_MS);
          await runJobs();
        }
        const kept = await world.query(KEPT);
        expect(kept.filter(({ method }) => method !== 'usable')).toEqual([]);
        expect(await world.query(MISSING)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
