export type Language = 'ja' | 'en';

/** The language of a page: what its address asks for, else what the browser likes best. Japanese when nothing is said. */
export function pageLanguage(locale: string | null, acceptLanguage: string | undefined): Language {
  if (locale === 'ja' || locale === 'en') return locale;
  if (acceptLanguage === undefined || acceptLanguage.trim() === '*') return 'ja';
  return preferred(acceptLanguage) ?? 'en';
}

function preferred(acceptLanguage: string): Language | undefined {
  return acceptLanguage
    .slice(0, 500)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((each) => each.trim().toLowerCase());
      const weight = parameters.find((each) => each.startsWith('q='))?.slice(2);
      return { language: tag.split('-', 1)[0], weight: Number(weight ?? 1) };
    })
    .filter((each): each is { language: Language; weight: number } => {
      return (each.language === 'ja' || each.language === 'en') && each.weight > 0;
    })
    .sort((a, b) => b.weight - a.weight)[0]?.language;
}
