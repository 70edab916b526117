import { expect, test } from 'vitest';
import { linkTarget } from './link-target.js';

const allowed = [
  ['https://shop.example/done?a=1&b=2#c', 'https://shop.example/done?a=1&b=2#c'],
  ['http://127.0.0.1:3000/done', 'http://127.0.0.1:3000/done'],
  ['HTTPS://SHOP.example', 'https://shop.example/'],
  ['https://お店.example/完了', 'https://xn--t8jz70l.example/%E5%AE%8C%E4%BA%86'],
  ['/setup/cs_1/continue', '/setup/cs_1/continue'],
  ['/setup/cs_1?locale=en', '/setup/cs_1?locale=en'],
  ['/../admin', '/admin'],
] as const;
for (const [address, target] of allowed) {
  test(`${address} may stand in a link`, () => {
    expect(linkTarget(address)).toBe(target);
  });
}

const refused = [
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://shop.example/1',
  'myapp://done',
  'https://user:secret@shop.example/',
  'https://user@shop.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example/',
  'https:\\\\evil.example/',
  'https://shop.example/\r\nrefresh: 0',
  'shop.example',
  'done',
  '',
  'https://',
  `https://shop.example/${'a'.repeat(2048)}`,
];
for (const address of refused) {
  test(`${JSON.stringify(address.slice(0, 40))} may not stand in a link`, () => {
    expect(linkTarget(address)).toBeNull();
  });
}
