import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aSetupIntent, NOON, uuid } from '../../testing/builders.js';
import { SETUP_INTENT_STATUSES, type SetupIntent, type SetupIntentStatus } from './setup-intent.js';
import { COMMANDS, type Command, decide, guard, type Mover } from './transitions.js';

const NO = 'setup_intent_unexpected_status';
const STAYS = 'stays';

const TABLE: Record<SetupIntentStatus, Record<Command, string>> = {
  // biome-ignore format: a table, a line for each status
  requires_payment_method: { note: STAYS, revise: STAYS, choose_method: 'requires_confirmation', enter_card: 'requires_confirmation', start_over: 'requires_payment_method', confirm: 'processing', require_action: NO,                succeed: NO,          fail: NO,                        cancel: 'canceled', expire: 'canceled' },
  // biome-ignore format: as above
  requires_confirmation:   { note: STAYS, revise: STAYS, choose_method: 'requires_confirmation', enter_card: 'requires_confirmation', start_over: 'requires_payment_method', confirm: 'processing', require_action: NO,                succeed: NO,          fail: NO,                        cancel: 'canceled', expire: 'canceled' },
  // biome-ignore format: as above
  requires_action:         { note: STAYS, revise: NO,    choose_method: NO,                      enter_card: NO,                      start_over: NO,                        confirm: 'processing', require_action: NO,                succeed: 'succeeded', fail: 'requires_payment_method', cancel: 'canceled', expire: 'canceled' },
  // biome-ignore format: as above
  processing:              { note: NO,    revise: NO,    choose_method: NO,                      enter_card: NO,                      start_over: NO,                        confirm: NO,           require_action: 'requires_action', succeed: 'succeeded', fail: 'requires_payment_method', cancel: NO,         expire: NO },
  // biome-ignore format: as above
  succeeded:               { note: NO,    revise: NO,    choose_method: NO,                      enter_card: NO,                      start_over: NO,                        confirm: NO,           require_action: NO,                succeed: NO,          fail: NO,                        cancel: NO,         expire: NO },
  // biome-ignore format: as above
  canceled:                { note: NO,    revise: NO,    choose_method: NO,                      enter_card: NO,                      start_over: NO,                        confirm: NO,           require_action: NO,                succeed: NO,          fail: NO,                        cancel: NO,         expire: NO },
};

function outcomeOf(intent: SetupIntent, command: Command, by: Mover = 'merchant', now = NOON): string {
  const decision = decide(intent, command, { by, now });
  return decision.kind === 'refused' ? decision.refusal.code : (decision.patch.status ?? STAYS);
}

describe('every status by every command', () => {
  for (const status of SETUP_INTENT_STATUSES) {
    for (const command of COMMANDS) {
      const outcome = TABLE[status][command];
      test(`${command} on an intent that is ${status} gives ${outcome}`, () => {
        expect(outcomeOf(aSetupIntent({ status }), command)).toBe(outcome);
      });
    }
  }
});

describe('an intent that a checkout session drives', () => {
  const OWNED = 'setup_intent_owned_by_checkout_session';
  const cases = [
    // command          by          in                        gives
    ['confirm', 'merchant', 'requires_payment_method', OWNED],
    ['confirm', 'browser', 'requires_payment_method', OWNED],
    ['confirm', 'session', 'requires_payment_method', 'processing'],
    ['cancel', 'merchant', 'requires_payment_method', OWNED],
    ['cancel', 'merchant', 'succeeded', OWNED],
    ['revise', 'merchant', 'requires_payment_method', OWNED],
    ['choose_method', 'merchant', 'requires_payment_method', OWNED],
    ['enter_card', 'browser', 'requires_payment_method', OWNED],
    ['start_over', 'merchant', 'requires_payment_method', OWNED],
    ['note', 'merchant', 'requires_payment_method', STAYS],
    ['expire', 'session', 'requires_action', 'canceled'],
    ['succeed', 'system', 'processing', 'succeeded'],
    ['fail', 'system', 'requires_action', 'requires_payment_method'],
  ] as const;
  for (const [command, by, status, outcome] of cases) {
    test(`${command} by the ${by} in ${status} gives ${outcome}`, () => {
      expect(outcomeOf(aSetupIntent({ status, checkoutSessionId: uuid(50) }), command, by)).toBe(outcome);
    });
  }
});

