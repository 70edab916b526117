import { expect, test } from 'vitest';
import { cardholderOf } from './dialect-routes.js';
import type { HttpRequest } from './http-route.js';

// biome-ignore format: a table
const NAMES: readonly (readonly [userAgent: string | undefined, kept: string | null])[] = [
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'],
  ['Mozilla 4242424242424242',                  null],
  ['Mozilla 4242-4242-4242-4242',               null],
  ['Mozilla 4242 - 4242 - 4242 - 4242',         null],
  ['a'.repeat(600),                             'a'.repeat(500)],
  [undefined,                                   null],
];
for (const [userAgent, kept] of NAMES) {
  test(`of a browser that calls itself ${userAgent?.slice(0, 50)} is kept ${kept?.slice(0, 50) ?? 'nothing'}`, () => {
    const request = { clientAddress: '127.0.0.1', raw: { headers: { 'user-agent': userAgent } } } as HttpRequest;
    expect(cardholderOf(request)).toEqual({ address: '127.0.0.1', userAgent: kept });
  });
}
