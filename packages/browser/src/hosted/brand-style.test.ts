import { type Color, NO_BRANDING, PAGE_COLORS, paletteOf, THEMES } from '@onfile/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { A_BRANDING } from '../../testing/hosted-views.js';
import { STYLESHEET } from './assets.js';
import { brandStylesheet, pageBrandOf } from './brand-assets.js';
import { brandStyle } from './brand-style.js';

test('contrast is measured on the colours that the stylesheet really has', () => {
  const css = STYLESHEET.body.toString();
  const dark = css.indexOf('prefers-color-scheme: dark');
  const parts = { light: css.slice(0, dark), dark: css.slice(dark) };
  for (const theme of THEMES) {
    const colorOf = (name: string) => new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(parts[theme])?.[1];
    expect({
      surface: colorOf('surface'),
      mutedText: colorOf('muted'),
      background: colorOf('ground'),
      accent: colorOf('accent'),
    }).toEqual(PAGE_COLORS[theme]);
  }
});

test('a look that chooses no colour and no radius needs no stylesheet', () => {
  expect(brandStyle({ ...NO_BRANDING, displayName: 'A shop', homepageUrl: 'https://shop.example/' })).toBeNull();
  expect(pageBrandOf({ ...A_BRANDING, ...NO_BRANDING, logo: null })).toBeNull();
});

test('a stylesheet holds custom properties with checked values, and nothing else', () => {
  const colorOf = (value: number): Color => `#${value.toString(16).padStart(6, '0')}`;
  const color = fc.option(fc.integer({ min: 0, max: 0xffffff }).map(colorOf));
  const radius = fc.option(fc.nat(24));
  fc.assert(
    fc.property(fc.record({ accent: color, accentDark: color, backgroundDark: color, radius }), (chosen) => {
      const style = brandStyle({ ...NO_BRANDING, ...chosen }) ?? '';
      for (const line of style.split('\n')) {
        expect(line).toMatch(
          /^$|^:root \{$|^\}+$|^@media \(prefers-color-scheme: dark\) \{$|^ {2}--[a-z-]+: (#[0-9a-f]{6}|\d{1,2}px);$/,
        );
      }
    }),
  );
});

test('the accent of each theme is the one that was measured', () => {
  const style = brandStyle(A_BRANDING) ?? '';
  const [light = '', dark = ''] = style.split('@media');
  expect(light).toContain(`--accent: ${paletteOf(A_BRANDING, 'light').accent};`);
  expect(dark).toContain(`--accent: ${paletteOf(A_BRANDING, 'dark').accent};`);
  expect(light).toContain('--radius: 20px;');
});

test('another look has another address', () => {
  const path = (accent: '#0b6b4f' | '#7a1fa2') => brandStylesheet({ ...A_BRANDING, accent })?.path;
  expect(path('#0b6b4f')).not.toBe(path('#7a1fa2'));
  expect(path('#0b6b4f')).toMatch(new RegExp(`^/branding/${A_BRANDING.merchantId}/[0-9a-f]{16}\\.css$`));
});
