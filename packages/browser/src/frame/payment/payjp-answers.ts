import type { SetupErrorCode } from '@onfile/core';
import type { Problem } from '../setup-flow.js';
import type { CardFormField } from '../texts/fields.js';
import type { EntryProblems } from './check-entries.js';

/** Where the server's API has each field of the form. */
export const WIRE_FIELDS: Readonly<Record<CardFormField, string>> = {
  card_number: 'payment_method_data.card.number',
  card_expiry: 'payment_method_data.card.exp_month',
  card_cvc: 'payment_method_data.card.cvc',
  card_name: 'payment_method_data.billing_details.name',
  email: 'payment_method_data.billing_details.email',
  phone: 'payment_method_data.billing_details.phone',
};

/** The words for a code that a card was not saved with. Of one that is not known, the plainest. */
export function declineReason(code: string): SetupErrorCode {
  return REASONS[code] ?? 'card_declined';
}

const SAME = ['expired_card', 'invalid_cvc', 'processing_error'] as const;

const REASONS: Readonly<Record<string, SetupErrorCode>> = {
  ...Object.fromEntries(SAME.map((code) => [code, code])),
  invalid_expiration_date: 'invalid_expiry',
  three_d_secure_failed: 'authentication_failed',
  validation_error: 'unsupported_brand',
};

/** What the server refused, at the fields where it is shown. The form has checked what can be checked without it. */
export function fieldProblemsOf({ code, errors }: Pick<Problem, 'code' | 'errors'>): EntryProblems {
  const byCode = REFUSED_CARDS[code];
  if (byCode) return { card_number: byCode };
  const named = errors.map(({ field }) =>
    FORM_FIELDS.find((name) => WIRE_FIELDS[name] === field.replace('_year', '_month')),
  );
  return Object.fromEntries(named.flatMap((name) => (name ? [[name, PROBLEM_BY_FIELD[name]]] : [])));
}

const REFUSED_CARDS: Readonly<Record<string, NonNullable<EntryProblems['card_number']>>> = {
  test_card_on_livemode: 'test_card_in_live_mode',
  test_mode_live_card: 'live_card_in_test_mode',
};

const PROBLEM_BY_FIELD = {
  card_number: 'card_brand_unsupported',
  card_expiry: 'unreadable',
  card_cvc: 'wrong_length',
  card_name: 'unreadable',
  email: 'unreadable',
  phone: 'unreadable',
} as const satisfies EntryProblems;

/** The fields, in the order of the form. */
export const FORM_FIELDS = Object.keys(WIRE_FIELDS) as readonly CardFormField[];
