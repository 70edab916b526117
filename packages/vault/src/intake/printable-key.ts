/** A key as it may be shown: not when it could hold a card number, nor at any length. */
export function printableKey(key: Uint8Array): string {
  const digitCount = key.filter((byte) => byte >= 0x30 && byte <= 0x39).length;
  if (digitCount >= 12) return '*';
  const text = Buffer.from(key).toString('utf8');
  return text.length > PRINTABLE_KEY_MAX ? `${text.slice(0, PRINTABLE_KEY_MAX)}…` : text;
}

const PRINTABLE_KEY_MAX = 40;
