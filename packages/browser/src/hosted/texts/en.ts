import type { HostedTexts } from './texts.js';

const CHECK_DETAILS =
  'Your card company could not confirm the details. Check the card number, expiry date and security code, and enter them again.';

export const EN: HostedTexts = {
  languageName: 'English',
  testMode: { label: 'Test mode', note: 'Real cards do not work here.' },
  backTo: (merchant) => `Back to ${merchant}`,
  continueTo: (merchant) => `Continue to ${merchant}`,
  cardEndingIn: (brand, last4) => `${brand} ending in ${last4}`,

  form: {
    heading: 'Save your card',
    lead: (merchant) => `Save a card to pay ${merchant} with later. You will not be charged now.`,
    labels: {
      card_number: 'Card number',
      card_expiry: 'Expiry date',
      card_cvc: 'Security code',
      card_name: 'Name on card',
      email: 'Email address',
      phone: 'Phone number',
    },
    hints: {
      card_expiry: 'Month / year, such as 12\u00a0/\u00a034',
      card_cvc: '3 digits on the back, or 4 on the front of an American Express',
      card_name: 'As it is written on the card',
    },
    contactLegend: 'Contact',
    contactReason: 'Your card company needs one of these to check that it is you.',
    consent: {
      off_session: (merchant) =>
        `By pressing “Save card” you allow ${merchant} to keep this card and charge it for later payments, including regular ones and others made while you are not present.`,
      on_session: (merchant) =>
        `By pressing “Save card” you allow ${merchant} to keep this card and charge it when you make payments later.`,
    },
    authentication:
      'Your card company’s page may open next, to check that it is you (3-D Secure). Keep it open until your card is saved.',
    submit: 'Save card',
    safety: 'Your card number is stored encrypted. The security code is not stored.',
  },
  problems: {
    count: (count) => (count === 1 ? '1 problem' : `${count} problems`),
    heading: (count) => (count === 1 ? 'Check 1 entry' : `Check ${count} entries`),
    enterAgain: 'For your safety, enter the card number and the security code again.',
    card_number: {
      required: 'Enter the card number.',
      not_digits: 'Enter the card number in digits.',
      too_short: 'The card number is too short. Enter all of its digits.',
      too_long: 'The card number is too long. Check it against your card.',
      mistyped: 'The card number has a mistake in it. Check it against your card.',
      card_brand_unsupported: 'Cards of this brand are not accepted. Enter another card.',
      test_card_in_live_mode: 'This is a test card number. Enter the number of a real card.',
      live_card_in_test_mode: 'This is test mode. Enter the number of a test card.',
    },
    card_expiry: {
      required: 'Enter the expiry date.',
      unreadable: 'Enter the expiry date as month and year, such as 12\u00a0/\u00a034.',
      no_such_month: 'Enter the month of the expiry date as 01 to 12.',
      past: 'The expiry date has passed. Check it, or enter another card.',
      too_far: 'The expiry date is too far ahead. Check it against your card.',
    },
    card_cvc: {
      required: 'Enter the security code.',
      not_digits: 'Enter the security code in digits.',
      wrong_length: 'Check the number of digits of the security code.',
    },
    card_name: {
      required: 'Enter the name on the card.',
      not_latin: 'Enter the name in the letters on the card, such as TARO YAMADA.',
      looks_like_card_number: 'The name on the card looks like a card number. Enter the name.',
      too_long: 'Enter the name on the card in 45 characters at most.',
      unreadable: 'Enter the name in the letters on the card, such as TARO YAMADA.',
    },
    email: {
      required: 'Enter an email address or a phone number.',
      unreadable: 'Check the email address. It should look like taro@example.jp.',
      looks_like_card_number: 'The email address looks like a card number. Enter an email address.',
    },
    phone: {
      unreadable: 'Check the phone number. It should look like 090-1234-5678 or +81 90 1234 5678.',
      looks_like_card_number: 'The phone number looks like a card number. Enter a phone number.',
    },
  },
  declined: {
    heading: 'Your card was not saved',
    reasons: {
      card_declined: 'Your card company did not approve it. Enter another card, or ask your card company.',
      expired_card: CHECK_DETAILS,
      invalid_cvc: CHECK_DETAILS,
      invalid_expiry: CHECK_DETAILS,
      invalid_card_data: CHECK_DETAILS,
      unsupported_brand: 'Cards of this brand are not accepted. Enter another card.',
      processing_error: 'Something went wrong between us and your card company. Wait a moment and try again.',
      authentication_failed:
        'Your card company could not confirm that it was you (3-D Secure). Try again, or enter another card.',
      authentication_abandoned: 'The check by your card company (3-D Secure) was not finished in time. Try again.',
      not_processed: 'Your card company could not be reached. Try again.',
    },
  },
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
