import { type BrandingSettings, type Color, DISPLAY_NAME_CHARACTERS_MAX, NO_BRANDING, RADIUS_MAX } from './branding.js';
import { contrastRatio, nearestColor, parseColor } from './color.js';
import { nearestAccent, PAGE_COLORS, paletteOf, TEXT_CONTRAST_MIN, THEMES, type Theme } from './palette.js';

/** What a page shows on what. `accent_on_panel`: on our own panel, which is white, or nearly black in the dark theme. */
export type ContrastPair = 'text_on_accent' | 'accent_on_panel' | 'accent_on_background' | 'text_on_background';

export interface Contrast {
  readonly theme: Theme;
  readonly pair: ContrastPair;
  /** From 1 to 21, cut to two decimals. */
  readonly ratio: number;
}

export type BrandingField = keyof BrandingSettings;

/**
 * Why a setting is refused. `contrast_too_low`: what the two colours measure, what they need, and the nearest colour to use in
 * the field instead.
 */
export type BrandingProblem =
  | { readonly field: 'displayName'; readonly problem: 'too_long' | 'unreadable' }
  | { readonly field: ColorField; readonly problem: 'not_a_color' }
  | { readonly field: 'radius'; readonly problem: 'out_of_range' }
  | { readonly field: 'homepageUrl'; readonly problem: 'not_https' }
  | (Contrast & {
      readonly field: ColorField;
      readonly problem: 'contrast_too_low';
      readonly required: number;
      readonly nearest: Color;
    });

type ColorField = 'accent' | 'accentDark' | 'background' | 'backgroundDark';

export type CheckedBranding =
  | { readonly kind: 'fine'; readonly settings: BrandingSettings; readonly contrasts: readonly Contrast[] }
  | { readonly kind: 'refused'; readonly problems: readonly BrandingProblem[] };

/** Settings as somebody wrote them; a field that is not given is `null`. */
export type WrittenBranding = {
  readonly [F in BrandingField]?: (BrandingSettings[F] extends number | null ? number : string) | null;
};

/**
 * The settings in the form in which they are kept, with all contrasts measured in both themes, or everything that is wrong.
 * Contrasts are measured once each setting by itself is right.
 */
export function checkBranding(written: WrittenBranding): CheckedBranding {
  const problems: BrandingProblem[] = [];
  const take = <T>(value: T | BrandingProblem): T | null => {
    if (typeof value !== 'object' || value === null) return value;
    problems.push(value as BrandingProblem);
    return null;
  };
  const color = (field: ColorField) => take(readColor(field, written[field] ?? null));
  const settings: BrandingSettings = {
    ...NO_BRANDING,
    displayName: take(readDisplayName(written.displayName ?? null)),
    accent: color('accent'),
    accentDark: color('accentDark'),
    background: color('background'),
    backgroundDark: color('backgroundDark'),
    radius: take(readRadius(written.radius ?? null)),
    homepageUrl: take(readHomepageUrl(written.homepageUrl ?? null)),
  };
  if (problems.length > 0) return { kind: 'refused', problems };

  const faint = problemsOfContrast(settings);
  if (faint.length > 0) return { kind: 'refused', problems: faint };
  return { kind: 'fine', settings, contrasts: measureContrasts(settings) };
}

/** Every pair of colours that a page of the merchant shows, in both themes. */
function measureContrasts(settings: BrandingSettings): readonly Contrast[] {
  return THEMES.flatMap((theme) => {
    const { accent, textOnAccent, background } = paletteOf(settings, theme);
    const { surface, mutedText } = PAGE_COLORS[theme];
    const measured = (pair: ContrastPair, one: Color, other: Color): Contrast => ({
      theme,
      pair,
      ratio: cut(contrastRatio(one, other)),
    });
    return [
      measured('accent_on_panel', accent, surface),
      measured('accent_on_background', accent, background),
      measured('text_on_background', mutedText, background),
      measured('text_on_accent', textOnAccent, accent),
    ];
  });
}

