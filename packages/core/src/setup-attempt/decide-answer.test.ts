import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  aCheckoutSession,
  aCustomer,
  aPaymentMethod,
  aSetupAttempt,
  aSetupIntent,
  NOON,
  sequentialIds,
  uuid,
} from '../../testing/builders.js';
import type { Customer } from '../customer/customer.js';
import type { Approved } from '../ports/connector.js';
import type { Change, LoadedAttempt } from '../ports/storage.js';
import type { Instant } from '../scope.js';
import { decideAnswer } from './decide-answer.js';
import { ASKING_MS_MAX, AUTHENTICATION_MS_MAX } from './schedule.js';

const APPROVED: Approved = {
  kind: 'approved',
  processorReference: 'ver_1',
  networkTransactionId: 'ntx_1',
  country: 'JP',
  authenticated: true,
};
const ACTION = {
  kind: 'action_required',
  processorReference: 'ver_1',
  url: 'http://sim/3ds',
  expiresAt: null,
} as const;
const ATTEMPT_ID = uuid(20);
const SETTLED_AFTER_MS = 32_000;

const entered = aPaymentMethod({ version: 0, state: 'draft' });

function loaded(parts: Partial<LoadedAttempt> = {}): LoadedAttempt {
  return {
    attempt: aSetupAttempt(),
    intent: aSetupIntent({
      status: 'processing',
      version: 2,
      latestAttemptId: ATTEMPT_ID,
      customer: { id: uuid(40), chosenId: null },
    }),
    paymentMethod: entered,
    checkoutSession: null,
    ...parts,
  };
}

function answered(
  answer: Parameters<typeof decideAnswer>[1],
  from = loaded(),
  now: Instant = NOON,
  customerGone = false,
  defaultFor: Customer | null = null,
) {
  return decideAnswer(from, answer, {
    now,
    ids: sequentialIds(),
    settledAfterMs: SETTLED_AFTER_MS,
    customerGone,
    defaultFor,
  });
}

function intentPatch(changes: readonly Change[]) {
  const change = changes.find((each) => each.kind === 'update' && each.objectType === 'setup_intent');
  return change?.kind === 'update' && change.objectType === 'setup_intent' ? change.patch : undefined;
}

function attemptPatch(changes: readonly Change[]) {
  const change = changes.find((each) => each.kind === 'update_attempt');
  return change?.kind === 'update_attempt' ? change.patch : undefined;
}

function eventsOf(changes: readonly Change[]): string[] {
  return changes.flatMap((change) => ('event' in change ? [change.event] : [])).map(({ type }) => type);
}

describe('an approval', () => {
  test('saves the method for the customer, grants a mandate and succeeds, in one commit and in this order of events', () => {
    const changes = answered(APPROVED);
    expect(eventsOf(changes)).toEqual(['payment_method.attached', 'mandate.created', 'setup_intent.succeeded']);
    expect(intentPatch(changes)).toMatchObject({ status: 'succeeded', paymentMethodId: uuid(30), nextAction: null });
    expect(attemptPatch(changes)).toMatchObject({ state: 'closed', outcome: 'approved', nextCheckAt: null });
    expect(changes).toContainEqual({ kind: 'require_customer', id: uuid(40) });
  });

  test('gives events ids in the order in which they are announced', () => {
    const session = aCheckoutSession({ customerCreation: 'always' });
    const { intent } = loaded();
    const from = loaded({
      checkoutSession: session,
      intent: { ...intent, customer: null, checkoutSessionId: session.id },
    });
    const changes = answered(APPROVED, from);
    expect(eventsOf(changes)).toEqual([
      'customer.created',
      'payment_method.attached',
      'mandate.created',
      'setup_intent.succeeded',
      'checkout_session.completed',
    ]);
    const ids = changes.flatMap((change) => ('event' in change ? [change.event.id] : []));
    expect(ids).toEqual([...ids].sort());
  });

  test('makes the method the customer’s default where the cardholder wished it, and it is not that already', () => {
    const customer = aCustomer({ version: 4 });
    const changes = answered(APPROVED, loaded(), NOON, false, customer);
    expect(eventsOf(changes).at(-1)).toBe('customer.updated');
    const patch = { defaultPaymentMethodId: uuid(30) };
    expect(changes).toContainEqual(expect.objectContaining({ id: customer.id, expect: { version: 4 }, patch }));

    const already = aCustomer({ defaultPaymentMethodId: uuid(30) });
    expect(eventsOf(answered(APPROVED, loaded(), NOON, false, already))).not.toContain('customer.updated');
  });

  test('of a method that became another customer’s meanwhile is no success, and is undone at the processor', () => {
    const method = aPaymentMethod({ customer: { id: uuid(41), chosenId: null } });
    const { intent } = loaded();
    for (const customer of [intent.customer, null]) {
      const changes = answered(APPROVED, loaded({ intent: { ...intent, customer }, paymentMethod: method }));
      expect(intentPatch(changes)).toMatchObject({ status: 'requires_payment_method' });
      expect(attemptPatch(changes)).toMatchObject({ state: 'voiding' });
      expect(eventsOf(changes)).toEqual(['setup_intent.setup_failed']);
    }
  });

  test('without a customer creates a method that nobody owns', () => {
    const { intent } = loaded();
    const changes = answered(APPROVED, loaded({ intent: { ...intent, customer: null } }));
    expect(eventsOf(changes)).toEqual(['payment_method.created', 'mandate.created', 'setup_intent.succeeded']);
  });

  test('that lacks an authentication which was needed is no success, and is undone at the processor', () => {
    const changes = answered({ ...APPROVED, authenticated: false });
    expect(intentPatch(changes)).toMatchObject({
      status: 'requires_payment_method',
      lastSetupError: { code: 'authentication_failed' },
    });
    expect(attemptPatch(changes)).toMatchObject({ state: 'voiding', nextCheckAt: NOON });
    expect(changes).toContainEqual({ kind: 'delete_draft', id: uuid(30) });
  });

  test('without authentication succeeds for on-session use, which is authenticated when it is charged', () => {
    const { intent } = loaded();
    const from = loaded({ intent: { ...intent, usage: 'on_session' } });
    expect(intentPatch(answered({ ...APPROVED, authenticated: false }, from))).toMatchObject({ status: 'succeeded' });
  });

  test('of a saved method that was detached meanwhile is undone, and the method stays detached', () => {
    const attempt = aSetupAttempt({ paymentMethodOrigin: 'saved' });
    const changes = answered(APPROVED, loaded({ attempt, paymentMethod: aPaymentMethod({ state: 'detached' }) }));
    expect(intentPatch(changes)).toMatchObject({ status: 'requires_payment_method' });
    expect(attemptPatch(changes)).toMatchObject({ state: 'voiding' });
    expect(changes.some((change) => change.kind === 'update' && change.objectType === 'payment_method')).toBe(false);
  });

  test('for a customer who was deleted meanwhile is undone', () => {
    const changes = answered(APPROVED, loaded(), NOON, true);
    expect(intentPatch(changes)).toMatchObject({ status: 'requires_payment_method' });
    expect(attemptPatch(changes)).toMatchObject({ state: 'voiding' });
  });
});

