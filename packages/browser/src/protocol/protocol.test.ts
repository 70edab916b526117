import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddressOptions } from './address-options.js';
import { type FormState, MESSAGE_CHARACTERS_MAX, type ToFrame, type ToPage } from './messages.js';
import { parsePaymentOptions } from './payment-options.js';
import * as toFrameChecks from './to-frame.js';
import { parseGreeting, parseToPage } from './to-page.js';

const parseOptions: toFrameChecks.ParseOptions = (fields) => parsePaymentOptions(fields) ?? parseAddressOptions(fields);
const parseInit = (data: unknown) => toFrameChecks.parseInit(data, parseOptions);
const parseToFrame = (data: unknown) => toFrameChecks.parseToFrame(data, parseOptions);

const ID = '0123456789abcdef0123456789abcdef';
const STATE: FormState = {
  locale: 'ja',
  appearance: { isDark: false, variables: { colorPrimary: '#123456' } },
  options: {
    form: 'payment',
    layout: 'tab',
    isCollapsed: false,
    asks: { name: true, email: true, phone: false },
    values: { email: 'taro@example.com' },
  },
};
const ADDRESS: FormState = {
  ...STATE,
  options: { form: 'address', mode: 'billing', asksPhone: true, values: { country: 'JP' } },
};
const ERROR = {
  kind: 'validation',
  code: 'validation_error',
  message: 'Check it.',
  problems: [{ field: 'a', message: 'b', problem: 'c' }],
} as const;
const VALUES = { country: 'JP', name: '', zip: '', state: '', city: '', line1: '', line2: '', phone: '' };

const toFrame: ToFrame[] = [
  { type: 'update', state: STATE },
  { type: 'update', state: ADDRESS },
  { type: 'collapse' },
  { type: 'ask', number: 1, ask: { kind: 'refresh' } },
  { type: 'ask', number: 2, ask: { kind: 'check' } },
  { type: 'ask', number: 3, ask: { kind: 'confirm', returnUrl: 'https://shop.example/', billing: {} } },
  {
    type: 'ask',
    number: 4,
    ask: { kind: 'confirm', returnUrl: '', billing: { email: 'a@b.c', address: { zip: '100-0001' } } },
  },
];
const toPage: ToPage[] = [
  { type: 'ready' },
  { type: 'focus' },
  { type: 'blur' },
  { type: 'height', px: 620 },
  { type: 'change', isEmpty: true, isComplete: false, method: 'card' },
  { type: 'change', isEmpty: true, isComplete: false, method: null },
  { type: 'address', isEmpty: true, isComplete: false, values: VALUES },
  { type: 'failed', error: ERROR },
  { type: 'reply', number: 1, outcome: { kind: 'done' } },
  { type: 'reply', number: 1, outcome: { kind: 'go', url: 'https://shop.example/done' } },
  { type: 'reply', number: 1, outcome: { kind: 'error', error: ERROR } },
];

describe('a message that is as it has to be', () => {
  test.each(toFrame)('reaches the frame: %j', (message) =>
    expect(parseToFrame(JSON.stringify(message))).toEqual(message),
  );
  test.each(toPage)('reaches the page: %j', (message) => expect(parseToPage(JSON.stringify(message))).toEqual(message));

  test('opens the port', () => {
    const init = { type: 'init', id: ID, version: 1, clientSecret: 'setfws_1', state: STATE } as const;
    expect(parseInit(JSON.stringify(init))).toEqual(init);
    expect(parseGreeting(JSON.stringify({ type: 'hello', id: ID }))).toEqual({ type: 'hello', id: ID });
    const refused = { type: 'refused', id: ID, reason: 'unknown_key' } as const;
    expect(parseGreeting(JSON.stringify(refused))).toEqual(refused);
  });

  test('arrives without what was put in beside its own fields', () => {
    expect(parseToPage('{"type":"ready","card_number":"4242"}')).toEqual({ type: 'ready' });
    expect(parseToPage('{"type":"height","px":1,"digits":"4242"}')).toEqual({ type: 'height', px: 1 });
  });
});

