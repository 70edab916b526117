import { describe, expect, test } from 'vitest';
import { Faults, Fields } from './fields.js';
import { parseUrl, withQueryParameters } from './return-url.js';

function accepts(text: unknown, { mode = 'test', forApps = true }: { mode?: 'test' | 'live'; forApps?: boolean } = {}) {
  const faults = new Faults();
  const url = parseUrl(new Fields(faults, { return_url: text }), 'return_url', { mode, forApps });
  return faults.first === null && url === text;
}

describe('an address to return to', () => {
  test.each([
    // address                                  test   live   a page's
    ['https://shop.example/done?a=1#b', true, true, true],
    ['https://shop.example:8443', true, true, true],
    ['http://localhost:3000/done', true, false, true],
    ['myapp://setup/done', true, true, false],
    ['com.example.app:/done', true, true, false],
    ['/done', false, false, false],
    ['shop.example/done', false, false, false],
    ['//shop.example/done', false, false, false],
    ['https://user@shop.example/', false, false, false],
    ['https://user:secret@shop.example/', false, false, false],
    ['https://shop.example\\done', false, false, false],
    ['https://shop.example/a b', false, false, false],
    ['https://shop.example/\n', false, false, false],
    ['https://shop.example/\u0000', false, false, false],
    ['https://shop.example/\u0085', false, false, false],
    ['javascript:alert(1)', false, false, false],
    ['javascript://shop.example/%0aalert(1)', false, false, false],
    ['JavaScript://shop.example/', false, false, false],
    ['data://text/html,x', false, false, false],
    ['file:///etc/passwd', false, false, false],
    ['mailto:taro@example.com', false, false, false],
    ['https://', false, false, false],
    ['', false, false, false],
    [`https://shop.example/${'a'.repeat(2027)}`, true, true, true],
    [`https://shop.example/${'a'.repeat(2028)}`, false, false, false],
    [null, false, false, false],
    [42, false, false, false],
  ])('%j: in test mode %s, in live mode %s, from a page %s', (text, inTest, inLive, fromPage) => {
    expect(accepts(text)).toBe(inTest);
    expect(accepts(text, { mode: 'live' })).toBe(inLive);
    expect(accepts(text, { forApps: false })).toBe(fromPage);
  });
});

describe('parameters added to an address', () => {
  test.each([
    ['https://shop.example', 'https://shop.example?id=1'],
    ['https://shop.example/', 'https://shop.example/?id=1'],
    ['https://shop.example/?', 'https://shop.example/?id=1'],
    ['https://shop.example/?a=1', 'https://shop.example/?a=1&id=1'],
    ['https://shop.example/#part', 'https://shop.example/?id=1#part'],
    ['https://shop.example/?a=1#part?x', 'https://shop.example/?a=1&id=1#part?x'],
    ['https://shop.example/?id=old&a=1', 'https://shop.example/?a=1&id=1'],
    ['https://shop.example/?id=old&id=older', 'https://shop.example/?id=1'],
    ['https://shop.example/?i%64=old', 'https://shop.example/?id=1'],
    ['https://shop.example/?identity=me', 'https://shop.example/?identity=me&id=1'],
    ['https://shop.example/?flag&q=%7Ea+b%20c', 'https://shop.example/?flag&q=%7Ea+b%20c&id=1'],
    ['myapp://done?a=1', 'myapp://done?a=1&id=1'],
  ])('%s', (address, expected) => {
    expect(withQueryParameters(address, { id: '1' })).toBe(expected);
  });
});
