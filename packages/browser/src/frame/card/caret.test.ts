import { expect, test } from 'vitest';
import { reformat } from './caret.js';
import { formatTypedExpiry } from './expiry.js';
import { formatCardNumber } from './number.js';

/** `|` is the caret. */
function edited(marked: string, format: (text: string) => string, isForward = false): string {
  const caret = marked.indexOf('|');
  const after = reformat({ text: marked.replace('|', ''), caret }, format, isForward);
  return `${after.text.slice(0, after.caret)}|${after.text.slice(after.caret)}`;
}

// biome-ignore format: a table
test.each([
  // just typed or deleted      shown then
  ['4|',                        '4|'],
  ['42424|',                    '4242 4|'],
  ['4242424242424242|',         '4242 4242 4242 4242|'],
  ['4242 9|4242 4242 4242',     '4242 9|424 2424 2424 2'],
  ['4242| 242 4242 4242',       '4242| 2424 2424 242'],
  ['|4242 4242',                '|4242 4242'],
  ['37828224|',                 '3782 8224|'],
  ['378282246310005|',          '3782 822463 10005|'],
  ['４２４２４|',               '4242 4|'],
  ['4242-4242-4|',              '4242 4242 4|'],
  ['4242abc|',                  '4242abc|'],
  ['④②④②④|',                   '4242 4|'],
])('%s in the card number becomes %s', (before, after) => expect(edited(before, formatCardNumber)).toBe(after));

// biome-ignore format: a table
test.each([
  ['1|',           '1|'],
  ['12|',          '12|'],
  ['123|',         '12 / 3|'],
  ['12 / 34|',     '12 / 34|'],
  ['1234|',        '12 / 34|'],
  ['１２３４|',     '12 / 34|'],
  ['12 / |',       '12 / |'],
  ['331|',         '331|'],
  ['122034|',      '122034|'],
  ['2034-12|',     '2034-12|'],
  ['12/34|',       '12 / 34|'],
  ['0| / 34',      '0| / 34'],
  ['1|2 / 34',     '1|2 / 34'],
])('%s in the expiry becomes %s', (before, after) => expect(edited(before, formatTypedExpiry)).toBe(after));

// biome-ignore format: a table
test.each([
  // just deleted forwards      shown then
  ['4242|4242',                 '4242 |4242'],
  ['42|4 242',                  '42|42 42'],
  ['4242 4242|',                '4242 4242|'],
])('%s in the card number becomes %s after the key Delete', (before, after) => {
  expect(edited(before, formatCardNumber, true)).toBe(after);
});
