import type { AddressField, FormLocale } from '../../protocol/messages.js';

/** Every text of the address form. A catalogue that lacks one does not build. */
export interface AddressTexts {
  readonly problemCount: (count: number) => string;
  readonly labels: Readonly<Record<AddressField, string>>;
  readonly optional: string;
  readonly required: (label: string) => string;
  readonly zipUnreadable: string;
  readonly phoneUnreadable: string;
  readonly looksLikeCardNumber: (label: string) => string;
}

/** One language is loaded, and the other only when the page asks for it. */
export async function loadAddressTexts(locale: FormLocale): Promise<AddressTexts> {
  const { TEXTS } = locale === 'ja' ? await import('./texts-ja.js') : await import('./texts-en.js');
  return TEXTS;
}
