import type { CardBrand } from '@onfile/core';
import type { CheckoutField } from '../../protocol/checkout-messages.js';
import { readCvc } from '../card/code.js';
import { readExpiry, type YearMonth } from '../card/expiry.js';
import { readCardNumber } from '../card/number.js';
import { readPostalCode } from './postal-code.js';
import type { CheckoutTexts } from './texts.js';

export type Entries = Readonly<Record<CheckoutField, string>>;

export type EntryProblems = { readonly [F in CheckoutField]: keyof CheckoutTexts['problems'][F] | null };

export interface CheckedCard {
  readonly problems: EntryProblems;
  readonly brand: CardBrand | null;
  /** The request's fields, as the server's API has them; `null` with problems. */
  readonly wire: WireCard | null;
}

export interface WireCard {
  readonly card: {
    readonly number: string;
    readonly cvv: string;
    readonly expiry: { readonly month: string; readonly year: string };
  };
  readonly billingDetails: { readonly postalCode: string };
}

export function checkCard(entries: Entries, today: YearMonth): CheckedCard {
  const number = readCardNumber(entries.card_number);
  const expiry = readExpiry(entries.card_expiry, today);
  const code = readCvc(entries.card_cvc, number.brand);
  const postal = readPostalCode(entries.postal_code);
  const problems = {
    card_number: number.problem,
    card_expiry: expiry.problem,
    card_cvc: code.problem,
    postal_code: postal.problem,
  };
  if (number.problem || expiry.problem || code.problem || postal.problem) {
    return { problems, brand: number.brand, wire: null };
  }
  const { month, year } = expiry.expiry;
  const wireExpiry = { month: twoDigits(month), year: twoDigits(year % 100) };
  return {
    problems,
    brand: number.brand,
    wire: {
      card: { number: number.digits, cvv: code.digits, expiry: wireExpiry },
      billingDetails: { postalCode: postal.code },
    },
  };
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
