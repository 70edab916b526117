import { type BrandingSettings, paletteOf, type Theme } from '@onfile/core';

/**
 * A merchant's colours and radius as a stylesheet of its own, which the page links after ours: no inline style is allowed.
 * Holds nothing but custom properties with checked values. `null` where the merchant chose none of them.
 */
export function brandStyle(settings: BrandingSettings): string | null {
  const { accent, accentDark, background, backgroundDark, radius } = settings;
  if ([accent, accentDark, background, backgroundDark, radius].every((chosen) => chosen === null)) return null;

  const light = [...colorsIn(settings, 'light'), ...(radius === null ? [] : shapes(radius))];
  return `${rule(light)}@media (prefers-color-scheme: dark) {\n${rule(colorsIn(settings, 'dark'))}}\n`;
}

function colorsIn(settings: BrandingSettings, theme: Theme): readonly string[] {
  const { accent, accentStrong, textOnAccent, background } = paletteOf(settings, theme);
  const chosen = theme === 'light' ? settings.background : settings.backgroundDark;
  return [
    `--accent: ${accent}`,
    `--accent-strong: ${accentStrong}`,
    `--on-accent: ${textOnAccent}`,
    ...(chosen === null ? [] : [`--ground: ${background}`]),
  ];
}

/** The panel is rounder than what is in it, as one shape around another has to be. */
function shapes(radius: number): readonly string[] {
  return [`--radius: ${radius}px`, `--panel-radius: ${Math.round(radius * 1.6)}px`];
}

function rule(declarations: readonly string[]): string {
  return `:root {\n${declarations.map((each) => `  ${each};\n`).join('')}}\n`;
}
