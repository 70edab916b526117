/**
 * Whether the digits (ASCII) are a published test card: test mode takes no other card, and live mode none of these.
 * Compared as bytes, so that an entered number never becomes a string.
 */
export function isTestCard(digits: Uint8Array): boolean {
  return TEST_CARDS.some((card) => card.equals(digits));
}

/**
 * Sources, all published for everybody to test with: PAY.JP, https://pay.jp/docs/testcard; Stripe,
 * https://docs.stripe.com/testing; the card networks' own samples that most processors' sandboxes share.
 */
const TEST_CARDS: readonly Buffer[] = [
  // PAY.JP: saved
  '4242424242424242',
  '4012888888881881',
  '5555555555554444',
  '5105105105105100',
  '3530111333300000',
  '3566002020360505',
  '378282246310005',
  '371449635398431',
  '38520000023237',
  '30569309025904',
  '6011111111111117',
  '6011000990139424',
  '4000000900000003',
  // PAY.JP: refused when saved
  '4000000000000002',
  '4000000000000069',
  '4000000000000127',
  '4000000000000119',
  '4000003720000278',
  '36227206271667',
  // PAY.JP: saved, and something is wrong later
  '4000000000080319',
  '4000000000004012',
  '4000000000080202',
  '4000000000000077',
  '4000000000000101',
  '4000000000000044',
  '4000000000000036',
  // Stripe: authentication
  '4000002500003155',
  '4000002760003184',
  '4000003800000446',
  '4000008260003178',
  '4000000000003220',
  '4000000000003063',
  '4000008400001629',
  '4000008400001280',
  '4000000000003055',
  '4000000000003097',
  // Stripe: declines, checks and countries
  '4000000000009995',
  '4000000000000341',
  '4000000000004954',
  '4000000000009235',
  '4100000000000019',
  '4000003560000123',
  '4000056655665556',
  '5200828282828210',
  '2223003122003222',
  '6011981111111113',
  '3056930009020004',
  '36227206271667',
  '6555900000604105',
  '6200000000000005',
  '6200000000000047',
  '6205500000000000004',
  // Networks' samples
  '4111111111111111',
  '5454545454545454',
  '2222400070000005',
  '370000000000002',
].map((digits) => Buffer.from(digits));
