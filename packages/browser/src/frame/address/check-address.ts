import type { AddressField, AddressValues } from '../../protocol/messages.js';
import { holdsCardNumber, readPhone } from '../card/contact.js';
import type { AddressTexts } from './texts.js';

export type AddressProblems = Readonly<Partial<Record<AddressField, string>>>;

/** What is wrong with an address, in words, in the order of the form. Only in Japan does a postal code have a known form. */
export function checkAddress(
  values: AddressValues,
  { asksPhone, texts }: { asksPhone: boolean; texts: AddressTexts },
): AddressProblems {
  const { labels, required, zipUnreadable, phoneUnreadable, looksLikeCardNumber } = texts;
  const isJapan = values.country === 'JP';
  const wanted: readonly AddressField[] = [
    'name',
    ...(isJapan ? (['zip', 'state'] as const) : []),
    'city',
    'line1',
    ...(asksPhone ? (['phone'] as const) : []),
  ];
  const problems: Partial<Record<AddressField, string>> = {};
  for (const name of ['name', 'zip', 'state', 'city', 'line1', 'line2', 'phone'] as const) {
    const text = values[name];
    if (holdsCardNumber(text)) problems[name] = looksLikeCardNumber(labels[name]);
    else if (text === '' && wanted.includes(name)) problems[name] = required(labels[name]);
    else if (name === 'zip' && isJapan && formatZip(text) === null) problems[name] = zipUnreadable;
    else if (name === 'phone' && asksPhone && readPhone(text).value === null) problems[name] = phoneUnreadable;
  }
  return problems;
}

/** A Japanese postal code as it is written, `100-0001`; `null` for what is none. */
export function formatZip(text: string): string | null {
  const [, first, last] = /^〒?\s*(\d{3})[-−‐–—ーｰ]?(\d{4})$/.exec(text.normalize('NFKC').trim()) ?? [];
  return first === undefined ? null : `${first}-${last}`;
}
