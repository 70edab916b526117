/** The code point that starts at an offset of valid UTF-8, and how many bytes it takes. */
export function codePointAt(bytes: Uint8Array, at: number): { readonly codePoint: number; readonly length: number } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { codePoint: first, length: 1 };

  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  let codePoint = first & (0x7f >> length);
  for (let next = 1; next < length; next += 1) codePoint = (codePoint << 6) | ((bytes[at + next] ?? 0) & 0x3f);
  return { codePoint, length };
}

/** Writes a code point as UTF-8; answers the offset after it. */
export function writeCodePoint(codePoint: number, into: Uint8Array, at: number): number {
  if (codePoint < 0x80) {
    into[at] = codePoint;
    return at + 1;
  }
  const length = codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  for (let next = length - 1, rest = codePoint; next >= 0; next -= 1, rest >>= 6) {
    into[at + next] = next === 0 ? ((0xf00 >> length) & 0xff) | rest : 0x80 | (rest & 0x3f);
  }
  return at + length;
}
