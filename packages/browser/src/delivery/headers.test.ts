import { expect, test } from 'vitest';
import { challengeDocumentHeaders, returnDocumentHeaders } from './headers.js';

const SHOP = { origins: ['https://shop.example'], loopback: false };

test('a challenge frames any page of the web, in test mode the simulator’s too, and can be isolated by nobody', () => {
  const policyOf = (simulator: string | null) =>
    challengeDocumentHeaders(SHOP, simulator)['content-security-policy'] ?? '';
  expect(policyOf(null)).toMatch(/; frame-src 'self' https:$/);
  expect(policyOf('http://127.0.0.1:4245')).toMatch(/; frame-src 'self' https: http:\/\/127\.0\.0\.1:4245$/);
  expect(policyOf(null)).toContain("; frame-ancestors https://shop.example; require-trusted-types-for 'script'");
  expect(challengeDocumentHeaders(SHOP, null)).not.toHaveProperty('cross-origin-embedder-policy');
});

test('the page that a card company’s leads back to may be in any frame, and frames nothing itself', () => {
  const { 'content-security-policy': policy = '', ...others } = returnDocumentHeaders();
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  expect(policy).toContain('frame-ancestors *');
  expect(policy).not.toContain('frame-src');
  expect(others).toMatchObject({ 'cache-control': 'no-store' });
});
