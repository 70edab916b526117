import { CONTACT_FIELDS, type PaymentOptions } from './messages.js';
import { type Fields, fieldsOf, isOneOf, textsUnder, VALUE_CHARACTERS_MAX } from './read.js';

/** The options of the payment form; `null` for anything else. */
export function parsePaymentOptions(fields: Fields | null): PaymentOptions | null {
  const { form, layout, isCollapsed, asks, values: sentValues } = fields ?? {};
  const { name, email, phone } = fieldsOf(asks) ?? {};
  const values = textsUnder(sentValues, CONTACT_FIELDS, VALUE_CHARACTERS_MAX);
  if (form !== 'payment' || !isOneOf(layout, ['tab', 'accordion']) || typeof isCollapsed !== 'boolean') return null;
  if (typeof name !== 'boolean' || typeof email !== 'boolean' || typeof phone !== 'boolean') return null;
  return values && { form, layout, isCollapsed, asks: { name, email, phone }, values };
}
