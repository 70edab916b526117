/**
 * How one character of an entered number is read: a digit's value, 0 to 9; `separator` for what people, input methods
 * and copied text put between digits; `null` for anything else. Takes a Unicode code point and not text, so that the
 * vault can read a card number that it holds in bytes. Full-width forms count, since Japanese keyboards give them.
 */
export function readEntryCharacter(codePoint: number): number | 'separator' | null {
  if (codePoint >= ASCII_ZERO && codePoint <= ASCII_ZERO + 9) return codePoint - ASCII_ZERO;
  if (codePoint >= FULL_WIDTH_ZERO && codePoint <= FULL_WIDTH_ZERO + 9) return codePoint - FULL_WIDTH_ZERO;
  return isDash(codePoint) || isBlank(codePoint) ? 'separator' : null;
}

export function isDash(codePoint: number): boolean {
  return DASHES.has(codePoint);
}

/** White space, and marks without a width of their own that come along when text is copied. */
export function isBlank(codePoint: number): boolean {
  return BLANKS.some(([from, to]) => from <= codePoint && codePoint <= to);
}

const ASCII_ZERO = 0x30;
const FULL_WIDTH_ZERO = 0xff10;

const DASHES: ReadonlySet<number> = new Set([
  0x002d, // hyphen-minus
  0x00ad, // soft hyphen
  0x02d7, // modifier minus
  0x2010, // hyphen
  0x2011, // non-breaking hyphen
  0x2012, // figure dash
  0x2013, // en dash
  0x2014, // em dash
  0x2015, // horizontal bar
  0x2043, // hyphen bullet
  0x2212, // minus
  0x2500, // box drawing, light
  0x2501, // box drawing, heavy
  0x30a0, // katakana double hyphen
  0x30fc, // katakana long vowel: what the hyphen key gives while kana are being typed
  0xfe58, // small em dash
  0xfe63, // small hyphen-minus
  0xff0d, // full-width hyphen-minus
  0xff70, // half-width katakana long vowel
]);

const BLANKS: readonly (readonly [from: number, to: number])[] = [
  [0x0009, 0x000d],
  [0x0020, 0x0020],
  [0x00a0, 0x00a0],
  [0x2000, 0x200f],
  [0x202a, 0x202f],
  [0x205f, 0x2060],
  [0x2066, 0x2069],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
