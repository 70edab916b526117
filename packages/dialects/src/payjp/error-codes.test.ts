import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPayjpDialect } from './dialect.js';
import { ERROR_CODES, type ErrorFacts } from './error-codes.js';

const ENTRIES = Object.entries<ErrorFacts>(ERROR_CODES);

test.each(ENTRIES)('%s says when it happens and what to do, in whole sentences', (_, { title, when, remedy }) => {
  expect(title).toMatch(/^[A-Z]/);
  for (const sentences of [when, remedy]) {
    expect(sentences).toMatch(/^[A-Z0-9`].*\.$/);
    expect(sentences.split('`').length % 2).toBe(1);
    expect(sentences).not.toContain('|');
  }
});

test('the codes stand in the order of their statuses', () => {
  const statuses = ENTRIES.map(([, { status }]) => status);
  expect(statuses).toEqual(statuses.toSorted((a, b) => a - b));
});

test('each code has its page, whose address the errors give as their type', () => {
  const dialect = createPayjpDialect({ apiUrl: () => 'https://shop.example' });
  expect(dialect.errorPages?.errors.map(({ code }) => code)).toEqual(Object.keys(ERROR_CODES));
  const { body } = dialect.errors.fault('not_found_route', { path: '/v2/x' });
  expect(body).toMatchObject({ type: 'https://shop.example/errors/not-found' });
});

test('the base of error types is asked for at each error, since a port is known late', () => {
  let apiUrl = 'http://127.0.0.1:0';
  const { errors } = createPayjpDialect({ apiUrl: () => apiUrl });
  apiUrl = 'http://127.0.0.1:4242';
  expect(errors.fault('unauthorized', { path: '/v2/x' }).body).toMatchObject({
    type: 'http://127.0.0.1:4242/errors/unauthorized',
  });
});

/** `vitest run -u` writes the table anew. */
test('the documentation has the same table', async () => {
  const path = join(import.meta.dirname, '../../../../docs/dialects/payjp.md');
  const table = [
    '| Status | Code | When it happens | What to do |',
    '| --- | --- | --- | --- |',
    ...ENTRIES.map(
      ([code, { status, isOurs, when, remedy }]) =>
        `| ${status} | \`${code}\` | ${isOurs ? '* ' : ''}${when} | ${remedy} |`,
    ),
  ].join('\n');
  const page = readFileSync(path, 'utf8').replace(/^\| Status \| Code \|.*(?:\n\|.*)*/m, () => table);
  expect(page).toContain(table);
  await expect(page).toMatchFileSnapshot(path);
});
