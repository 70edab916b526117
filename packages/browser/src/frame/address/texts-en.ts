import type { AddressTexts } from './texts.js';

export const TEXTS: AddressTexts = {
  problemCount: (count) => (count === 1 ? 'Check 1 entry.' : `Check ${count} entries.`),

  labels: {
    country: 'Country or region',
    name: 'Full name',
    zip: 'Postal code',
    state: 'State or prefecture',
    city: 'City',
    line1: 'Street address',
    line2: 'Building, room',
    phone: 'Phone number',
  },
  optional: 'optional',
  required: (label) => `Enter: ${label.toLowerCase()}.`,
  zipUnreadable: 'Enter the postal code in 7 digits, such as 100-0001.',
  phoneUnreadable: 'Check the phone number. It should look like 090-1234-5678 or +81 90 1234 5678.',
  looksLikeCardNumber: (label) => `This looks like a card number. Enter: ${label.toLowerCase()}.`,
};
