import type { Ports } from '../ports.js';
import type { Scope } from '../scope.js';
import { ATTACK_MS } from './limits.js';

/**
 * Looks for merchants whose pages are used to try cards out, and notes it: for as long as it goes on, browsers' setups have
 * to be authenticated. Answers the merchants where it begins now.
 */
export async function detectAttacks({ storage, limits, clock }: Ports): Promise<readonly Scope[]> {
  const now = clock.now();
  const signs = { live: limits.live?.attack ?? null, test: limits.test?.attack ?? null };
  return storage.noteAttacks(signs, { now, until: now + ATTACK_MS });
}