/** A background that our text cannot be read on is named alone: whether an accent is fine depends on it. */
function problemsOfContrast(settings: BrandingSettings): readonly BrandingProblem[] {
  const faint = measureContrasts(settings).filter(({ ratio }) => ratio < TEXT_CONTRAST_MIN);
  return THEMES.flatMap((theme) => {
    const ofTheme = faint.filter((each) => each.theme === theme);
    const ofBackground = ofTheme.filter(({ pair }) => pair === 'text_on_background');
    return (ofBackground.length > 0 ? ofBackground : ofTheme.slice(0, 1)).map((contrast) => ({
      ...contrast,
      problem: 'contrast_too_low' as const,
      required: TEXT_CONTRAST_MIN,
      ...remedyOf(contrast, settings),
    }));
  });
}

function remedyOf({ theme, pair }: Contrast, settings: BrandingSettings): { field: ColorField; nearest: Color } {
  const { accent, background } = paletteOf(settings, theme);
  const isLight = theme === 'light';
  const accentField = isLight ? 'accent' : 'accentDark';
  // Our own accent, on a background of theirs: it is the background that has to change.
  if (pair === 'text_on_background' || settings[accentField] === null) {
    const { mutedText } = PAGE_COLORS[theme];
    const isFine = (candidate: Color) =>
      [mutedText, accent].every((text) => cut(contrastRatio(text, candidate)) >= TEXT_CONTRAST_MIN);
    const nearest = nearestColor(background, isFine) ?? PAGE_COLORS[theme].background;
    return { field: isLight ? 'background' : 'backgroundDark', nearest };
  }
  return { field: accentField, nearest: nearestAccent(accent, theme, background) };
}

/** Never rounded up: 4.499 is not enough. */
function cut(ratio: number): number {
  return Math.floor(ratio * 100) / 100;
}

function readDisplayName(text: string | null): string | null | BrandingProblem {
  const name = text?.normalize('NFC').trim() ?? '';
  if (name === '') return null;
  if (Array.from(name).length > DISPLAY_NAME_CHARACTERS_MAX) return { field: 'displayName', problem: 'too_long' };
  // Marks that turn the direction of text would reach into what we write around the name.
  if (/[\p{Control}\p{Surrogate}\u202a-\u202e\u2066-\u2069]/u.test(name) || !/[\p{L}\p{N}]/u.test(name)) {
    return { field: 'displayName', problem: 'unreadable' };
  }
  return name;
}

function readColor(field: ColorField, text: string | null): Color | null | BrandingProblem {
  if (text === null) return null;
  return parseColor(text) ?? { field, problem: 'not_a_color' };
}

function readRadius(radius: number | null): number | null | BrandingProblem {
  if (radius === null) return null;
  const isFine = Number.isInteger(radius) && radius >= 0 && radius <= RADIUS_MAX;
  return isFine ? radius : { field: 'radius', problem: 'out_of_range' };
}

const ADDRESS_CHARACTERS_MAX = 2_048;

function readHomepageUrl(text: string | null): string | null | BrandingProblem {
  if (text === null) return null;
  const isFine = text.length <= ADDRESS_CHARACTERS_MAX && (HTTPS.test(text) || LOOPBACK.test(text));
  return isFine ? text : { field: 'homepageUrl', problem: 'not_https' };
}

// No user information, no backslash, nothing but printable ASCII; names of other scripts have an ASCII form.
const REST = String.raw`(?::\d{1,5})?(?:[/?#][!-[\]-~]*)?$`;
const HTTPS = new RegExp(String.raw`^https://(?:[a-z\d-]+\.)*[a-z\d-]+${REST}`, 'i');
const LOOPBACK = new RegExp(String.raw`^http://(?:localhost|127\.0\.0\.1)${REST}`, 'i');
