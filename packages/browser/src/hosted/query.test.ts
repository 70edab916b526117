import { expect, test } from 'vitest';
import { CHECK_DELAYS_SECONDS, CHECKS_MAX, hostedPageAddress, parseHostedQuery } from './query.js';

const queries = [
  [{}, { locale: null, checksDone: 0 }],
  [{ locale: 'en' }, { locale: 'en', checksDone: 0 }],
  [{ locale: 'fr' }, { locale: null, checksDone: 0 }],
  [{ locale: ['en', 'ja'] }, { locale: null, checksDone: 0 }],
  [{ check: '3' }, { locale: null, checksDone: 3 }],
  [{ check: '99' }, { locale: null, checksDone: CHECKS_MAX }],
  [{ check: '-1' }, { locale: null, checksDone: 0 }],
  [{ check: '1e9' }, { locale: null, checksDone: 0 }],
  [{ check: ['1'] }, { locale: null, checksDone: 0 }],
] as const;

for (const [query, read] of queries) {
  test(`${JSON.stringify(query)} is read as ${JSON.stringify(read)}`, () => {
    expect(parseHostedQuery(query)).toEqual(read);
  });
}

test('the address carries what was chosen and nothing else', () => {
  expect(hostedPageAddress({ path: '/setup/cs_1', locale: null })).toBe('/setup/cs_1');
  expect(hostedPageAddress({ path: '/setup/cs_1', locale: 'en', checksDone: 2 })).toBe('/setup/cs_1?locale=en&check=2');
});

test('the page looks by itself for at least the 30 seconds that a processor may take, and for 3 minutes at most', () => {
  const seconds = CHECK_DELAYS_SECONDS.reduce((sum, delay) => sum + delay, 0);
  expect(seconds).toBeGreaterThan(30);
  expect(seconds).toBeLessThanOrEqual(180);
});