describe('an intent whose time is up', () => {
  const cases = [
    // command        a moment before the limit   at the limit
    ['note', STAYS, 'setup_intent_expired'],
    ['enter_card', 'requires_confirmation', 'setup_intent_expired'],
    ['start_over', 'requires_payment_method', 'setup_intent_expired'],
    ['confirm', 'processing', 'setup_intent_expired'],
    ['cancel', 'canceled', 'setup_intent_expired'],
    ['expire', 'canceled', 'canceled'],
  ] as const;
  for (const [command, before, at] of cases) {
    test(`${command} gives ${before} before its limit and ${at} from then on`, () => {
      const intent = aSetupIntent({ expiresAt: NOON + 1 });
      expect(outcomeOf(intent, command, 'system', NOON)).toBe(before);
      expect(outcomeOf(intent, command, 'system', NOON + 1)).toBe(at);
    });
  }

  test('counts what the processor said, whenever it comes', () => {
    expect(outcomeOf(aSetupIntent({ status: 'processing', expiresAt: NOON }), 'succeed', 'system')).toBe('succeeded');
  });
});

const anyStatus = fc.constantFrom(...SETUP_INTENT_STATUSES);
const anyCommand = fc.constantFrom(...COMMANDS);
const anyMover = fc.constantFrom<Mover>('merchant', 'browser', 'session', 'system');
const anyIntent = fc
  .record({
    status: anyStatus,
    checkoutSessionId: fc.constantFrom(null, uuid(50)),
    expiresAt: fc.constantFrom(null, NOON - 1, NOON, NOON + 1),
  })
  .map(aSetupIntent);

describe('whatever happens', () => {
  test('an intent that has ended accepts nothing more', () => {
    const anyEnded = anyIntent.filter(({ status }) => status === 'succeeded' || status === 'canceled');
    fc.assert(
      fc.property(anyEnded, anyCommand, anyMover, fc.integer(), (intent, command, by, now) => {
        expect(decide(intent, command, { by, now }).kind).toBe('refused');
      }),
    );
  });

  test('a guard lets pass exactly what the decision lets pass, so that storage may check it without loading', () => {
    fc.assert(
      fc.property(anyIntent, anyCommand, anyMover, (intent, command, by) => {
        const expectation = guard(command, { by, now: NOON });
        expect(holds(expectation, intent)).toBe(decide(intent, command, { by, now: NOON }).kind === 'moved');
      }),
    );
  });

  test('no sequence of commands leaves the six statuses, or goes on after an end', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyCommand, anyMover), { maxLength: 40 }), (steps) => {
        let intent = aSetupIntent();
        const path: SetupIntentStatus[] = [intent.status];
        for (const [command, by] of steps) {
          const decision = decide(intent, command, { by, now: NOON });
          if (decision.kind === 'refused' || !decision.patch.status) continue;
          intent = { ...intent, status: decision.patch.status };
          path.push(intent.status);
        }
        const ends = path.filter((status) => status === 'succeeded' || status === 'canceled');
        expect(ends.length).toBeLessThanOrEqual(1);
        if (ends.length === 1) expect(path.at(-1)).toBe(ends[0]);
        if (path.includes('succeeded')) expect(path).toContain('processing');
      }),
    );
  });
});

function holds(expectation: ReturnType<typeof guard>, intent: SetupIntent): boolean {
  if ('version' in expectation) return expectation.version === intent.version;
  const { statusIn, withoutCheckoutSession, notExpiredAt } = expectation;
  return (
    statusIn.includes(intent.status) &&
    (!withoutCheckoutSession || intent.checkoutSessionId === null) &&
    (notExpiredAt === undefined || intent.expiresAt === null || intent.expiresAt > notExpiredAt)
  );
}
