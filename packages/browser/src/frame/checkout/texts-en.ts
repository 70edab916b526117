import { EN_FIELDS } from '../texts/fields-en.js';
import type { CheckoutTexts } from './texts.js';

const ENDING = (merchantName: string) => `You can withdraw this at any time by telling ${merchantName}.`;

export const TEXTS: CheckoutTexts = {
  form: EN_FIELDS.form,
  problems: {
    ...EN_FIELDS.problems,
    postal_code: {
      required: 'Enter the ZIP or postal code.',
      unreadable: 'Check the ZIP or postal code. It should look like 02118 or K1A 0B1.',
      looks_like_card_number: 'The postal code looks like a card number. Enter the postal code.',
    },
  },
  postalCode: 'ZIP or postal code',
  postalCodeHint: 'Of the address that your card statements go to',
  card: 'Card',
  testMode: 'Test mode. Real cards do not work here.',
  codeHint: { 3: '3 digits on the back', 4: '4 digits on the front' },
  problemCount: (count) => (count === 1 ? 'Check 1 entry.' : `Check ${count} entries.`),
  working: 'Checking with your card company. Please keep this page open.',
  unreachable: 'There was no connection. Check yours, and try again.',
  declined: {
    heading: 'Your card was not saved',
    body: [
      'Your card company did not approve it. Enter another card, or ask your card company.',
      'For your safety, enter the security code again.',
    ],
  },
  notSaved: 'Your card company did not approve it, or did not answer. Enter it again, or another card.',
  expiring: 'This form closes in two minutes.',
  consent: {
    remember: 'Remember this card',
    rememberTerms: (merchantName) => `${merchantName} keeps this card, so that you can choose it again.`,
    rememberRequired: 'Tick this box to save your card.',
    authorization: (merchantName) => `I authorize ${merchantName} to charge my card as outlined in the terms`,
    authorizationRequired: 'Tick this box to let your card be charged as outlined.',
    terms: {
      UNSCHEDULED: (merchantName) =>
        `The terms: ${merchantName} keeps this card, and may charge it without asking again for what you agreed on with them. ${ENDING(merchantName)}`,
      INSTALLMENT: (merchantName) =>
        `The terms: ${merchantName} keeps this card, and may charge it in parts until the total that you agreed on with them is paid. ${ENDING(merchantName)}`,
      RECURRING: (merchantName) =>
        `The terms: ${merchantName} keeps this card, and may charge it regularly for what you agreed on with them, until you or they end it. ${ENDING(merchantName)}`,
    },
  },
  notices: {
    saved: { heading: 'Your card is saved', body: 'There is nothing more to enter.' },
    processing: {
      heading: 'Checking your card',
      body: 'Your card company has not answered yet. There is nothing more to enter.',
    },
    expired: { heading: 'This form is closed', body: 'Its time was up and no card was saved. Please start again.' },
    failed: { heading: 'The form cannot be shown', body: 'Wait a moment, and open the page again.' },
  },
};
