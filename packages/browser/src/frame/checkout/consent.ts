import type { CheckoutBox } from '../../protocol/checkout-messages.js';
import type { CheckoutTexts } from './texts.js';

/**
 * Names the words of {@link consentWords}, in all languages, to be stored with the moment of consent. Words that change get
 * a new version; a test holds the two together.
 */
export const CONSENT_VERSION = 'checkout-1';

/** Why the merchant will charge the card by itself, in the words of the API. */
export type StandingInstructionType = 'UNSCHEDULED' | 'INSTALLMENT' | 'RECURRING';

export interface ConsentFacts {
  readonly merchantName: string;
  readonly usage: 'ON_SESSION' | 'OFF_SESSION';
  readonly hasCustomer: boolean;
  readonly standingInstruction: StandingInstructionType | null;
}

export interface BoxToTick {
  readonly box: CheckoutBox;
  /** Without it no card is saved. */
  readonly isRequired: boolean;
  readonly label: string;
  readonly terms: string;
}

/**
 * The boxes that the form has for an intent, with all of their words. A card that the customer may choose again is
 * remembered, one that the merchant may charge is authorized, and one can be both.
 */
export function boxesFor({ consent }: CheckoutTexts, facts: ConsentFacts): readonly BoxToTick[] {
  const { merchantName, usage, hasCustomer, standingInstruction } = facts;
  const remember: BoxToTick = {
    box: 'remember',
    isRequired: usage === 'ON_SESSION',
    label: consent.remember,
    terms: consent.rememberTerms(merchantName),
  };
  if (usage === 'ON_SESSION') return [remember];

  const authorization: BoxToTick = {
    box: 'authorization',
    isRequired: true,
    label: consent.authorization(merchantName),
    terms: consent.terms[standingInstruction ?? 'UNSCHEDULED'](merchantName),
  };
  return hasCustomer ? [authorization, remember] : [authorization];
}
