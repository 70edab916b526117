import type { Instant } from '../scope.js';

const DAY_MS = 24 * 60 * 60_000;

/** Where a day ends last: UTC−12. */
const LAST_TIME_ZONE_MS = 12 * 60 * 60_000;

/** A card says which month is its last, and not where: it is good until that month has ended everywhere on earth. */
export function cardEndsAt(expMonth: number, expYear: number): Instant {
  return Date.UTC(expYear, expMonth, 1) + LAST_TIME_ZONE_MS;
}

/** Cards whose last months are from the first to the last of these, counted as 12 × year + month, and what to tell of them. */
export interface ExpiryWindow {
  readonly firstMonth: number;
  readonly lastMonth: number;
  /** How many days ahead is told; 0 for cards that have expired. */
  readonly noticeDays: number;
}

/**
 * What is to be told of which cards now. A notice of `days` is due from the day that lies so many days before the card's
 * last one, in UTC. Of several that are due the nearest to the end counts, for the others have been overtaken.
 */
export function expiryWindows(now: Instant, noticeDays: readonly number[]): readonly ExpiryWindow[] {
  const windows: ExpiryWindow[] = [];
  const farthestDays = Math.max(0, ...noticeDays);
  // The month before this one may not have ended everywhere; the one before that has.
  for (let month = monthOf(now) - 2; month <= monthOf(now + farthestDays * DAY_MS); month += 1) {
    const due = noticeFor(month, now, noticeDays);
    const before = windows.at(-1);
    if (due === null) continue;
    if (before?.noticeDays === due) windows[windows.length - 1] = { ...before, lastMonth: month };
    else windows.push({ firstMonth: due === 0 ? 0 : month, lastMonth: month, noticeDays: due });
  }
  return windows;
}

function noticeFor(month: number, now: Instant, noticeDays: readonly number[]): number | null {
  const expYear = Math.floor((month - 1) / 12);
  const expMonth = month - expYear * 12;
  if (now >= cardEndsAt(expMonth, expYear)) return 0;

  const lastDayAt = Date.UTC(expYear, expMonth, 0);
  const due = noticeDays.filter((days) => now >= lastDayAt - days * DAY_MS);
  return due.length === 0 ? null : Math.min(...due);
}

function monthOf(at: Instant): number {
  const date = new Date(at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth() + 1;
}
