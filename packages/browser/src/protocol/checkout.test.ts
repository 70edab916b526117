import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckoutAsk, CheckoutNews, CheckoutResult } from './checkout-messages.js';
import { parseCheckoutAsk, parseCheckoutOptions } from './checkout-to-frame.js';
import { parseCheckoutMessage, parseCheckoutOutcome } from './checkout-to-page.js';
import type { Fields } from './read.js';
import { parseToFrame } from './to-frame.js';
import { parseToPage } from './to-page.js';

const PARSING = { message: parseCheckoutMessage, outcome: parseCheckoutOutcome };
const parseFromFrame = (message: unknown) => parseToPage(JSON.stringify(message), PARSING);
const parseFromPage = (message: unknown) =>
  parseToFrame(JSON.stringify(message), parseCheckoutOptions, parseCheckoutAsk);

const parseNews = (news: unknown) => parseFromFrame({ type: 'news', news });
const parseResult = (result: unknown) =>
  parseFromFrame({ type: 'reply', number: 1, outcome: { kind: 'result', result } });
const parseAsk = (ask: unknown) => parseFromPage({ type: 'ask', number: 1, ask });

const ID = '019b7e1a-0000-7000-8000-000000000001';
const REFUSED = { code: '40004', message: 'Declined.', requestId: 'req_1', canRetry: true, fieldName: null } as const;
const FIELD = { about: 'field', field: 'card_number', isEmpty: false, isValid: false } as const;

const asks: CheckoutAsk[] = [
  { kind: 'open', token: 'a.b.c', sessionSecret: 'SI_1_SECRET_2', merchantId: ID },
  { kind: 'enter' },
  { kind: 'save', paymentMethodId: null },
  { kind: 'save', paymentMethodId: ID },
];
const news: CheckoutNews[] = [
  { ...FIELD, problem: 'too_short', brand: 'visa' },
  { ...FIELD, problem: null, brand: null },
  { about: 'validity', isValid: true },
  { about: 'box', box: 'remember', isChecked: true },
  { about: 'box', box: 'authorization', isChecked: false },
  { about: 'step', step: 'session_expiring' },
];
const card = { brand: 'VISA', lastFour: '4242', month: '12', year: '39' };
const saved = { intentId: ID, status: 'SUCCEEDED', paymentMethodId: ID, mandateId: null, customerId: null } as const;
const results: CheckoutResult[] = [
  { kind: 'opened', intentId: ID },
  { kind: 'entered', paymentMethodId: ID, usage: 'ON_SESSION', card },
  { kind: 'saved', ...saved, externalReferenceId: null },
  { kind: 'saved', ...saved, status: 'PROCESSING', mandateId: ID, externalReferenceId: 'order 7' },
  { kind: 'saved', ...saved, externalReferenceId: '😀'.repeat(255) },
  { kind: 'refused', ...REFUSED },
];

describe('a message of the checkout form that is as it has to be', () => {
  test.each(asks)('reaches the frame: %j', (ask) => {
    const message = { type: 'ask', number: 1, ask };
    expect(parseAsk(ask)).toEqual(message);
  });

  test.each(news)('reaches the page: %j', (each) => {
    expect(parseNews(each)).toEqual({ type: 'news', news: each });
  });

  test.each(results)('answers the page: %j', (result) => {
    const message = { type: 'reply', number: 1, outcome: { kind: 'result', result } };
    expect(parseResult(result)).toEqual(message);
  });

  test('is unknown to a script without that form', () => {
    for (const each of news) expect(parseToPage(JSON.stringify({ type: 'news', news: each }))).toBeNull();
    const outcome = { kind: 'result', result: results[0] };
    expect(parseToPage(JSON.stringify({ type: 'reply', number: 1, outcome }))).toBeNull();
    for (const ask of asks) {
      expect(parseToFrame(JSON.stringify({ type: 'ask', number: 1, ask }), parseCheckoutOptions)).toBeNull();
    }
  });
});

describe('a message of the checkout form is dropped', () => {
  // biome-ignore format: a table
  const wrong: readonly (readonly [parse: (fields: Fields) => unknown, fields: Fields])[] = [
    [parseAsk,             { kind: 'open', token: 'x'.repeat(4_097), sessionSecret: '', merchantId: '' }],
    [parseAsk,             { kind: 'open', token: 'x', sessionSecret: 'x'.repeat(256), merchantId: '' }],
    [parseAsk,             { kind: 'open', token: 'x', sessionSecret: 'x' }],
    [parseAsk,             { kind: 'save' }],
    [parseAsk,             { kind: 'save', paymentMethodId: 'x'.repeat(37) }],
    [parseAsk,             { kind: 'confirm', returnUrl: '', billing: {} }],
    [parseCheckoutOptions, { form: 'checkout', styles: { position: 'fixed' } }],
    [parseCheckoutOptions, { form: 'checkout', styles: { color: 1 } }],
    [parseCheckoutOptions, { form: 'checkout', styles: { color: 'x'.repeat(201) } }],
    [parseCheckoutOptions, { form: 'payment', styles: {} }],
    [parseNews,            { ...FIELD, field: 'card_name', problem: null, brand: null }],
    [parseNews,            { ...FIELD, problem: '4242', brand: null }],
    [parseNews,            { ...FIELD, problem: null, brand: '4242' }],
    [parseNews,            { about: 'box', box: 'marketing', isChecked: true }],
    [parseNews,            { about: 'step', step: '4242' }],
    [parseResult,          { kind: 'entered', paymentMethodId: ID, usage: 'X', card: { ...card, lastFour: '42424242' } }],
    [parseResult,          { kind: 'entered', paymentMethodId: ID, usage: '4242', card }],
    [parseResult,          { kind: 'saved', ...saved, status: '4242', externalReferenceId: null }],
    [parseResult,          { kind: 'saved', ...saved, externalReferenceId: '😀'.repeat(256) }],
    [parseResult,          { kind: 'saved', ...saved, externalReferenceId: 'x'.repeat(256) }],
    [parseResult,          { kind: 'refused', ...REFUSED, canRetry: 'yes' }],
    [parseResult,          { kind: 'other' }],
  ];
  test.each(wrong)('by %o: %j', (parse, fields) => expect(parse(fields)).toBeNull());
});

test('whatever is sent, it is taken whole or dropped, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
      for (const parse of [parseAsk, parseCheckoutOptions, parseNews, parseResult]) {
        expect(parse(fields) === null || typeof parse(fields) === 'object').toBe(true);
      }
    }),
  );
});

test('news of the form has no place for a run of digits, whatever its fields hold', () => {
  fc.assert(
    fc.property(fc.constantFrom(...news), fc.stringMatching(/^\d{3,19}$/), (each, digits) => {
      for (const name of Object.keys(each)) {
        for (const value of [digits, Number(digits), { digits }]) {
          expect(parseNews({ ...each, [name]: value })).toBeNull();
        }
      }
    }),
  );
});
