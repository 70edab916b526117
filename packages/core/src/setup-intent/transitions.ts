import type { EventType } from '../event/event.js';
import type { Expectation, Patch } from '../ports/storage.js';
import { firstRefusal, type Refused, refuse } from '../refusals.js';
import type { Instant } from '../scope.js';
import type { SetupIntent, SetupIntentStatus } from './setup-intent.js';

/** Who moves a setup intent: its merchant, a cardholder's browser, the hosted page of its session, or we ourselves. */
export type Mover = 'merchant' | 'browser' | 'session' | 'system';

interface Move {
  readonly from: readonly SetupIntentStatus[];
  /** `null` leaves the status as it is. */
  readonly to: SetupIntentStatus | null;
  readonly event: EventType<'setup_intent'>;
  /** Who may make it when a checkout session drives the intent. Without a session, whoever is allowed in may. */
  readonly withSession: readonly Mover[];
}

const WAITING = ['requires_payment_method', 'requires_confirmation'] as const;
const OPEN = [...WAITING, 'requires_action'] as const;
const ASKED = ['processing', 'requires_action'] as const;

/**
 * The state machine of a setup intent: what may happen to it, in which statuses, and what becomes of it. A move is data,
 * so that the core applies it in memory ({@link decide}) and storage applies the same one in a single guarded statement
 * ({@link guard}).
 */
export const MOVES = {
  /** Description and metadata. */
  note: { from: OPEN, to: null, event: 'setup_intent.updated', withSession: ['merchant'] },
  /** Customer, payment method types, 3-D Secure. */
  revise: { from: WAITING, to: null, event: 'setup_intent.updated', withSession: [] },
  choose_method: { from: WAITING, to: 'requires_confirmation', event: 'setup_intent.updated', withSession: [] },
  /** A card is entered ahead of the confirmation. */
  enter_card: { from: WAITING, to: 'requires_confirmation', event: 'setup_intent.updated', withSession: [] },
  /** As `revise`, and a card that was entered before goes. */
  start_over: { from: WAITING, to: 'requires_payment_method', event: 'setup_intent.updated', withSession: [] },
  /** In `requires_action` it gives up the attempt that waits for the cardholder. */
  confirm: { from: OPEN, to: 'processing', event: 'setup_intent.processing', withSession: ['session'] },
  require_action: {
    from: ['processing'],
    to: 'requires_action',
    event: 'setup_intent.requires_action',
    withSession: ['system'],
  },
  succeed: { from: ASKED, to: 'succeeded', event: 'setup_intent.succeeded', withSession: ['system'] },
  fail: { from: ASKED, to: 'requires_payment_method', event: 'setup_intent.setup_failed', withSession: ['system'] },
  cancel: { from: OPEN, to: 'canceled', event: 'setup_intent.canceled', withSession: [] },
  expire: { from: OPEN, to: 'canceled', event: 'setup_intent.canceled', withSession: ['session'] },
} as const satisfies Record<string, Move>;

export type Command = keyof typeof MOVES;

export const COMMANDS = Object.keys(MOVES) as readonly Command[];

/** Commands of outsiders, which an intent refuses once its time is up. What the processor said counts whenever it comes. */
const WITHIN_TIME: readonly Command[] = [
  'note',
  'revise',
  'choose_method',
  'enter_card',
  'start_over',
  'confirm',
  'cancel',
];

export interface Moved {
  readonly kind: 'moved';
  readonly patch: Patch<SetupIntent>;
  readonly event: EventType<'setup_intent'>;
}

/**
 * Whether this command may happen to this intent now, and what it sets. `patch` is what the command sets besides the
 * status. Refuses with `setup_intent_owned_by_checkout_session`, `setup_intent_unexpected_status`, `setup_intent_expired`.
 */
export function decide(
  intent: SetupIntent,
  command: Command,
  context: { readonly by: Mover; readonly now: Instant; readonly patch?: Patch<SetupIntent> },
): Moved | Refused {
  const move: Move = MOVES[command];
  const refused = firstRefusal([
    refuseOwned(intent, move, context.by),
    refuseStatus(intent, move),
    refuseExpired(intent, command, context.now),
  ]);
  if (refused) return refused;

  return { kind: 'moved', patch: patchFor(command, context.patch), event: move.event };
}

/** What has to hold for the same command on an intent that was not loaded: its status, owner and time, checked by storage. */
export function guard(command: Command, { by, now }: { readonly by: Mover; readonly now: Instant }): Expectation {
  const move: Move = MOVES[command];
  return {
    statusIn: move.from,
    withoutCheckoutSession: !move.withSession.includes(by),
    ...(WITHIN_TIME.includes(command) && { notExpiredAt: now }),
  };
}

export function patchFor(command: Command, patch: Patch<SetupIntent> = {}): Patch<SetupIntent> {
  const { to } = MOVES[command] as Move;
  return to === null ? patch : { ...patch, status: to };
}

function refuseOwned(intent: SetupIntent, move: Move, by: Mover): Refused | null {
  const { checkoutSessionId } = intent;
  if (checkoutSessionId === null || move.withSession.includes(by)) return null;
  return refuse('setup_intent_owned_by_checkout_session', { checkoutSessionId });
}

function refuseStatus(intent: SetupIntent, move: Move): Refused | null {
  if (move.from.includes(intent.status)) return null;
  return refuse('setup_intent_unexpected_status', { status: intent.status, allowed: move.from });
}

function refuseExpired({ expiresAt }: SetupIntent, command: Command, now: Instant): Refused | null {
  if (expiresAt === null || now < expiresAt || !WITHIN_TIME.includes(command)) return null;
  return refuse('setup_intent_expired', { expiresAt });
}
