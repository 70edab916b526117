import type { Usage } from '@onfile/core';
import type { Locale } from './locale.js';
import { textsIn } from './texts/texts.js';

/**
 * Names the words of {@link consentText}, in all languages, to be stored with the moment of consent. Words that change
 * get a new version; a test holds the two together.
 */
export const CONSENT_VERSION = 'hosted-1';

/** The consent as the page shows it above its button, for keeping or showing again. */
export function consentText(locale: Locale, { merchantName, usage }: { merchantName: string; usage: Usage }): string {
  return textsIn(locale).form.consent[usage](merchantName);
}
