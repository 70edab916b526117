import type { CardNumberProblem, CvcProblem } from '@onfile/core';
import { readEmail, readPhone } from '../frame/card/contact.js';
import { type ExpiryEntry, formatExpiry, readExpiry, type YearMonth } from '../frame/card/expiry.js';
import { CARD_NUMBER_DIGITS_MIN, countDigits, readCardholderName } from '../frame/card/name.js';
import type { FieldProblems, KeptValues } from './form-fields.js';
import { isLocale, type Locale } from './locale.js';

/** The posted fields but `card_number` and `card_cvc`, which are never text on the server. */
export type PostedFields = Readonly<Partial<Record<string, string>>>;

/** What the vault found when it read the two card fields as bytes. */
export interface CardFieldProblems {
  readonly number: CardNumberProblem | null;
  readonly cvc: CvcProblem | null;
}

export interface HostedForm {
  readonly expMonth: number;
  readonly expYear: number;
  readonly name: string;
  readonly email: string | null;
  /** `+` and digits where the country was given, digits alone otherwise. */
  readonly phone: string | null;
}

/** `afterAttempt`: see {@link HOSTED_FORM_FIELDS}. */
export type HostedFormReading = {
  readonly locale: Locale | null;
  readonly afterAttempt: string | null;
  readonly makesDefault: boolean;
  readonly kept: KeptValues;
} & (
  | { readonly kind: 'accepted'; readonly form: HostedForm }
  | { readonly kind: 'refused'; readonly problems: FieldProblems }
);

/**
 * Reads what the hosted page's form posts. `today` decides whether a card has expired: see {@link earliestMonthAt}. What
 * is kept for showing the form again holds nothing that might be a card number typed into a wrong field.
 */
export function parseHostedForm(fields: PostedFields, card: CardFieldProblems, today: YearMonth): HostedFormReading {
  const expiry = readExpiry(fields.card_expiry ?? '', today);
  const name = readCardholderName(fields.card_name ?? '');
  const email = readEmail(fields.email ?? '');
  const phone = readPhone(fields.phone ?? '');
  const hasContact = email.value !== null || phone.value !== null || phone.problem !== null;

  const problems = onlyGiven({
    card_number: card.number,
    card_expiry: expiry.problem,
    card_cvc: card.cvc,
    card_name: name.problem,
    email: email.problem ?? (hasContact ? null : 'required'),
    phone: phone.problem,
  });
  const read = {
    locale: isLocale(fields.locale) ? fields.locale : null,
    afterAttempt: fields.after_attempt || null,
    makesDefault: fields.make_default !== undefined,
    kept: {
      card_expiry: keptExpiry(expiry, fields.card_expiry ?? ''),
      card_name: name.name ?? keptText(fields.card_name ?? ''),
      email: email.value ?? keptText(fields.email ?? ''),
      phone: phone.value ?? keptText(fields.phone ?? ''),
    },
  };
  if (Object.keys(problems).length > 0 || expiry.problem !== null || name.problem !== null) {
    return { kind: 'refused', problems, ...read };
  }

  const { month: expMonth, year: expYear } = expiry.expiry;
  return {
    kind: 'accepted',
    form: { expMonth, expYear, name: name.name, email: email.value, phone: phone.value },
    ...read,
  };
}

function keptExpiry(entry: ExpiryEntry, entered: string): string {
  return entry.problem === null ? formatExpiry(entry.expiry) : keptText(entered);
}

const KEPT_CHARACTERS_MAX = 100;

function keptText(entered: string): string {
  if (entered.length > KEPT_CHARACTERS_MAX || countDigits(entered) >= CARD_NUMBER_DIGITS_MIN) return '';
  return entered;
}

function onlyGiven(problems: { readonly [F in keyof FieldProblems]-?: FieldProblems[F] | null }): FieldProblems {
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== null));
}
