import { type FaultRates, NO_FAULTS } from './activity.js';
import { type SeededRandom, seededRandom, seedOf } from './random.js';

/** What clients ask for, each a request of its own. */
const REQUESTS = [
  'create',
  'create_for_customer',
  'create_and_confirm',
  'confirm_card',
  'confirm_saved',
  'confirm_current',
  'enter_card',
  'note',
  'revise',
  'cancel',
  'retrieve',
  'authenticate',
  'return',
  'abandon',
  'create_session',
  'confirm_session',
  'expire_session',
  'note_session',
  'create_customer',
  'find_or_create_customer',
  'update_customer',
  'delete_customer',
  'retrieve_customer',
  'create_method',
  'attach',
  'detach',
  'release',
  'retrieve_method',
  'revoke_mandate',
] as const;

/** What workers do again and again. */
export const JOBS = ['resume', 'expire', 'deliver', 'forget_idle_cards', 'forget_unused_methods'] as const;

export type OperationKind = (typeof REQUESTS)[number] | (typeof JOBS)[number];

/** One thing that one client does. All of its luck comes from its own seed, so that it has the same without the others. */
export interface PlannedOperation {
  readonly client: number;
  readonly kind: OperationKind;
  readonly seed: number;
  readonly waitMs: number;
  readonly isKeyed: boolean;
  /** Sent twice at once. */
  readonly isDoubled: boolean;
  /** How often it is sent again when no answer comes. */
  readonly patience: number;
  readonly hasFaults: boolean;
}

export interface Plan {
  readonly seed: number;
  readonly operations: readonly PlannedOperation[];
  readonly rates: FaultRates;
  readonly crashes: readonly { readonly atMs: number; readonly process: number }[];
  /** The processor goes away for good at this moment. */
  readonly processorLeavesAtMs: number | null;
  readonly isLimited: boolean;
  /** A worker does its jobs every few seconds while clients ask, as in production, and not only when a client's turn comes. */
  readonly worker: 'none' | 'steady' | 'faulty';
}

export const PROCESS_COUNT = 3;
const OPERATIONS_MIN = 10;
const OPERATIONS_MAX = 60;

/**
 * A history to try. Which requests and faults it has, and how many, is drawn first: histories that have few kinds of them
 * go deeper into those than ones that have a little of each.
 */
export function planHistory(seed: number): Plan {
  const random = seededRandom(seed);
  const clientCount = 2 + random.below(7);
  const count = OPERATIONS_MIN + random.below(OPERATIONS_MAX - OPERATIONS_MIN + 1);
  const kinds = kindsOf(random);
  const pace = random.pick([50, 500, 5_000, 60_000]);
  const keyed = random.fraction();
  const operations = Array.from(
    { length: count },
    (_, index): PlannedOperation => ({
      client: index % clientCount,
      kind: index === 0 ? 'create' : random.pick(kinds),
      seed: seedOf(seed, index),
      waitMs: waitOf(random, pace),
      isKeyed: random.chance(keyed),
      isDoubled: random.chance(0.12),
      patience: random.below(3),
      hasFaults: true,
    }),
  );
  return {
    seed,
    operations,
    rates: ratesOf(random),
    crashes: Array.from({ length: random.below(4) }, () => ({
      atMs: random.fraction() * pace * (count / clientCount),
      process: random.below(PROCESS_COUNT),
    })),
    processorLeavesAtMs: random.chance(0.01) ? random.fraction() * pace * 5 : null,
    isLimited: random.chance(0.2),
    worker: random.pick(['none', 'none', 'steady', 'faulty']),
  };
}

/** What the main path is made of always, of the others some: with repetitions, so that some are many. */
function kindsOf(random: SeededRandom): readonly OperationKind[] {
  const others = [...REQUESTS, ...JOBS].filter(() => random.chance(0.3));
  return [...MAIN_PATH, ...others, ...others.filter(() => random.chance(0.4))];
}

const MAIN_PATH: readonly OperationKind[] = [
  'create',
  'confirm_card',
  'confirm_card',
  'confirm_card',
  'authenticate',
  'authenticate',
  'resume',
  'deliver',
];

function waitOf(random: SeededRandom, pace: number): number {
  if (random.chance(0.3)) return random.fraction() * 20;
  return random.fraction() * pace;
}

function ratesOf(random: SeededRandom): FaultRates {
  if (random.chance(0.15)) return NO_FAULTS;
  const rate = (high: number) => (random.chance(0.6) ? random.fraction() * high : 0);
  return {
    storage: rate(0.15),
    processor: rate(0.6),
    receiver: rate(0.5),
    lostReply: rate(0.2),
    freeze: rate(0.08),
  };
}
