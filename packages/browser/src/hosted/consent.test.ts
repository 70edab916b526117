import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CONSENT_VERSION, consentText } from './consent.js';
import { LOCALES } from './locale.js';

/** Versions stay here for ever: mandates name them. */
const WORDS_OF_VERSION: Readonly<Record<string, string>> = {
  'hosted-1': '8783db75b77792d0c123a7d3d5ef6742add12e7101efd48438e208eda37d03c2',
};

test('the consent names the merchant and what it covers', () => {
  const consent = { merchantName: '喫茶ひだまり' };
  for (const locale of LOCALES) {
    const offSession = consentText(locale, { ...consent, usage: 'off_session' });
    const onSession = consentText(locale, { ...consent, usage: 'on_session' });
    expect(offSession).toContain('喫茶ひだまり');
    expect(onSession).toContain('喫茶ひだまり');
    expect(offSession).not.toBe(onSession);
  }
});

test('other words of consent have another version', () => {
  const words = LOCALES.flatMap((locale) =>
    (['off_session', 'on_session'] as const).map((usage) => consentText(locale, { merchantName: 'X', usage })),
  );
  const hash = createHash('sha256').update(words.join('\n')).digest('hex');
  expect(WORDS_OF_VERSION).toHaveProperty(CONSENT_VERSION, hash);
});
