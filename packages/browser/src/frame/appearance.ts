import type { Appearance, AppearanceVariable } from '../protocol/messages.js';

/** Shows the page's wishes as custom properties. Each is read as a value first: it is never taken as CSS text. */
export function applyAppearance({ isDark, variables }: Appearance, root: HTMLElement): void {
  root.dataset.theme = isDark ? 'dark' : 'light';
  for (const [name, [property, parse]] of Object.entries(VARIABLES)) {
    // An empty value takes the property away.
    root.style.setProperty(property, parse(variables[name as AppearanceVariable]?.trim() ?? '') ?? '');
  }
}

const VARIABLES: Readonly<Record<AppearanceVariable, readonly [string, (text: string) => string | null]>> = {
  colorPrimary: ['--accent', parseColor],
  colorBackground: ['--surface', parseColor],
  colorText: ['--text', parseColor],
  colorDanger: ['--danger', parseColor],
  fontFamily: ['--font', parseFontFamily],
  fontSizeBase: ['--base', parseFontSize],
};

const COLOR =
  /^(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|(?:rgba?|hsla?|oklch|oklab|lab|lch)\([\d.,%/ +-]{1,60}(?:deg)?[\d.,%/ +-]{0,60}\)|[a-z]{3,24})$/i;

/** Hexadecimal, a function of plain numbers, or a name; no variable, no address, nothing that is more than a colour. */
export function parseColor(text: string): string | null {
  return COLOR.test(text) ? text : null;
}

const FONT_PX = { min: 12, max: 24 };

/** 12 to 24 px; `rem` and `em` count as 16 px. What is smaller or larger is brought to the limit. */
export function parseFontSize(text: string): string | null {
  const [, number, unit] = /^(\d{1,3}(?:\.\d{1,3})?)(px|rem|em)?$/.exec(text) ?? [];
  if (number === undefined) return null;
  const px = Number(number) * (unit === 'rem' || unit === 'em' ? 16 : 1);
  return `${Math.min(FONT_PX.max, Math.max(FONT_PX.min, px))}px`;
}

/** The families of the list that systems bring along, in their order; others are left out, as nothing is loaded. */
export function parseFontFamily(text: string): string | null {
  const families = text.split(',').map((part) => part.trim().replace(/^["']|["']$/g, ''));
  const known = families.flatMap(
    (family) => SYSTEM_FAMILIES.find((each) => each.toLowerCase() === family.toLowerCase()) ?? [],
  );
  return known.length === 0 ? null : known.map((family) => (GENERIC.test(family) ? family : `"${family}"`)).join(', ');
}

const GENERIC = /^[a-z-]+$/;

const SYSTEM_FAMILIES = (
  'system-ui, sans-serif, serif, monospace, Arial, Georgia, Helvetica, Hiragino Mincho ProN, Hiragino Sans, Meiryo, ' +
  'Noto Sans JP, Noto Serif JP, Roboto, Segoe UI, Times New Roman, Verdana, Yu Gothic, Yu Mincho'
).split(', ');
