import { type CardFault, cardEndsAt, type Instant } from '@onfile/core';

export function expiryFault(expMonth: number, expYear: number, now: Instant): CardFault | null {
  const isMonth = Number.isInteger(expMonth) && expMonth >= 1 && expMonth <= 12;
  const isYear = Number.isInteger(expYear) && expYear >= 1000 && expYear <= 9999;
  if (!isMonth || !isYear) return 'card_expiry_invalid';
  if (expYear > new Date(now).getUTCFullYear() + YEARS_AHEAD_MAX) return 'card_expiry_invalid';

  return now >= cardEndsAt(expMonth, expYear) ? 'card_expired' : null;
}

const YEARS_AHEAD_MAX = 20;
