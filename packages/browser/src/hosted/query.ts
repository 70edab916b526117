import { isLocale, type Locale } from './locale.js';

/**
 * How often the page looks for a result by itself, and after how many seconds each time: soon at first, as most answers
 * come at once, then more rarely, for two minutes in all.
 */
export const CHECK_DELAYS_SECONDS: readonly number[] = [2, 2, 3, 3, 5, 5, 10, 10, 15, 15, 25, 25];
export const CHECKS_MAX = CHECK_DELAYS_SECONDS.length;

export interface HostedPageQuery {
  /** What the cardholder chose; `null` when nothing, or nothing that we have. */
  readonly locale: Locale | null;
  /** 0 to {@link CHECKS_MAX}. */
  readonly checksDone: number;
}

/** Reads the query of the hosted page. Whatever else is in it, or makes no sense, is as if it were not there. */
export function parseHostedQuery(query: Readonly<Record<string, unknown>>): HostedPageQuery {
  const { locale, check } = query;
  const checks = typeof check === 'string' && /^\d{1,2}$/.test(check) ? Number(check) : 0;
  return {
    locale: typeof locale === 'string' && isLocale(locale) ? locale : null,
    checksDone: Math.min(checks, CHECKS_MAX),
  };
}

/** The page's address with its query; the answer to a posted form leads there, so that the language stays. */
export function hostedPageAddress({
  path,
  locale,
  checksDone = 0,
}: {
  path: string;
  locale: Locale | null;
  checksDone?: number;
}): string {
  const query = new URLSearchParams();
  if (locale !== null) query.set('locale', locale);
  if (checksDone > 0) query.set('check', String(checksDone));
  return query.size === 0 ? path : `${path}?${query}`;
}
