import type { CvcProblem, SetupErrorCode } from '@onfile/core';
import type { EmailProblem, PhoneProblem } from '../card/contact.js';
import type { ExpiryProblem } from '../card/expiry.js';
import type { CardholderNameProblem } from '../card/name.js';
import type { NumberFieldProblem } from '../card/number.js';

/** A field of the card form that a person fills in. */
export type CardFormField = 'card_number' | 'card_expiry' | 'card_cvc' | 'card_name' | 'email' | 'phone';

/** The words around the card fields, the same in the frame and on the hosted page. */
export interface FieldTexts {
  readonly form: {
    readonly labels: Readonly<Record<CardFormField, string>>;
    readonly hints: Readonly<Record<'card_expiry' | 'card_cvc' | 'card_name', string>>;
    readonly contactLegend: string;
    readonly contactReason: string;
    /** What may come next, so that nobody closes it. */
    readonly authentication: string;
  };
  readonly problems: {
    readonly card_number: Readonly<Record<NumberFieldProblem, string>>;
    readonly card_expiry: Readonly<Record<ExpiryProblem, string>>;
    readonly card_cvc: Readonly<Record<CvcProblem, string>>;
    readonly card_name: Readonly<Record<CardholderNameProblem, string>>;
    readonly email: Readonly<Record<EmailProblem, string>>;
    readonly phone: Readonly<Record<PhoneProblem, string>>;
  };
  readonly declined: { readonly heading: string; readonly reasons: Readonly<Record<SetupErrorCode, string>> };
}
