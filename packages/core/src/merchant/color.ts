import type { Color } from './branding.js';

/** `#abc` and `#AABBCC` as `#aabbcc`; `null` for anything else. */
export function parseColor(text: string): Color | null {
  const [, digits] = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  const six = digits.length === 6 ? digits : digits.replace(/./g, '$&$&');
  return `#${six.toLowerCase()}`;
}

/** From 1 (alike) to 21 (black on white). Source: WCAG 2.2, "contrast ratio" and "relative luminance". */
export function contrastRatio(one: Color, other: Color): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** A part of the way from one colour to another: 0 is the first, 1 the second. */
export function mix(from: Color, to: Color, part: number): Color {
  const ends = channels(to);
  const mixed = channels(from).map((start, index) => Math.round(start + ((ends[index] ?? 0) - start) * part));
  return `#${mixed.map((each) => each.toString(16).padStart(2, '0')).join('')}`;
}

const STEPS = 256;

/**
 * The colour itself where it is fine, else the first that is, on the way to black or to white, whichever is nearer;
 * `null` when there is none.
 */
export function nearestColor(color: Color, isFine: (candidate: Color) => boolean): Color | null {
  for (let step = 0; step <= STEPS; step += 1) {
    const found = ENDS.map((end) => mix(color, end, step / STEPS)).find(isFine);
    if (found !== undefined) return found;
  }
  return null;
}

export const BLACK: Color = '#000000';
export const WHITE: Color = '#ffffff';
const ENDS = [BLACK, WHITE];

function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map(linear);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function channels(color: Color): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}