describe('a no', () => {
  const cases = [
    // answer                                                                             outcome                  error
    [{ kind: 'declined', code: 'expired_card', processorReference: null }, 'declined', 'expired_card'],
    [{ kind: 'authentication_failed', processorReference: 'v' }, 'authentication_failed', 'authentication_failed'],
    [{ kind: 'rejected_before_processing', reason: 'refused' }, 'not_processed', 'not_processed'],
  ] as const;
  for (const [answer, outcome, code] of cases) {
    test(`${answer.kind} closes the attempt as ${outcome} and asks for another method, telling ${code}`, () => {
      const changes = answered(answer);
      expect(attemptPatch(changes)).toMatchObject({ state: 'closed', outcome, errorCode: code });
      expect(intentPatch(changes)).toMatchObject({ status: 'requires_payment_method', lastSetupError: { code } });
    });
  }

  test('discards a card that was entered for it, and keeps one that was saved before', () => {
    const declined = { kind: 'declined', code: 'card_declined', processorReference: null } as const;
    const saved = loaded({ attempt: aSetupAttempt({ paymentMethodOrigin: 'saved' }), paymentMethod: aPaymentMethod() });
    expect(answered(declined)).toContainEqual({ kind: 'delete_draft', id: uuid(30) });
    expect(answered(declined, saved).map(({ kind }) => kind)).not.toContain('delete_draft');
  });
});

describe('an authentication', () => {
  const awaiting = loaded({
    attempt: aSetupAttempt({
      state: 'awaiting_authentication',
      authenticationUrl: 'http://sim/3ds',
      authenticationDeadlineAt: NOON + AUTHENTICATION_MS_MAX,
      checks: 1,
    }),
    intent: { ...loaded().intent, status: 'requires_action' },
  });

  test('that is required sends the cardholder there, with a deadline', () => {
    const changes = answered(ACTION);
    expect(intentPatch(changes)).toMatchObject({ status: 'requires_action', nextAction: { url: 'http://sim/3ds' } });
    expect(attemptPatch(changes)).toMatchObject({
      state: 'awaiting_authentication',
      authenticationDeadlineAt: NOON + AUTHENTICATION_MS_MAX,
    });
  });

  test('that its cardholder leaves for good is over at once, and undone at the processor', () => {
    const changes = answered({ kind: 'authentication_abandoned' }, awaiting);
    expect(attemptPatch(changes)).toMatchObject({ state: 'voiding', outcome: 'abandoned', nextCheckAt: NOON });
    expect(intentPatch(changes)).toMatchObject({
      status: 'requires_payment_method',
      lastSetupError: { code: 'authentication_abandoned' },
    });
    expect(changes).toContainEqual({ kind: 'delete_draft', id: uuid(30) });
  });

  test('cannot be left while the processor has not asked for it', () => {
    expect(answered({ kind: 'authentication_abandoned' }, loaded())).toEqual([]);
  });

  test('that is not finished is waited for until its deadline, and abandoned at it', () => {
    const deadline = NOON + AUTHENTICATION_MS_MAX;
    expect(intentPatch(answered(ACTION, awaiting, deadline - 1))).toBeUndefined();
    expect(attemptPatch(answered(ACTION, awaiting, deadline - 1))).toMatchObject({ nextCheckAt: deadline });
    expect(intentPatch(answered(ACTION, awaiting, deadline))).toMatchObject({
      status: 'requires_payment_method',
      lastSetupError: { code: 'authentication_abandoned' },
    });
  });

  test('that was passed succeeds', () => {
    expect(intentPatch(answered(APPROVED, awaiting))).toMatchObject({ status: 'succeeded' });
  });
});

