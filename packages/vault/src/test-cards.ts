/**
 * Whether the digits (ASCII) are a published test card: test mode takes no other card, and live mode none of these.
 * Byte by byte, so that an entered number never becomes a string.
 */
export function isTestCard(digits: Uint8Array): boolean {
  return TEST_CARDS.some((card) => isWritten(card, digits));
}

function isWritten(card: string, digits: Uint8Array): boolean {
  let at = 0;
  for (const character of card) {
    if (character === '.') continue;
    if (digits[at] !== character.charCodeAt(0)) return false;
    at += 1;
  }
  return at === digits.length;
}

/**
 * Sources, all published for everybody to test with: PAY.JP, https://pay.jp/docs/testcard; Stripe,
 * https://docs.stripe.com/testing; the card networks' own samples that most processors' sandboxes share. With points in
 * between, so that a whole number in this process's memory is one that somebody entered.
 */
const TEST_CARDS: readonly string[] = [
  // PAY.JP: saved
  '4242.4242.4242.4242',
  '4012.8888.8888.1881',
  '5555.5555.5555.4444',
  '5105.1051.0510.5100',
  '3530.1113.3330.0000',
  '3566.0020.2036.0505',
  '3782.822463.10005',
  '3714.496353.98431',
  '3852.000002.3237',
  '3056.930902.5904',
  '6011.1111.1111.1117',
  '6011.0009.9013.9424',
  '4000.0009.0000.0003',
  // PAY.JP: refused when saved
  '4000.0000.0000.0002',
  '4000.0000.0000.0069',
  '4000.0000.0000.0127',
  '4000.0000.0000.0119',
  '4000.0037.2000.0278',
  '3622.720627.1667',
  // PAY.JP: saved, and something is wrong later
  '4000.0000.0008.0319',
  '4000.0000.0000.4012',
  '4000.0000.0008.0202',
  '4000.0000.0000.0077',
  '4000.0000.0000.0101',
  '4000.0000.0000.0044',
  '4000.0000.0000.0036',
  // Stripe: authentication
  '4000.0025.0000.3155',
  '4000.0027.6000.3184',
  '4000.0038.0000.0446',
  '4000.0082.6000.3178',
  '4000.0000.0000.3220',
  '4000.0000.0000.3063',
  '4000.0084.0000.1629',
  '4000.0084.0000.1280',
  '4000.0000.0000.3055',
  '4000.0000.0000.3097',
  // Stripe: declines, checks and countries
  '4000.0000.0000.9995',
  '4000.0000.0000.0341',
  '4000.0000.0000.4954',
  '4000.0000.0000.9235',
  '4100.0000.0000.0019',
  '4000.0035.6000.0123',
  '4000.0566.5566.5556',
  '5200.8282.8282.8210',
  '2223.0031.2200.3222',
  '6011.9811.1111.1113',
  '3056.9300.0902.0004',
  '3622.720627.1667',
  '6555.9000.0060.4105',
  '6200.0000.0000.0005',
  '6200.0000.0000.0047',
  '6205.5000.0000.0000.004',
  // Networks' samples
  '4111.1111.1111.1111',
  '5454.5454.5454.5454',
  '2222.4000.7000.0005',
  '3700.000000.00002',
];
