import { cardBrandOf, checkCardNumber } from '@onfile/core';
import { readDigits } from './number.js';

/** `required`: neither an e-mail address nor a phone number was given; 3-D Secure needs one of them. */
export type EmailProblem = 'required' | 'unreadable' | 'looks_like_card_number';
export type PhoneProblem = 'unreadable' | 'looks_like_card_number';

/** `value` is `null` for an empty field, which is no problem here: one of the two is enough. */
export type ContactEntry<Problem> =
  | { readonly value: string | null; readonly problem: null }
  | { readonly value: null; readonly problem: Problem };

const EMAIL_CHARACTERS_MAX = 254;

/** Reads an e-mail address. Only what no address can do without is checked: whether it exists, the mail server knows. */
export function readEmail(text: string): ContactEntry<EmailProblem> {
  if (text.length > EMAIL_CHARACTERS_MAX) return { value: null, problem: 'unreadable' };

  const address = text.normalize('NFKC').trim();
  if (address === '') return { value: null, problem: null };
  if (holdsCardNumber(address)) return { value: null, problem: 'looks_like_card_number' };
  return EMAIL_ADDRESS.test(address) ? { value: address, problem: null } : { value: null, problem: 'unreadable' };
}

const EMAIL_ADDRESS = /^[^\s@\p{Control}]+@[^\s@.\p{Control}]+(\.[^\s@.\p{Control}]+)+$/u;

const PHONE_CHARACTERS_MAX = 40;
/** E.164 allows 15 digits with the country's; no number that can be called from abroad is shorter than 8. */
const PHONE_DIGITS = { min: 8, max: 15 };

/** Reads a phone number: `+` and digits where the country was given, digits alone otherwise. */
export function readPhone(text: string): ContactEntry<PhoneProblem> {
  if (text.length > PHONE_CHARACTERS_MAX) return { value: null, problem: 'unreadable' };

  const plain = text.normalize('NFKC').trim();
  if (plain === '') return { value: null, problem: null };

  if (holdsCardNumber(plain)) return { value: null, problem: 'looks_like_card_number' };

  const hasCountry = plain.startsWith('+');
  const digits = readDigits(plain.replace(/^\+/, '').replace(/[().]/g, ' '))?.join('') ?? '';
  if (digits.length < PHONE_DIGITS.min || digits.length > PHONE_DIGITS.max)
    return { value: null, problem: 'unreadable' };
  return { value: hasCountry ? `+${digits}` : digits, problem: null };
}

/** Whether the digits in a text, whatever stands between them, are a right number of a brand that we know. */
export function holdsCardNumber(text: string): boolean {
  const digits = readDigits(text.replace(/\D/g, '')) ?? [];
  return cardBrandOf(digits) !== null && checkCardNumber(digits) === null;
}
