import { applyBillingDetailsChange, type CardReference, type EnteredCard, refuse } from '@onfile/core';
import { NO_BILLING_DETAILS, parseBillingDetails, requireContact } from './billing-details.js';
import type { Fields } from './fields.js';

export const TYPES = ['card', 'paypay', 'apple_pay'] as const;

/**
 * The body of payment method creation, as far as it tells a card: `type`, `card`, `billing_details`. The vault has put a
 * reference in the place of the number and the code. Other types than cards are refused as not supported.
 */
export function parseEnteredCard(fields: Fields): EnteredCard | undefined {
  fields.require('type');
  const type = fields.choice('type', TYPES);
  if (type === undefined) return undefined;
  if (type !== 'card') {
    fields.faults.refuse(refuse('payment_method_type_unsupported', { type }).refusal);
    return undefined;
  }

  fields.require('card', 'billing_details');
  const billingDetails = parseBillingDetails(fields);
  requireContact(fields, billingDetails);
  const card = parseCard(fields.object('card'));
  if (card === undefined || billingDetails === undefined) return undefined;
  return { ...card, billingDetails: applyBillingDetailsChange(NO_BILLING_DETAILS, billingDetails) };
}

function parseCard(card: Fields | undefined): Omit<EnteredCard, 'billingDetails'> | undefined {
  if (card === undefined) return undefined;

  card.require('number', 'exp_month', 'exp_year', 'cvc');
  const reference = card.text('number', { lengthMax: 255 }) as CardReference | undefined;
  card.text('cvc', { lengthMax: 255 });
  const expMonth = card.integer('exp_month', { min: 1, max: 12 });
  const expYear = card.integer('exp_year', { min: 0, max: 9999 });
  if (reference === undefined || expMonth === undefined || expYear === undefined) return undefined;
  return { reference, expMonth, expYear };
}
