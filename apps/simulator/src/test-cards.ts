export const DECLINE_CODES = [
  'card_declined',
  'expired_card',
  'invalid_cvc',
  'invalid_expiry',
  'invalid_card_data',
  'unsupported_brand',
  'processing_error',
] as const;
export type DeclineCode = (typeof DECLINE_CODES)[number];

export type CardBrand = 'visa' | 'mastercard' | 'jcb' | 'amex' | 'diners' | 'discover' | 'unknown';

export interface TestCard {
  readonly number: string;
  readonly brand: CardBrand;
  /** Where it was issued, ISO 3166-1 alpha-2. */
  readonly country: string;
  /** What the issuer answers when the card is registered. */
  readonly registration: 'approved' | DeclineCode;
  /** What the issuer says of the security code and the postal code when it approves. */
  readonly checks: CardChecks;
  /** What is special about it, for the person who picks it. */
  readonly note: string;
}

export type Check = 'pass' | 'fail' | 'unavailable' | 'not_provided';

export interface CardChecks {
  readonly cvc: Check;
  readonly postal_code: Check;
}

/**
 * Every card that the simulated issuers know; any other number is declined with `card_declined`. The cards that are
 * declined at registration are declined before any authentication, so no challenge is shown for them.
 * Source of the numbers: PAY.JP's published test cards, https://pay.jp/docs/testcard.
 */
export const TEST_CARDS: readonly TestCard[] = [
  // number, brand, country, answer at registration, note
  card('4242424242424242', 'visa', 'JP', 'approved'),
  card('4012888888881881', 'visa', 'JP', 'approved'),
  card('5555555555554444', 'mastercard', 'JP', 'approved'),
  card('5105105105105100', 'mastercard', 'JP', 'approved'),
  card('3530111333300000', 'jcb', 'JP', 'approved'),
  card('3566002020360505', 'jcb', 'JP', 'approved'),
  card('378282246310005', 'amex', 'JP', 'approved'),
  card('371449635398431', 'amex', 'JP', 'approved'),
  card('38520000023237', 'diners', 'JP', 'approved'),
  card('30569309025904', 'diners', 'JP', 'approved'),
  card('6011111111111117', 'discover', 'JP', 'approved'),
  card('6011000990139424', 'discover', 'JP', 'approved'),
  card('4000000900000003', 'visa', 'US', 'approved', 'issued abroad'),

  card('4000000000000002', 'visa', 'JP', 'card_declined'),
  card('4000000000000069', 'visa', 'JP', 'expired_card'),
  card('4000000000000127', 'visa', 'JP', 'invalid_cvc'),
  card('4000000000000119', 'visa', 'JP', 'processing_error'),
  card('4000003720000278', 'visa', 'JP', 'invalid_card_data'),
  card('36227206271667', 'diners', 'JP', 'unsupported_brand'),

  card('4000000000080319', 'visa', 'JP', 'approved', 'declined when charged'),
  card('4000000000004012', 'visa', 'JP', 'approved', 'expired when charged'),
  card('4000000000080202', 'visa', 'JP', 'approved', 'declined when charged above 10,000 yen'),
  card('4000000000000077', 'visa', 'JP', 'approved', 'wrong card data when charged'),
  card('4000000000000101', 'visa', 'JP', 'approved', 'weak: security code check failed', { cvc: 'fail' }),
  card('4000000000000044', 'visa', 'JP', 'approved', 'weak: security code check unavailable', { cvc: 'unavailable' }),
  card('4000000000000036', 'visa', 'JP', 'approved', 'weak: postal code check failed', { postal_code: 'fail' }),
];

const BY_NUMBER = new Map(TEST_CARDS.map((each) => [each.number, each]));

export function findTestCard(number: string): TestCard {
  return BY_NUMBER.get(number) ?? card('', 'unknown', 'JP', 'card_declined', 'not a test card');
}

function card(
  number: string,
  brand: CardBrand,
  country: string,
  registration: TestCard['registration'],
  note = '',
  checks: Partial<CardChecks> = {},
): TestCard {
  return { number, brand, country, registration, note, checks: { cvc: 'pass', postal_code: 'pass', ...checks } };
}
