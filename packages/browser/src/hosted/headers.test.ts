import { expect, test } from 'vitest';
import { hostedAssetHeaders, hostedPageHeaders } from './headers.js';

test('a page is not stored, framed, scripted or sent anywhere but home', () => {
  const { 'permissions-policy': _, ...headers } = hostedPageHeaders();
  expect(headers).toEqual({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; " +
      "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'x-content-type-options': 'nosniff',
  });
});

test('a page with a script runs those of our own origin alone, which make no markup and ask nobody else', () => {
  const { 'content-security-policy': policy } = hostedPageHeaders({ isScripted: true });
  expect(policy?.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]);
});

test('a page may use no feature of the browser', () => {
  const features = hostedPageHeaders()['permissions-policy']?.split(', ') ?? [];
  expect(features.length).toBeGreaterThan(20);
  for (const feature of features) expect(feature).toMatch(/^[a-z-]+=\(\)$/);
});

test('an asset is kept for a year, as its path changes with it', () => {
  expect(hostedAssetHeaders('text/css; charset=utf-8')).toMatchObject({
    'content-type': 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  });
});
