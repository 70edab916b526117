import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Color } from './branding.js';
import { type BrandingProblem, checkBranding, type WrittenBranding } from './check-branding.js';
import { contrastRatio, nearestColor, parseColor } from './color.js';
import { PAGE_COLORS, paletteOf, TEXT_CONTRAST_MIN, THEMES } from './palette.js';

function problemsOf(written: WrittenBranding): readonly BrandingProblem[] {
  const checked = checkBranding(written);
  return checked.kind === 'refused' ? checked.problems : [];
}

function settingsOf(written: WrittenBranding) {
  const checked = checkBranding(written);
  if (checked.kind === 'refused') throw new Error(JSON.stringify(checked.problems));
  return checked.settings;
}

describe('contrast', () => {
  // biome-ignore format: a table
  const pairs = [
    ['#000000', '#ffffff', 21],
    ['#777777', '#ffffff', 4.478],
    ['#767676', '#ffffff', 4.542],
    ['#0000ff', '#ffffff', 8.592],
    ['#ffff00', '#ffffff', 1.074],
    ['#123456', '#123456', 1],
  ] as const;
  for (const [one, other, ratio] of pairs) {
    test(`of ${one} and ${other} is ${ratio}, as the definition of WCAG gives it`, () => {
      expect(contrastRatio(one, other)).toBeCloseTo(ratio, 3);
      expect(contrastRatio(other, one)).toBeCloseTo(ratio, 3);
    });
  }

  test('of our own pages is enough, so a merchant who chooses nothing is fine', () => {
    const checked = checkBranding({});
    expect(checked.kind).toBe('fine');
    if (checked.kind === 'fine') expect(checked.contrasts).toHaveLength(8);
  });
});

