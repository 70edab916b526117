import type { CardFault, CvcProblem } from '@onfile/core';
import type { EmailProblem, PhoneProblem } from '../frame/card/contact.js';
import type { ExpiryProblem } from '../frame/card/expiry.js';
import type { CardholderNameProblem } from '../frame/card/name.js';
import type { NumberFieldProblem } from '../frame/card/number.js';

/**
 * The names of the form's fields, as they are posted. `card_number` and `card_cvc` are the vault's to read, as bytes.
 * `make_default` is a box to tick, there only where a customer is.
 * `after_attempt` holds the setup attempt that had last been made when the form was shown: when there is a newer one by the
 * time the form arrives, it is a second click, a reload or another tab, and must not make an attempt again.
 */
export const HOSTED_FORM_FIELDS = [
  'card_number',
  'card_expiry',
  'card_cvc',
  'card_name',
  'email',
  'phone',
  'make_default',
  'locale',
  'after_attempt',
] as const;

export interface FieldProblems {
  readonly card_number?: NumberFieldProblem;
  readonly card_expiry?: ExpiryProblem;
  readonly card_cvc?: CvcProblem;
  readonly card_name?: CardholderNameProblem;
  readonly email?: EmailProblem;
  readonly phone?: PhoneProblem;
}

/** A field that a person fills in. */
export type HostedField = keyof FieldProblems;

/** What the form shows again. There is no place for the number and the code: they never go back into a page. */
export interface KeptValues {
  readonly card_expiry: string;
  readonly card_name: string;
  readonly email: string;
  readonly phone: string;
}

export const NOTHING_KEPT: KeptValues = { card_expiry: '', card_name: '', email: '', phone: '' };

/** Where the page shows what the vault found wrong with a card when it sealed it. */
export function problemsOfCardFault(fault: CardFault): FieldProblems {
  return PROBLEMS_OF_CARD_FAULT[fault];
}

const PROBLEMS_OF_CARD_FAULT: Readonly<Record<CardFault, FieldProblems>> = {
  card_number_invalid: { card_number: 'mistyped' },
  card_brand_unsupported: { card_number: 'card_brand_unsupported' },
  test_card_in_live_mode: { card_number: 'test_card_in_live_mode' },
  live_card_in_test_mode: { card_number: 'live_card_in_test_mode' },
  card_expiry_invalid: { card_expiry: 'unreadable' },
  card_expired: { card_expiry: 'past' },
  cvc_invalid: { card_cvc: 'wrong_length' },
};
