import type { FieldTexts } from './fields.js';

const CHECK_DETAILS =
  'Your card company could not confirm the details. Check the card number, expiry date and security code, and enter them again.';

export const EN_FIELDS: FieldTexts = {
  form: {
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
    authentication:
      'Your card company’s page may open next, to check that it is you (3-D Secure). Keep it open until your card is saved.',
  },
  problems: {
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
};
