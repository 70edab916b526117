import { describe, expect, test } from 'vitest';
import { Secret } from '../secret.js';
import { fillPlaceholders } from './fill-placeholders.js';

const card = (cvc: string | null = '123') => ({
  number: new Secret('card-number', Buffer.from('6205500000000000004')),
  expMonth: 3,
  expYear: 2031,
  cvc: cvc === null ? null : new Secret('security-code', Buffer.from(cvc)),
});
const filled = (template: string, cvc: string | null = '123') =>
  fillPlaceholders(template, card(cvc))?.toString() ?? null;

describe('a template', () => {
  const templates = [
    // template, filled
    ['{{card.number}}', '6205500000000000004'],
    ['{{card.exp_month}}/{{card.exp_year}}', '03/2031'],
    ['{"cvc":"{{card.cvc}}"}', '{"cvc":"123"}'],
    [
      'n={{card.number}}&c={{card.cvc}}&m={{card.exp_month}}&y={{card.exp_year}}',
      'n=6205500000000000004&c=123&m=03&y=2031',
    ],
    ['', ''],
    ['山{{card.cvc}}田💳', '山123田💳'],
    ['{{{card.cvc}}}', '{123}'],
    [
      '{{ card.number }} {card.number} {{card}} {{Card.number}}',
      '{{ card.number }} {card.number} {{card}} {{Card.number}}',
    ],
    // Two placeholders, or none, as somebody's name.
    ['{{card.cvc}} {{card.cvc}}', null],
    ['{{card.pin}}', null],
    ['{{card.}}', null],
    ['{{card.constructor}}', null],
    ['{{card.number }}', null],
  ] as const;
  for (const [template, expected] of templates) {
    test(`${template} becomes ${expected}`, () => {
      expect(filled(template)).toBe(expected);
    });
  }

  test('has nothing in the place of a code that there is not', () => {
    expect(filled('{"cvc":"{{card.cvc}}"}', null)).toBe('{"cvc":""}');
  });
});
