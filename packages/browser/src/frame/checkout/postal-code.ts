import { countDigits } from '../card/name.js';

export type PostalCodeProblem = 'required' | 'unreadable' | 'looks_like_card_number';

export type PostalCodeEntry =
  | { readonly code: string; readonly problem: null }
  | { readonly code: null; readonly problem: PostalCodeProblem };

const ENTERED_CHARACTERS_MAX = 40;
const US = /^(\d{5})(?:-?(\d{4}))?$/;
const CANADA = /^([A-Z]\d[A-Z])-?(\d[A-Z]\d)$/;

/** Reads a postal code of the United States or Canada, in any width and case, with or without what stands between. */
export function readPostalCode(text: string): PostalCodeEntry {
  if (text.length > ENTERED_CHARACTERS_MAX) return { code: null, problem: 'unreadable' };
  if (countDigits(text) > 9) return { code: null, problem: 'looks_like_card_number' };
  const plain = text
    .normalize('NFKC')
    .replace(/[\s\p{Format}]/gu, '')
    .replace(/\p{Dash_Punctuation}/gu, '-')
    .toUpperCase();
  if (plain === '') return { code: null, problem: 'required' };

  const [, zip, plus4] = US.exec(plain) ?? [];
  if (zip !== undefined) return { code: plus4 === undefined ? zip : `${zip}-${plus4}`, problem: null };
  const [, area, unit] = CANADA.exec(plain) ?? [];
  return area === undefined ? { code: null, problem: 'unreadable' } : { code: `${area} ${unit}`, problem: null };
}
