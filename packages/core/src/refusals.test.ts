import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { firstRefusal, REFUSAL_CODES, refuse } from './refusals.js';

test('the order of precedence names every refusal, in the order in which they are described', () => {
  const source = readFileSync(new URL('./refusals.ts', import.meta.url), 'utf8');
  const interfaceText = source.slice(
    source.indexOf('interface RefusalFacts'),
    source.indexOf('export type RefusalCode'),
  );
  const described = [...interfaceText.matchAll(/^ {2}([a-z_0-9]+):/gm)].map(([, code]) => code);
  expect(REFUSAL_CODES).toEqual(described);
});

test('of several refusals the one that stands first is given, in whatever order they were found', () => {
  const unknown = refuse('object_not_found', { object: 'customer', id: 'x' });
  const status = refuse('setup_intent_unexpected_status', { status: 'canceled', allowed: [] });
  const card = refuse('card_number_invalid', {});
  expect(firstRefusal([card, null, status, unknown])).toBe(unknown);
  expect(firstRefusal([card, status])).toBe(status);
  expect(firstRefusal([null, null])).toBeNull();
});
