import { TEXTS as EN_FRAME } from '../../frame/payment/texts-en.js';
import { EN_FIELDS } from '../../frame/texts/fields-en.js';
import type { HostedTexts } from './texts.js';

export const EN: HostedTexts = {
  languageName: 'English',
  testMode: { label: 'Test mode', note: 'Real cards do not work here.' },
  backTo: (merchant) => `Back to ${merchant}`,
  continueTo: (merchant) => `Continue to ${merchant}`,
  cardEndingIn: (brand, last4) => `${brand} ending in ${last4}`,

  form: {
    ...EN_FIELDS.form,
    heading: 'Save your card',
    lead: (merchant) => `Save a card to pay ${merchant} with later. You will not be charged now.`,
    consent: {
      off_session: (merchant) =>
        `By pressing “Save card” you allow ${merchant} to keep this card and charge it for later payments, including regular ones and others made while you are not present.`,
      on_session: (merchant) =>
        `By pressing “Save card” you allow ${merchant} to keep this card and charge it when you make payments later.`,
    },
    makesDefault: 'Use this card first for later payments',
    submit: 'Save card',
    safety: 'Your card number is stored encrypted. The security code is not stored.',
  },
  savedCards: {
    heading: (merchant) => `Cards you have saved with ${merchant}`,
    goodUntil: (expiry) => `expires ${expiry}`,
    isDefault: 'Used first',
    more: 'There are more.',
  },
  testCards: {
    heading: 'Test cards',
    use: 'Use',
    outcomes: {
      saved: 'Is saved, after 3-D Secure',
      card_declined: 'Is declined',
      expired_card: 'Is declined as expired',
      invalid_cvc: 'Is declined for its security code',
      invalid_expiry: 'Is declined for its expiry date',
      invalid_card_data: 'Is declined for its details',
      unsupported_brand: 'Is of a brand that is not accepted',
      processing_error: 'Meets a fault on the way',
    },
  },
  live: {
    codeHint: EN_FRAME.codeHint,
    working: EN_FRAME.working,
    workingButton: 'Saving…',
    enterCodeAgain: 'Everything else is still there: only the security code has to be entered again.',
    unreachableHeading: 'There was no connection',
    unreachable: 'Check your connection, and press the button again. Your card is not saved twice.',
    endsSoon: (time) => `This page ends at ${time}. Save your card by then, or start again from the shop.`,
    endsSoonSeen: 'OK',
  },
  problems: {
    count: (count) => (count === 1 ? '1 problem' : `${count} problems`),
    heading: (count) => (count === 1 ? 'Check 1 entry' : `Check ${count} entries`),
    ...EN_FIELDS.problems,
    enterAgain: 'For your safety, enter the card number and the security code again.',
  },
  declined: EN_FIELDS.declined,
  processing: {
    heading: 'Checking your card',
    body: 'This can take a few seconds. Please keep this page open.',
    stopped: 'Automatic checking has stopped. The result will not be lost. Wait a moment, then press the button.',
    checkAgain: 'Check now',
    stopChecking: 'Stop checking automatically',
  },
  challenge: {
    heading: 'Confirm that it is you',
    body: 'To prevent misuse, your card company checks that it is you (3-D Secure).',
    steps: [
      'The button opens your card company’s page.',
      'Follow the steps there.',
      'You then come back to this page. Keep it open until you do.',
    ],
    action: 'Go to your card company',
  },
  saved: {
    heading: 'Your card is saved',
    body: (merchant) => `You can use it to pay ${merchant} from now on. You have not been charged.`,
    stay: 'You can close this page.',
  },
  alreadyDone: {
    heading: 'Your card is already saved',
    body: (merchant) => `You have finished saving a card for ${merchant}. There is nothing more to enter.`,
  },
  expired: {
    heading: 'This page has expired',
    body: (merchant) => `No card was saved. Go back to ${merchant} and start again.`,
  },
  canceled: {
    heading: 'Saving the card was canceled',
    body: (merchant) => `No card was saved. If you still want to save one, go back to ${merchant} and start again.`,
  },
  notFound: {
    heading: 'Page not found',
    body: 'Check the address, or open the page again from the shop’s website.',
  },
  unavailable: {
    heading: 'Your card cannot be saved right now',
    reasons: {
      busy: 'We are busy or under maintenance. Wait a moment and try again.',
      too_many_attempts: 'There were too many attempts in a short time. Wait a while and try again.',
    },
    tryAgain: 'Open the page again',
  },
};
