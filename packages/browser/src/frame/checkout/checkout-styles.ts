import type { CheckoutStyleKey } from '../../protocol/checkout-messages.js';
import { parseColor, parseFontFamily, parseFontSize } from '../appearance.js';

/** Shows the page's wishes as custom properties. Each is read as a value first: it is never taken as CSS text. */
export function applyCheckoutStyles(
  styles: Readonly<Partial<Record<CheckoutStyleKey, string>>>,
  root: HTMLElement,
): void {
  for (const [name, { property, parse }] of Object.entries(STYLES)) {
    const text = styles[name as CheckoutStyleKey];
    const value = text === undefined ? null : parse(text.trim());
    if (value === null) root.style.removeProperty(property);
    else root.style.setProperty(property, value);
  }
}

interface Style {
  readonly property: string;
  /** `null` for a text that is no value of this kind. */
  readonly parse: (text: string) => string | null;
}

export const STYLES: Readonly<Record<CheckoutStyleKey, Style>> = {
  backgroundColor: { property: '--surface', parse: parseColor },
  color: { property: '--text', parse: parseColor },
  fontFamily: { property: '--font', parse: parseFontFamily },
  fontSize: { property: '--base', parse: parseFontSize },
  fontStyle: { property: '--field-style', parse: oneOf('normal', 'italic', 'oblique') },
  fontWeight: {
    property: '--field-weight',
    parse: (text) => oneOf('normal', 'bold')(text) ?? inRange(text, [100, 900]),
  },
  iconColor: { property: '--icon', parse: parseColor },
  letterSpacing: { property: '--field-spacing', parse: (text) => parseLength(text, [-1, 8]) },
  lineHeight: {
    property: '--field-line-height',
    parse: (text) => inRange(text, [1, 3]) ?? parseLength(text, [16, 64]),
  },
  padding: { property: '--field-padding', parse: parsePadding },
  textAlign: { property: '--field-align', parse: oneOf('left', 'center', 'right', 'start', 'end') },
};

type Range = readonly [min: number, max: number];

function oneOf(...words: readonly string[]): (text: string) => string | null {
  return (text) => (words.includes(text.toLowerCase()) ? text.toLowerCase() : null);
}

const NUMBER = /^-?\d{0,4}(?:\.\d{1,4})?$/;

/** What is smaller or larger is brought to the limit. */
function inRange(text: string, [min, max]: Range): string | null {
  if (text === '' || !NUMBER.test(text)) return null;
  return String(Math.min(max, Math.max(min, Number(text))));
}

/** A length in `px`; `rem` and `em` count as 16 px. Zero needs no unit. */
function parseLength(text: string, range: Range): string | null {
  const [, number = '', unit] = /^(-?\d{0,4}(?:\.\d{1,4})?)(px|rem|em)?$/.exec(text) ?? [];
  if (number === '' || (unit === undefined && Number(number) !== 0)) return null;
  const px = Number(number) * (unit === 'px' || unit === undefined ? 1 : 16);
  const within = inRange(String(Number(px.toFixed(4))), range);
  return within === null ? null : `${within}px`;
}

/** Of the fields: one to four lengths. */
function parsePadding(text: string): string | null {
  const lengths = text.split(/\s+/).map((each) => parseLength(each, [0, 32]));
  return lengths.length <= 4 && lengths.every((each) => each !== null) ? lengths.join(' ') : null;
}
