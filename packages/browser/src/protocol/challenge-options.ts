import type { ChallengeOptions } from './messages.js';
import { type Fields, isWhole } from './read.js';

const HEIGHT_PX_MAX = 10_000;

/** The options of a challenge; `null` for anything else. */
export function parseChallengeOptions(fields: Fields | null): ChallengeOptions | null {
  const { form, heightPx, alwaysReturns } = fields ?? {};
  if (form !== 'challenge' || !isWhole(heightPx, HEIGHT_PX_MAX) || typeof alwaysReturns !== 'boolean') return null;
  return { form, heightPx, alwaysReturns };
}