describe('a colour that cannot be read', () => {
  test('is refused with what it measures and the nearest colour that can', () => {
    expect(problemsOf({ accent: '#FFD400' })).toEqual([
      {
        field: 'accent',
        problem: 'contrast_too_low',
        theme: 'light',
        pair: 'accent_on_panel',
        ratio: 1.43,
        required: 4.5,
        nearest: expect.stringMatching(/^#[0-9a-f]{6}$/),
      },
    ]);
  });

  // biome-ignore format: a table
  const refused = [
    // what is written                                       the field        the theme  the pair
    [{ accent: '#777777' },                                  'accent',         'light', 'accent_on_panel'],
    [{ accent: '#737373', background: '#eeeeee' },           'accent',         'light', 'accent_on_background'],
    [{ accentDark: '#2347c5' },                              'accentDark',     'dark',  'accent_on_panel'],
    [{ background: '#20242e' },                              'background',     'light', 'text_on_background'],
    [{ backgroundDark: '#ffffff' },                          'backgroundDark', 'dark',  'text_on_background'],
  ] as const;
  for (const [written, field, theme, pair] of refused) {
    test(`${JSON.stringify(written)} is refused for ${pair} in the ${theme} theme, and fine once its advice is followed`, () => {
      const [problem, ...others] = problemsOf(written);
      expect(others).toEqual([]);
      expect(problem).toMatchObject({ field, theme, pair, problem: 'contrast_too_low' });
      const nearest = problem?.problem === 'contrast_too_low' ? problem.nearest : '';
      expect(problemsOf({ ...written, [field]: nearest })).toEqual([]);
    });
  }

  test('whatever is chosen: either every pair can be read in both themes, or following all advice makes it so', () => {
    const color = fc.option(
      fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`),
    );
    const written = fc.record({ accent: color, accentDark: color, background: color, backgroundDark: color });
    fc.assert(
      fc.property(written, (first) => {
        let wished: WrittenBranding = first;
        // A background is mended before the accent on it is judged.
        for (let round = 0; round < 3; round += 1) {
          const advice = problemsOf(wished).flatMap((each) =>
            each.problem === 'contrast_too_low' ? [[each.field, each.nearest]] : [],
          );
          wished = { ...wished, ...Object.fromEntries(advice) };
        }
        const settings = settingsOf(wished);
        for (const theme of THEMES) {
          const { accent, accentStrong, textOnAccent, background } = paletteOf(settings, theme);
          const { surface, mutedText } = PAGE_COLORS[theme];
          const pairs: [Color, Color][] = [
            [textOnAccent, accent],
            [textOnAccent, accentStrong],
            [accent, surface],
            [accent, background],
            [accentStrong, surface],
            [mutedText, background],
          ];
          for (const pair of pairs) expect(contrastRatio(...pair)).toBeGreaterThanOrEqual(TEXT_CONTRAST_MIN);
        }
      }),
    );
  });

  test('gives way to the nearest: no colour between them passes', () => {
    const isFine = (candidate: Color) => contrastRatio(candidate, '#ffffff') >= TEXT_CONTRAST_MIN;
    expect(nearestColor('#767676', isFine)).toBe('#767676');
    expect(nearestColor('#777777', isFine)).toBe('#767676');
    expect(nearestColor('#777777', () => false)).toBeNull();
  });
});

describe('a dark accent', () => {
  test('that is not chosen is the light one where that can be read in the dark, or else the nearest that can', () => {
    expect(paletteOf(settingsOf({ accent: '#0b6b4f' }), 'dark').accent).not.toBe('#0b6b4f');
    expect(paletteOf(settingsOf({ accent: '#0b6b4f', accentDark: '#7fdba8' }), 'dark').accent).toBe('#7fdba8');
    expect(paletteOf(settingsOf({}), 'dark').accent).toBe(PAGE_COLORS.dark.accent);
  });
});

describe('what is written', () => {
  test('is kept in one form', () => {
    const written = {
      displayName: '  喫茶ひだまり ',
      accent: '#059',
      radius: 12,
      homepageUrl: 'https://shop.example/a?b=c',
    };
    expect(settingsOf(written)).toEqual({
      displayName: '喫茶ひだまり',
      accent: '#005599',
      accentDark: null,
      background: null,
      backgroundDark: null,
      radius: 12,
      homepageUrl: 'https://shop.example/a?b=c',
    });
  });

  // biome-ignore format: a table
  const refused = [
    [{ displayName: 'x'.repeat(81) },                    { field: 'displayName', problem: 'too_long' }],
    [{ displayName: 'a\u202eb' },                        { field: 'displayName', problem: 'unreadable' }],
    [{ displayName: '…!' },                              { field: 'displayName', problem: 'unreadable' }],
    [{ accent: 'red' },                                  { field: 'accent', problem: 'not_a_color' }],
    [{ accent: '#12345' },                               { field: 'accent', problem: 'not_a_color' }],
    [{ background: '#fff;}body{display:none' },          { field: 'background', problem: 'not_a_color' }],
    [{ radius: 25 },                                     { field: 'radius', problem: 'out_of_range' }],
    [{ radius: -1 },                                     { field: 'radius', problem: 'out_of_range' }],
    [{ radius: 1.5 },                                    { field: 'radius', problem: 'out_of_range' }],
    [{ homepageUrl: 'http://shop.example' },             { field: 'homepageUrl', problem: 'not_https' }],
    [{ homepageUrl: 'javascript:alert(1)' },             { field: 'homepageUrl', problem: 'not_https' }],
    [{ homepageUrl: 'https://a:b@shop.example' },        { field: 'homepageUrl', problem: 'not_https' }],
    [{ homepageUrl: 'https://shop.example\\@evil.test' },{ field: 'homepageUrl', problem: 'not_https' }],
    [{ homepageUrl: 'https://shop.example/ x' },         { field: 'homepageUrl', problem: 'not_https' }],
  ] as const;
  for (const [written, problem] of refused) {
    test(`${JSON.stringify(written).slice(0, 60)} is refused`, () => {
      expect(problemsOf(written)).toEqual([problem]);
    });
  }

  test('may lead to the visitor’s own machine, where shops are made', () => {
    expect(settingsOf({ homepageUrl: 'http://localhost:4246/' }).homepageUrl).toBe('http://localhost:4246/');
    expect(problemsOf({ homepageUrl: 'http://localhost.evil.example/' })).toHaveLength(1);
  });

  test('is refused with all its faults at once', () => {
    expect(problemsOf({ accent: 'red', radius: 99, homepageUrl: '' }).map(({ field }) => field)).toEqual([
      'accent',
      'radius',
      'homepageUrl',
    ]);
  });
});

test('a colour is six hexadecimal digits, or three', () => {
  expect(['#ABC', '#a1b2c3', 'abc', '#abcd', '#gggggg'].map(parseColor)).toEqual([
    '#aabbcc',
    '#a1b2c3',
    null,
    null,
    null,
  ]);
});
