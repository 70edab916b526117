import { isBlank, isDash } from '@onfile/core';

/** A month of a year: `month` 1 to 12, `year` with four digits. */
export interface YearMonth {
  readonly year: number;
  readonly month: number;
}

/**
 * `unreadable`: no month and year can be seen in it. `no_such_month`: it reads as a date, but of a month that there is
 * not. `past`: the card has expired. `too_far`: more than 20 years ahead, which no card is.
 */
export type ExpiryProblem = 'required' | 'unreadable' | 'no_such_month' | 'past' | 'too_far';

export type ExpiryEntry =
  | { readonly expiry: YearMonth; readonly problem: null }
  | { readonly expiry: null; readonly problem: ExpiryProblem };

/**
 * Reads the expiry that a card shows. Takes month before year as printed (`12/34`, `1234`, `3/31`, `331`, `12/2034`,
 * `122034`), year before month where the year has four digits or a 年 behind it (`2034-12`, `203412`, `2034年12月`),
 * any usual separator, and full-width forms. A card is good until its month is over.
 */
export function readExpiry(text: string, today: YearMonth): ExpiryEntry {
  const plain = plainForm(text);
  if (plain === '') return refused('required');

  const expiry = yearMonthIn(plain);
  if (expiry === null) return refused('unreadable');
  if (expiry.month < 1 || expiry.month > 12) return refused('no_such_month');

  const monthsAhead = (expiry.year - today.year) * 12 + expiry.month - today.month;
  if (monthsAhead < 0) return refused('past');
  if (monthsAhead > MONTHS_AHEAD_MAX) return refused('too_far');
  return { expiry, problem: null };
}

/**
 * The month in which an instant (milliseconds since 1970) lies where it is earliest on Earth, so that no card is called
 * expired while it is still good somewhere.
 */
export function earliestMonthAt(instantMs: number): YearMonth {
  const earliest = new Date(instantMs - EARLIEST_ZONE_OFFSET_MS);
  return { year: earliest.getUTCFullYear(), month: earliest.getUTCMonth() + 1 };
}

/** `12/34`, for showing. */
export function formatExpiry({ year, month }: YearMonth): string {
  return `${String(month).padStart(2, '0')}/${String(year % 100).padStart(2, '0')}`;
}

/**
 * An expiry in the making, for showing while it is typed: `1234` becomes `12 / 34`. Anything else, such as a form of its
 * own that a person chose, stays as it is.
 */
export function formatTypedExpiry(text: string): string {
  const [, month, year] = /^(0[1-9]|1[0-2])(?: ?\/ ?)?(\d{1,2})$/.exec(text.normalize('NFKC')) ?? [];
  return month === undefined ? text : `${month} / ${year}`;
}

const MONTHS_AHEAD_MAX = 20 * 12;
const EARLIEST_ZONE_OFFSET_MS = 12 * 60 * 60 * 1000;
const ENTERED_CHARACTERS_MAX = 40;

const FORMS: readonly RegExp[] = [
  /^(?<month>\d{1,2})\/(?<year>\d{4}|\d{2})$/,
  /^(?<year>\d{4})\/(?<month>\d{1,2})$/,
  /^(?<year>\d{4}|\d{2})年\/?(?<month>\d{1,2})月?$/,
  /^(?<month>\d{1,2})月\/?(?<year>\d{4}|\d{2})年?$/,
  /^(?<year>20\d{2})(?<month>\d{2})$/,
  /^(?<month>\d{2})(?<year>\d{4})$/,
  /^(?<month>\d{1,2})(?<year>\d{2})$/,
];

/** ASCII digits, 年, 月, and one `/` for every run of separators. */
function plainForm(text: string): string {
  if (text.length > ENTERED_CHARACTERS_MAX) return 'too long';

  const characters = Array.from(text.normalize('NFKC'), (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return isDash(codePoint) || isBlank(codePoint) || '/.,⁄∕・'.includes(character) ? '/' : character;
  });
  return characters
    .join('')
    .replace(/\/+/g, '/')
    .replace(/^\/|\/$/g, '');
}

function yearMonthIn(plain: string): YearMonth | null {
  for (const form of FORMS) {
    const { year, month } = form.exec(plain)?.groups ?? {};
    if (year !== undefined && month !== undefined) {
      return { year: year.length === 2 ? 2000 + Number(year) : Number(year), month: Number(month) };
    }
  }
  return null;
}

function refused(problem: ExpiryProblem): ExpiryEntry {
  return { expiry: null, problem };
}
