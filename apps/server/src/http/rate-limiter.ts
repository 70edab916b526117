import type { Clock } from '@onfile/core';
import type { RateLimits } from '@onfile/dialects';

export interface Standing {
  readonly isOver: boolean;
  /** Of the window that has the fewest requests left. */
  readonly remaining: number;
  /** When that window starts anew, in seconds since 1970. */
  readonly resetAt: number;
}

export interface RateLimiter {
  /** Counts one request, unless there were too many already. */
  count(name: string): Standing;
}

/** Names are forgotten with their slot of time; more than these at once are not counted apart. */
const NAMES_MAX = 50_000;
const ALL_OTHERS = 'all others';

/** Counts in this process's memory: with several processes a caller may have that many times as many requests. */
export function createRateLimiter(windows: RateLimits['windows'], clock: Clock): RateLimiter {
  const counters = windows.map((window) => ({ ...window, slot: -1, counts: new Map<string, number>() }));
  return {
    count(name) {
      const nowSeconds = Math.floor(clock.now() / 1_000);
      const slots = counters.map((counter) => enterSlot(counter, nowSeconds));
      const places = slots.map((counter) => ({ counter, as: placeFor(counter, name) }));
      const isOver = places.some(({ counter, as }) => (counter.counts.get(as) ?? 0) >= counter.requests);
      if (!isOver) for (const { counter, as } of places) counter.counts.set(as, (counter.counts.get(as) ?? 0) + 1);

      const standings = places.map(({ counter, as }) => ({
        isOver,
        remaining: counter.requests - (counter.counts.get(as) ?? 0),
        resetAt: (counter.slot + 1) * counter.seconds,
      }));
      return standings.reduce((least, each) => (each.remaining < least.remaining ? each : least));
    },
  };
}

interface Counter {
  readonly requests: number;
  readonly seconds: number;
  slot: number;
  readonly counts: Map<string, number>;
}

function enterSlot(counter: Counter, nowSeconds: number): Counter {
  const slot = Math.floor(nowSeconds / counter.seconds);
  if (slot !== counter.slot) {
    counter.slot = slot;
    counter.counts.clear();
  }
  return counter;
}

function placeFor({ counts }: Counter, name: string): string {
  return counts.has(name) || counts.size < NAMES_MAX ? name : ALL_OTHERS;
}
