import { EN_FIELDS } from '../texts/fields-en.js';
import type { PaymentTexts } from './texts.js';

export const TEXTS: PaymentTexts = {
  ...EN_FIELDS,
  testMode: 'Test mode. Real cards do not work here.',
  methods: 'Payment method',
  card: 'Card',
  chooseMethod: 'Choose a payment method.',
  codeHint: { 3: '3 digits on the back', 4: '4 digits on the front' },
  problemCount: (count) => (count === 1 ? 'Check 1 entry.' : `Check ${count} entries.`),
  working: 'Checking with your card company. Please keep this page open.',
  enterCodeAgain: 'Enter the code again.',
  unreachable: 'There was no connection. Check yours, and try again.',
  notices: {
    requires_action: {
      heading: 'One step is left',
      body: 'Your card company still has to check that it is you (3-D Secure). When you continue, its page opens.',
    },
    processing: {
      heading: 'Checking your card',
      body: 'Your card company has not answered yet. There is nothing more to enter.',
    },
    succeeded: { heading: 'Your card is saved', body: 'There is nothing more to enter.' },
    canceled: { heading: 'Saving the card was canceled', body: 'No card was saved. Please start again.' },
    failed: { heading: 'The form cannot be shown', body: 'Wait a moment, and open the page again.' },
  },
};
