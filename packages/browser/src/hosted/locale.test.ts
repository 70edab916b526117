import { expect, test } from 'vitest';
import { chooseLocale } from './locale.js';

const choices = [
  // chosen  accept-language              session  locale
  [null, null, null, 'ja'],
  [null, '', 'auto', 'ja'],
  [null, 'ja', 'auto', 'ja'],
  [null, 'ja-JP,ja;q=0.9,en;q=0.8', null, 'ja'],
  [null, 'en-US,en;q=0.9', null, 'en'],
  [null, 'en;q=0.5, ja;q=0.7', null, 'ja'],
  [null, 'fr-FR, ja;q=0.2, en;q=0.1', null, 'ja'],
  [null, 'fr', null, 'en'],
  [null, '*', null, 'en'],
  [null, 'ja;q=0, en;q=0.1', null, 'en'],
  [null, 'ja;q=0', null, 'en'],
  [null, ';;;,,,q=', null, 'en'],
  ['en', 'ja', 'auto', 'en'],
  ['ja', 'en', null, 'ja'],
  ['fr', 'ja', null, 'ja'],
  ['EN', null, null, 'ja'],
  ['en', 'en', 'ja', 'ja'],
  [null, 'en', 'ja', 'ja'],
] as const;

for (const [chosen, acceptLanguage, session, locale] of choices) {
  test(`chosen ${chosen}, browser "${acceptLanguage}", session ${session} gives ${locale}`, () => {
    expect(chooseLocale({ chosen, acceptLanguage, session })).toBe(locale);
  });
}
