import { ADDRESS_FIELDS, type AddressOptions } from './messages.js';
import { type Fields, isOneOf, textsUnder, VALUE_CHARACTERS_MAX } from './read.js';

/** The options of the address form; `null` for anything else. */
export function parseAddressOptions(fields: Fields | null): AddressOptions | null {
  const { form, mode, asksPhone, values: sentValues } = fields ?? {};
  const values = textsUnder(sentValues, ADDRESS_FIELDS, VALUE_CHARACTERS_MAX);
  if (form !== 'address' || !isOneOf(mode, ['shipping', 'billing']) || typeof asksPhone !== 'boolean') return null;
  return values && { form, mode, asksPhone, values };
}
