import type { CardBrand } from '@onfile/core';
import type { BillingDetails, ContactField } from '../../protocol/messages.js';
import { readCvc } from '../card/code.js';
import { readEmail, readPhone } from '../card/contact.js';
import { readExpiry, type YearMonth } from '../card/expiry.js';
import { readCardholderName } from '../card/name.js';
import { readCardNumber } from '../card/number.js';
import type { CardFormField, FieldTexts } from '../texts/fields.js';

export type Entries = Readonly<Record<CardFormField, string>>;

export type EntryProblems = {
  readonly [F in CardFormField]?: keyof FieldTexts['problems'][F];
};

export interface CheckedEntries {
  /** In the order of the form. */
  readonly problems: EntryProblems;
  readonly brand: CardBrand | null;
  /** The confirmation's card and contact; `null` with problems. */
  readonly card: { number: string; exp_month: number; exp_year: number; cvc: string } | null;
  readonly contact: Readonly<Partial<Record<ContactField, string>>>;
}

/** `asks`: what the form asks for beside the card; `given`: what the page brings of it. */
export function checkEntries(
  entries: Entries,
  { asks, given, today }: { asks: Readonly<Record<ContactField, boolean>>; given: BillingDetails; today: YearMonth },
): CheckedEntries {
  const number = readCardNumber(entries.card_number);
  const expiry = readExpiry(entries.card_expiry, today);
  const code = readCvc(entries.card_cvc, number.brand);
  const name = readCardholderName(entries.card_name);
  const email = readEmail(asks.email ? entries.email : '');
  const phone = readPhone(asks.phone ? entries.phone : '');
  const hasContact = [email.value, phone.value, phone.problem, given.email, given.phone].some((each) => each != null);

  const problems = withoutNulls({
    card_number: number.problem,
    card_expiry: expiry.problem,
    card_cvc: code.problem,
    card_name: asks.name ? name.problem : null,
    email: email.problem ?? (hasContact || !asks.email ? null : 'required'),
    phone: phone.problem ?? (hasContact || asks.email || !asks.phone ? null : 'unreadable'),
  });
  const isComplete = Object.keys(problems).length === 0 && expiry.problem === null;
  return {
    problems,
    brand: number.brand,
    card: isComplete
      ? { number: number.digits, exp_month: expiry.expiry.month, exp_year: expiry.expiry.year, cvc: code.digits }
      : null,
    contact: withoutNulls({ name: asks.name ? name.name : null, email: email.value, phone: phone.value }),
  };
}

function withoutNulls<T extends object>(all: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(all).filter(([, each]) => each !== null)) as never;
}
