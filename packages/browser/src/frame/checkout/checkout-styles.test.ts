import { expect, test } from 'vitest';
import type { CheckoutStyleKey } from '../../protocol/checkout-messages.js';
import { STYLES } from './checkout-styles.js';

// biome-ignore format: a table
const values: readonly (readonly [CheckoutStyleKey, string, string | null])[] = [
  ['backgroundColor', '#fffaf0',                    '#fffaf0'],
  ['backgroundColor', 'url(https://evil.example/)', null],
  ['color',           'rgb(1, 2, 3)',               'rgb(1, 2, 3)'],
  ['color',           'red; background: blue',      null],
  ['iconColor',       'rebeccapurple',              'rebeccapurple'],
  ['fontFamily',      'Arial, sans-serif',          '"Arial", sans-serif'],
  ['fontSize',        '18px',                       '18px'],
  ['fontStyle',       'Italic',                     'italic'],
  ['fontStyle',       'italic; color: red',         null],
  ['fontWeight',      '700',                        '700'],
  ['fontWeight',      'bold',                       'bold'],
  ['fontWeight',      '1e9',                        null],
  ['fontWeight',      '5000',                       '900'],
  ['letterSpacing',   '0.05em',                     '0.8px'],
  ['letterSpacing',   '90px',                       '8px'],
  ['letterSpacing',   'calc(1px)',                  null],
  ['lineHeight',      '1.5',                        '1.5'],
  ['lineHeight',      '24px',                       '24px'],
  ['lineHeight',      '0',                          '1'],
  ['padding',         '8px 12px',                   '8px 12px'],
  ['padding',         '0',                          '0px'],
  ['padding',         '8px; position: fixed',       null],
  ['padding',         '1px 2px 3px 4px 5px',        null],
  ['padding',         '8',                          null],
  ['padding',         '',                           null],
  ['textAlign',       'center',                     'center'],
  ['textAlign',       'var(--x)',                   null],
];
test.each(values)('%s: %j is %j', (name, text, value) => expect(STYLES[name].parse(text)).toBe(value));
