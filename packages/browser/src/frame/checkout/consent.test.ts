import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { boxesFor, CONSENT_VERSION, type ConsentFacts } from './consent.js';
import { TEXTS as EN } from './texts-en.js';
import { TEXTS as JA } from './texts-ja.js';

/** Versions stay here for ever: mandates name them. */
const WORDS_OF_VERSION: Readonly<Record<string, string>> = {
  'checkout-1': '1f6ee52b7f14e7178e5b91b75867133d45a80f80fbf60ff3f7c7d1dc1113f46c',
};

const FACTS: ConsentFacts = {
  merchantName: 'X',
  usage: 'OFF_SESSION',
  hasCustomer: true,
  standingInstruction: 'RECURRING',
};

test('other words of consent have another version', () => {
  const instructions = ['UNSCHEDULED', 'INSTALLMENT', 'RECURRING'] as const;
  const words = [JA, EN].flatMap((texts) => [
    ...boxesFor(texts, { ...FACTS, usage: 'ON_SESSION', standingInstruction: null }),
    ...instructions.flatMap((standingInstruction) => boxesFor(texts, { ...FACTS, standingInstruction })),
  ]);
  const text = words.map(({ label, terms }) => `${label}\n${terms}`).join('\n');
  expect(WORDS_OF_VERSION).toHaveProperty(CONSENT_VERSION, createHash('sha256').update(text).digest('hex'));
});

describe('the boxes of a form', () => {
  // biome-ignore format: a table
  test.each([
    // usage        customer  boxes, those that have to be ticked with a star
    ['ON_SESSION',  true,     ['remember*']],
    ['OFF_SESSION', false,    ['authorization*']],
    ['OFF_SESSION', true,     ['authorization*', 'remember']],
  ] as const)('for %s with a customer: %s are %j', (usage, hasCustomer, boxes) => {
    const shown = boxesFor(EN, { ...FACTS, usage, hasCustomer });
    expect(shown.map(({ box, isRequired }) => (isRequired ? `${box}*` : box))).toEqual(boxes);
  });

  test('name the merchant, and what the card is charged for', () => {
    for (const texts of [JA, EN]) {
      const terms = (['UNSCHEDULED', 'INSTALLMENT', 'RECURRING'] as const).map(
        (standingInstruction) =>
          boxesFor(texts, { ...FACTS, merchantName: '喫茶ひだまり', standingInstruction })[0]?.terms,
      );
      for (const each of terms) expect(each).toContain('喫茶ひだまり');
      expect(new Set(terms).size).toBe(3);
    }
  });
});
