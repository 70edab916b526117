import type { Instant } from '../scope.js';

/** How many confirmations of a setup intent may begin, where its creator did not say; then it ends. */
export const ATTEMPTS_PER_SETUP_MAX = 5;
/** How many different cards may be tried on one setup intent; then it ends. */
export const CARDS_PER_SETUP_MAX = 3;

/** At most so many in a period, which begins with the first. */
export interface CountPerPeriod {
  readonly max: number;
  readonly periodMs: number;
}

/** So many an hour for as long as one likes, and so many at once after a rest. */
export interface Rate {
  readonly perHour: number;
  readonly burst: number;
}

/** How many confirmations may begin, besides those of one setup intent. */
export interface ConfirmationLimits {
  /** From one address of a browser; an IPv6 network of 64 bits counts as one. */
  readonly perAddress: CountPerPeriod;
  readonly perCard: CountPerPeriod;
  /** Of one card at all merchants of this installation. */
  readonly perCardEverywhere: CountPerPeriod;
  /** Unless the merchant has a rate of its own. */
  readonly perMerchant: Rate;
  readonly attack: AttackSigns;
}

/** When a merchant's pages count as used to try cards out. */
export interface AttackSigns {
  /** At least so many verifications of cards that were typed in, within the window. */
  readonly verificationsMin: number;
  /** With more different cards than these. */
  readonly cardsAbove: number;
  readonly windowMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const CONFIRMATION_LIMITS: ConfirmationLimits = {
  perAddress: { max: 10, periodMs: 10 * MINUTE_MS },
  perCard: { max: 5, periodMs: DAY_MS },
  perCardEverywhere: { max: 10, periodMs: DAY_MS },
  perMerchant: { perHour: 600, burst: 60 },
  attack: { verificationsMin: 50, cardsAbove: 20, windowMs: 10 * MINUTE_MS },
};

/** How long an attack is taken to go on after its last sign. */
export const ATTACK_MS = 10 * MINUTE_MS;

/** The same limits so many times as high; with 0 there are none. */
export function multipliedLimits(factor: number): ConfirmationLimits | null {
  if (factor === 0) return null;
  const { perAddress, perCard, perCardEverywhere, perMerchant, attack } = CONFIRMATION_LIMITS;
  const higher = ({ max, periodMs }: CountPerPeriod) => ({ max: max * factor, periodMs });
  return {
    perAddress: higher(perAddress),
    perCard: higher(perCard),
    perCardEverywhere: higher(perCardEverywhere),
    perMerchant: { perHour: perMerchant.perHour * factor, burst: perMerchant.burst * factor },
    attack: {
      verificationsMin: attack.verificationsMin * factor,
      cardsAbove: attack.cardsAbove * factor,
      windowMs: attack.windowMs,
    },
  };
}

export type LimitName = 'address' | 'cards_of_setup' | 'card' | 'card_everywhere' | 'merchant' | 'attack';

/** What is counted before a commit may happen, under a subject's name. Only `card_everywhere` is counted across merchants. */
export type CountedLimit = { readonly name: Exclude<LimitName, 'attack'>; readonly subject: string } & (
  | ({ readonly kind: 'count' } & CountPerPeriod)
  /** Counts different members. */
  | ({ readonly kind: 'members'; readonly member: string } & CountPerPeriod)
  | ({ readonly kind: 'rate' } & Rate)
);

export interface LimitReached {
  readonly kind: 'limited';
  readonly limit: LimitName;
  /** When it may be tried again. */
  readonly retryAt: Instant;
}