describe('an answer that is not known', () => {
  test('never becomes a no: it is asked for again, later each time', () => {
    const delays = [0, 1, 2, 3, 4, 5].map((checks) => {
      const patch = attemptPatch(
        answered({ kind: 'unknown', reason: 'x' }, loaded({ attempt: aSetupAttempt({ checks }) })),
      );
      return (patch?.nextCheckAt ?? 0) - NOON;
    });
    expect(delays).toEqual([15_000, 60_000, 300_000, 900_000, 3_600_000, 3_600_000]);
  });

  test('after seven days is for a person to look at, and still decides nothing', () => {
    const changes = answered({ kind: 'unknown', reason: 'x' }, loaded(), NOON + ASKING_MS_MAX);
    expect(attemptPatch(changes)).toEqual({ state: 'needs_review', nextCheckAt: null });
    expect(intentPatch(changes)).toBeUndefined();
  });

  test('"not found" is believed after the settling time and on the second reading', () => {
    const reads = (notFoundReads: number) => loaded({ attempt: aSetupAttempt({ notFoundReads }) });
    const settled = NOON + SETTLED_AFTER_MS;
    const early = attemptPatch(answered({ kind: 'not_found' }, reads(1), NOON + 5_000));
    expect(early).toMatchObject({ notFoundReads: 0, nextCheckAt: settled });
    expect(attemptPatch(answered({ kind: 'not_found' }, reads(0), settled))).toMatchObject({ notFoundReads: 1 });
    expect(attemptPatch(answered({ kind: 'not_found' }, reads(1), settled))).toMatchObject({
      outcome: 'not_processed',
    });
  });

  test('a verification that was not found twice is voided, since a process that slept may still ask for it', () => {
    const from = loaded({ attempt: aSetupAttempt({ notFoundReads: 1 }) });
    const at = NOON + SETTLED_AFTER_MS;
    const changes = answered({ kind: 'not_found' }, from, at);
    expect(attemptPatch(changes)).toMatchObject({ state: 'voiding', outcome: 'not_processed', nextCheckAt: at });
    expect(intentPatch(changes)).toMatchObject({ status: 'requires_payment_method' });
    expect(changes).toContainEqual({ kind: 'delete_draft', id: aSetupAttempt().paymentMethodId });
  });
});

const anyAnswer = fc.constantFrom<Parameters<typeof decideAnswer>[1]>(
  APPROVED,
  { ...APPROVED, authenticated: false },
  ACTION,
  { kind: 'declined', code: 'card_declined', processorReference: null },
  { kind: 'authentication_failed', processorReference: 'v' },
  { kind: 'rejected_before_processing', reason: 'r' },
  { kind: 'not_found' },
  { kind: 'unknown', reason: 'r' },
  { kind: 'authentication_abandoned' },
);

describe('whatever a processor says', () => {
  test('changes nothing about an attempt that is over, or that is not the latest', () => {
    const over = fc.constantFrom(
      loaded({ attempt: aSetupAttempt({ state: 'closed', outcome: 'approved' }) }),
      loaded({ attempt: aSetupAttempt({ state: 'voiding', outcome: 'superseded' }) }),
      loaded({ intent: { ...loaded().intent, latestAttemptId: uuid(21) } }),
    );
    fc.assert(
      fc.property(over, anyAnswer, fc.nat(), (from, answer, ms) => {
        expect(answered(answer, from, NOON + ms)).toEqual([]);
      }),
    );
  });

  test('success comes with an approval, a method, and a mandate, or not at all', () => {
    fc.assert(
      fc.property(anyAnswer, fc.nat({ max: 2 * ASKING_MS_MAX }), (answer, ms) => {
        const changes = answered(answer, loaded(), NOON + ms);
        if (intentPatch(changes)?.status !== 'succeeded') return;
        expect(answer).toBe(APPROVED);
        expect(intentPatch(changes)?.paymentMethodId).toBe(uuid(30));
        expect(eventsOf(changes)).toContain('mandate.created');
        expect(attemptPatch(changes)?.outcome).toBe('approved');
      }),
    );
  });
});
