import type { CardFault, Instant } from '@onfile/core';

/** A card says which month is its last, and not where: it is good until that month has ended everywhere on earth. */
export function expiryFault(expMonth: number, expYear: number, now: Instant): CardFault | null {
  const isMonth = Number.isInteger(expMonth) && expMonth >= 1 && expMonth <= 12;
  const isYear = Number.isInteger(expYear) && expYear >= 1000 && expYear <= 9999;
  if (!isMonth || !isYear) return 'card_expiry_invalid';
  if (expYear > new Date(now).getUTCFullYear() + YEARS_AHEAD_MAX) return 'card_expiry_invalid';

  const monthEndsAt = Date.UTC(expYear, expMonth, 1) + LAST_TIME_ZONE_MS;
  return now >= monthEndsAt ? 'card_expired' : null;
}

const YEARS_AHEAD_MAX = 20;

/** Where a day ends last: UTC−12. */
const LAST_TIME_ZONE_MS = 12 * 60 * 60 * 1000;
