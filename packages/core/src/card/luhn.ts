/**
 * Whether the last digit is the check digit of the others by the Luhn formula (ISO/IEC 7812-1, annex B). It catches
 * every single wrong digit and nearly every swap of two neighbours. Takes digit values, 0 to 9, and makes no copy, so
 * that a card number held in bytes stays in them. An empty sequence does not pass.
 */
export function passesLuhn(digits: ArrayLike<number>): boolean {
  let sum = 0;
  for (let fromRight = 0; fromRight < digits.length; fromRight += 1) {
    const digit = digits[digits.length - 1 - fromRight] ?? 0;
    const doubled = digit * 2;
    if (fromRight % 2 === 0) sum += digit;
    else sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0;
}
