import { type Address, type BillingDetails, type BillingDetailsChange, NO_ADDRESS } from '@onfile/core';
import type { Fields, TextRule } from './fields.js';

/**
 * `billing_details` of a card. PAY.JP publishes names and types; the lengths are ours, that of the name being the limit of
 * PAY.JP API v1 for 3-D Secure.
 */
export function parseBillingDetails(fields: Fields): BillingDetailsChange | undefined {
  const details = fields.object('billing_details');
  if (details === undefined) return undefined;

  const address = details.object('address');
  return {
    ...readTexts(details, { name: { lengthMax: 45 }, email: EMAIL, phone: { lengthMax: 50 } }),
    ...(address && { address: readTexts(address, ADDRESS_RULES) }),
  };
}

/** 3-D Secure needs a way to reach the cardholder. */
export function requireContact(fields: Fields, details: BillingDetailsChange | undefined): void {
  if (details === undefined || details.email || details.phone) return;
  fields.report('billing_details', 'missing', 'email or phone is required.');
}

export function renderBillingDetails({ name, email, phone, address }: BillingDetails) {
  return { name, email, phone, address: renderAddress(address) };
}

export function renderAddress({ line1, line2, city, state, zip, country }: Address) {
  return { line1, line2, city, state, zip, country };
}

/** Checked by a person's eye and by use, not by a grammar: something, an at sign, and a host with a dot. */
export const EMAIL: TextRule = {
  lengthMax: 255,
  form: { pattern: /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/, message: 'Must be an e-mail address.' },
};

export const NO_BILLING_DETAILS: BillingDetails = { name: null, email: null, phone: null, address: NO_ADDRESS };

const ADDRESS_RULES: Readonly<Record<keyof Address, TextRule>> = {
  line1: { lengthMax: 255 },
  line2: { lengthMax: 255 },
  city: { lengthMax: 255 },
  state: { lengthMax: 255 },
  zip: { lengthMax: 20 },
  country: { lengthMax: 2, form: { pattern: /^[A-Z]{2}$/, message: 'Must be a country code of two capital letters.' } },
};

function readTexts<K extends string>(fields: Fields, rules: Readonly<Record<K, TextRule>>): Partial<Record<K, string>> {
  const texts: Partial<Record<K, string>> = {};
  for (const name of Object.keys(rules) as K[]) {
    const text = fields.text(name, rules[name]);
    if (text !== undefined) texts[name] = text;
  }
  return texts;
}
