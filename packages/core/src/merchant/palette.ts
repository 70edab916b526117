import type { BrandingSettings, Color } from './branding.js';
import { BLACK, contrastRatio, mix, nearestColor, WHITE } from './color.js';

export type Theme = 'light' | 'dark';
export const THEMES: readonly Theme[] = ['light', 'dark'];

/** The colours of our pages that a merchant does not choose, and those that stand where none is chosen. */
export const PAGE_COLORS = {
  light: { surface: '#ffffff', mutedText: '#545d6e', background: '#f3f4f7', accent: '#2347c5' },
  dark: { surface: '#181c24', mutedText: '#a8b1c2', background: '#0e1116', accent: '#9db5ff' },
} as const satisfies Record<Theme, Record<string, Color>>;

/** The colours of one theme, as a page shows them. */
export interface Palette {
  readonly accent: Color;
  /** Of an accent that is pointed at. */
  readonly accentStrong: Color;
  readonly textOnAccent: Color;
  readonly background: Color;
}

export function paletteOf(settings: BrandingSettings, theme: Theme): Palette {
  const background =
    (theme === 'light' ? settings.background : settings.backgroundDark) ?? PAGE_COLORS[theme].background;
  const accent = accentIn(settings, theme, background);
  // An accent that can be read on the theme's panel is one on which the panel's own end of the scale can be read.
  const textOnAccent = theme === 'light' ? WHITE : BLACK;
  // Away from its text, so that pointing at a button never makes it harder to read.
  const accentStrong = mix(accent, theme === 'light' ? BLACK : WHITE, 0.22);
  return { accent, accentStrong, textOnAccent, background };
}

function accentIn({ accent, accentDark }: BrandingSettings, theme: Theme, background: Color): Color {
  if (theme === 'light') return accent ?? PAGE_COLORS.light.accent;
  if (accentDark !== null) return accentDark;
  if (accent === null) return PAGE_COLORS.dark.accent;
  return nearestAccent(accent, 'dark', background);
}

/** What two colours have to differ by for text. Source: WCAG 2.2, success criterion 1.4.3, level AA. */
export const TEXT_CONTRAST_MIN = 4.5;

/** The colour itself, or the nearest that can be read both on the panel and beside it. */
export function nearestAccent(accent: Color, theme: Theme, background: Color): Color {
  const grounds = [PAGE_COLORS[theme].surface, background];
  const isFine = (candidate: Color) => grounds.every((ground) => contrastRatio(candidate, ground) >= TEXT_CONTRAST_MIN);
  return nearestColor(accent, isFine) ?? (theme === 'light' ? BLACK : WHITE);
}
