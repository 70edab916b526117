import { expect, test } from 'vitest';
import { isLoopbackOrigin, problemOfOrigin } from './merchant-origins.js';

// biome-ignore format: a table
const origins = [
  // what is to be registered               may be?
  ['https://shop.example',                  true],
  ['https://shop.example:8443',             true],
  ['https://xn--fiq228c.example',           true],
  ['http://localhost:3000',                 true],
  ['http://127.0.0.1:3000',                 true],
  ['https://shop.example/',                 false],
  ['https://shop.example:443',              false],
  ['https://SHOP.example',                  false],
  ['https://shop.example/cart?a=1',         false],
  ['https://user@shop.example',             false],
  ['https://*.shop.example',                false],
  ['https://[::1]:3000',                    false],
  ['http://shop.example',                   false],
  ['http://localhost.shop.example',         false],
  ['ftp://shop.example',                    false],
  ['javascript:alert(1)',                   false],
  ["https://shop.example; script-src *",    false],
  ['null',                                  false],
  ['',                                      false],
] as const;
for (const [origin, isGood] of origins) {
  test(`${JSON.stringify(origin)} ${isGood ? 'can' : 'cannot'} be registered`, () => {
    expect(problemOfOrigin(origin) === null).toBe(isGood);
  });
}

test.each([
  ['http://localhost', true],
  ['http://localhost:4246', true],
  ['https://127.0.0.1:1', true],
  ['http://localhost.evil.example', false],
  ['http://127.0.0.1.evil.example', false],
  ['http://evil.example/http://localhost', false],
])('%s is on the own machine: %s', (origin, isLoopback) => expect(isLoopbackOrigin(origin)).toBe(isLoopback));
