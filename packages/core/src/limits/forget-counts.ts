import type { Ports } from '../ports.js';
import { CONFIRMATION_LIMITS } from './limits.js';

/** Forgets counts whose period is over, and cards that were seen before the time in which attacks are looked for. */
export function forgetCounts({ storage, clock }: Ports, limit: number): Promise<number> {
  const now = clock.now();
  return storage.deleteEndedCounts(now, now - CONFIRMATION_LIMITS.attack.windowMs, limit);
}
