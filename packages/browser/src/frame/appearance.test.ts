import { expect, test } from 'vitest';
import { parseColor, parseFontFamily, parseFontSize } from './appearance.js';

// biome-ignore format: a table
test.each([
  ['#123',                                  '#123'],
  ['#1A2B3C80',                             '#1A2B3C80'],
  ['rgb(1, 2, 3)',                          'rgb(1, 2, 3)'],
  ['oklch(62% 0.25 29 / 0.5)',              'oklch(62% 0.25 29 / 0.5)'],
  ['rebeccapurple',                         'rebeccapurple'],
  ['#12345',                                null],
  ['var(--accent)',                         null],
  ['url(https://evil.example/)',            null],
  ['red; background: blue',                 null],
  ['rgb(1,2,3); color: red',                null],
  ['color-mix(in srgb, url(x), red)',       null],
  ['rgb(env(x))',                           null],
  ['',                                      null],
])('%s as a colour is %s', (text, value) => expect(parseColor(text)).toBe(value));

// biome-ignore format: a table
test.each([
  ['16px',     '16px'],
  ['1.125rem', '18px'],
  ['18',       '18px'],
  ['4px',      '12px'],
  ['99px',     '24px'],
  ['100%',     null],
  ['calc(1px)', null],
  ['16px;',    null],
])('%s as a font size is %s', (text, value) => expect(parseFontSize(text)).toBe(value));

// biome-ignore format: a table
test.each([
  ['system-ui, sans-serif',                   'system-ui, sans-serif'],
  [`"Hiragino Sans", 'Noto Sans JP', serif`,  '"Hiragino Sans", "Noto Sans JP", serif'],
  ['Comic Sans, arial',                       '"Arial"'],
  ['Papyrus',                                 null],
  ['x"; } body { display: none',              null],
])('%s as font families is %s', (text, value) => expect(parseFontFamily(text)).toBe(value));