describe('a message is dropped', () => {
  const wrongForPage: unknown[] = [
    { type: 'height', px: 1.5 },
    { type: 'height', px: -1 },
    { type: 'height', px: 4_242_424_242 },
    { type: 'height', px: '620' },
    { type: 'change', isEmpty: 'yes', isComplete: false, method: null },
    { type: 'change', isEmpty: true, isComplete: false, method: '4242424242424242' },
    { type: 'address', isEmpty: true, isComplete: true, values: { ...VALUES, card: '4242' } },
    { type: 'address', isEmpty: true, isComplete: true, values: { country: 'JP' } },
    { type: 'failed', error: { ...ERROR, kind: 'other' } },
    { type: 'reply', number: 1, outcome: { kind: 'go', url: 'javascript:alert(1)' } },
    { type: 'reply', number: 1, outcome: { kind: 'go', url: '/relative' } },
    { type: 'reply', number: '1', outcome: { kind: 'done' } },
    { type: 'reply', outcome: { kind: 'done' } },
    { type: 'collapse' },
  ];
  test.each(wrongForPage)('by the page: %j', (message) => expect(parseToPage(JSON.stringify(message))).toBeNull());

  const wrongForFrame: unknown[] = [
    { type: 'update', state: { ...STATE, locale: 'fr' } },
    { type: 'update', state: { ...STATE, appearance: { isDark: false, variables: { background: 'url(x)' } } } },
    { type: 'update', state: { ...STATE, appearance: { isDark: false, variables: { colorText: 1 } } } },
    { type: 'update', state: { ...STATE, options: { form: 'other' } } },
    { type: 'ask', number: -1, ask: { kind: 'refresh' } },
    { type: 'ask', number: 1, ask: { kind: 'read' } },
    { type: 'ask', number: 1, ask: { kind: 'confirm', returnUrl: 'x'.repeat(2_049), billing: {} } },
    { type: 'ask', number: 1, ask: { kind: 'confirm', returnUrl: 'x', billing: { card: '1' } } },
    { type: 'ready' },
  ];
  test.each(wrongForFrame)('by the frame: %j', (message) => expect(parseToFrame(JSON.stringify(message))).toBeNull());

  test('when it is longer than any has to be, whatever it says', () => {
    const filler = 'x'.repeat(MESSAGE_CHARACTERS_MAX);
    expect(parseToPage(JSON.stringify({ type: 'ready', filler }))).toBeNull();
    expect(parseToFrame(JSON.stringify({ type: 'collapse', filler }))).toBeNull();
    expect(parseGreeting(JSON.stringify({ type: 'hello', id: ID, filler }))).toBeNull();
  });

  test('when it is no text', () => {
    for (const message of [null, undefined, 1, { type: 'ready' }, ['ready'], new Uint8Array(2)]) {
      expect([parseToPage(message), parseToFrame(message), parseGreeting(message), parseInit(message)]).toEqual(
        Array(4).fill(null),
      );
    }
  });

  test('of another version, or with another id than a script makes', () => {
    const init = { type: 'init', id: ID, version: 1, clientSecret: 's', state: STATE };
    expect(parseInit(JSON.stringify({ ...init, version: 2 }))).toBeNull();
    expect(parseInit(JSON.stringify({ ...init, id: 'x' }))).toBeNull();
    expect(parseGreeting(JSON.stringify({ type: 'hello', id: '../..' }))).toBeNull();
    expect(parseGreeting(JSON.stringify({ type: 'refused', id: ID, reason: 'because' }))).toBeNull();
  });
});

test('whatever is sent, it is taken whole or dropped, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.anything()), (data) => {
      for (const parse of [parseToPage, parseToFrame, parseGreeting, parseInit]) {
        const message = parse(data);
        expect(message === null || typeof message.type === 'string').toBe(true);
      }
    }),
  );
});

test('a message of the payment form has no place for a run of five digits, whatever its fields hold', () => {
  const messages = toPage.filter(({ type }) => ['ready', 'focus', 'blur', 'change', 'height'].includes(type));
  fc.assert(
    fc.property(fc.constantFrom(...messages), fc.stringMatching(/^\d{5,19}$/), (message, digits) => {
      for (const name of Object.keys(message).filter((each) => each !== 'type')) {
        for (const value of [digits, Number(digits), { digits }]) {
          const parsed = parseToPage(JSON.stringify({ ...message, [name]: value }));
          // A height may have five digits, up to its limit; it is a number that is measured, not entered.
          if (parsed?.type !== 'height') expect(parsed).toBeNull();
        }
      }
    }),
  );
});
