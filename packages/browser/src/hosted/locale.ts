export type Locale = 'ja' | 'en';

export const LOCALES: readonly Locale[] = ['ja', 'en'];

export interface LocaleWishes {
  /** What the cardholder chose on the page, from `?locale=` or the form. */
  readonly chosen: string | null;
  readonly acceptLanguage: string | null;
  /** What the merchant set for the checkout session; `ja` fixes Japanese. */
  readonly session: 'auto' | 'ja' | null;
}

/** The page's language. Without any wish it is Japanese; where a browser wants neither of ours, English. */
export function chooseLocale({ chosen, acceptLanguage, session }: LocaleWishes): Locale {
  if (session === 'ja') return 'ja';
  if (isLocale(chosen)) return chosen;
  return acceptLanguage === null || acceptLanguage.trim() === '' ? 'ja' : preferredIn(acceptLanguage);
}

export function isLocale(text: string | null | undefined): text is Locale {
  return LOCALES.some((locale) => locale === text);
}

const HEADER_CHARACTERS_MAX = 500;

function preferredIn(acceptLanguage: string): Locale {
  const wishes = acceptLanguage.slice(0, HEADER_CHARACTERS_MAX).split(',').map(parseWish);
  const [best] = wishes
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .flatMap(ourLocale);
  return best ?? 'en';
}

interface Wish {
  readonly language: string;
  readonly weight: number;
}

function parseWish(part: string): Wish {
  const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
  return { language: tag.split('-')[0] ?? '', weight: Number(weight) || 0 };
}

function ourLocale({ language }: Wish): Locale[] {
  return isLocale(language) ? [language] : [];
}
