import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PostedFields, parseHostedForm } from './parse-hosted-form.js';

const NOVEMBER_2026 = { year: 2026, month: 11 };
const CARD_FINE = { number: null, cvc: null };
const FILLED_IN = {
  card_expiry: '12/34',
  card_name: 'TARO YAMADA',
  email: 'taro@example.jp',
  phone: '',
  locale: 'ja',
  after_attempt: '',
};

const read = (fields: PostedFields, card: Parameters<typeof parseHostedForm>[1] = CARD_FINE) =>
  parseHostedForm({ ...FILLED_IN, ...fields }, card, NOVEMBER_2026);

function formOf(fields: PostedFields) {
  const reading = read(fields);
  return reading.kind === 'accepted' ? reading.form : reading.problems;
}

function problemsOf(...entered: Parameters<typeof read>) {
  const reading = read(...entered);
  return reading.kind === 'refused' ? reading.problems : {};
}

describe('a form that is filled in right', () => {
  test('gives what the vault and the processor need', () => {
    expect(read({ after_attempt: 'sa_1' })).toEqual({
      kind: 'accepted',
      form: { expMonth: 12, expYear: 2034, name: 'TARO YAMADA', email: 'taro@example.jp', phone: null },
      kept: { card_expiry: '12/34', card_name: 'TARO YAMADA', email: 'taro@example.jp', phone: '' },
      locale: 'ja',
      afterAttempt: 'sa_1',
      makesDefault: false,
    });
  });

  const phones = [
    ['090-1234-5678', '09012345678'],
    ['０９０ー１２３４ー５６７８', '09012345678'],
    ['(03) 1234 5678', '0312345678'],
    ['+81 90 1234 5678', '+819012345678'],
    ['＋81 90-1234-5678', '+819012345678'],
  ] as const;
  for (const [entered, phone] of phones) {
    test(`may have the phone number ${entered} and no e-mail address`, () => {
      expect(formOf({ email: '', phone: entered })).toMatchObject({ email: null, phone });
    });
  }

  test('may have both, and full-width characters', () => {
    expect(
      formOf({ card_expiry: '１２／３４', card_name: 'ＴＡＲＯ', email: 'ｔａｒｏ＠example.jp', phone: '0312345678' }),
    ).toEqual({ expMonth: 12, expYear: 2034, name: 'TARO', email: 'taro@example.jp', phone: '0312345678' });
  });
});

describe('a form with problems', () => {
  const cases = [
    [{ card_expiry: '' }, { card_expiry: 'required' }],
    [{ card_expiry: '10/26' }, { card_expiry: 'past' }],
    [{ card_name: '' }, { card_name: 'required' }],
    [{ card_name: '山田太郎' }, { card_name: 'not_latin' }],
    [{ email: '' }, { email: 'required' }],
    [{ email: 'taro' }, { email: 'unreadable' }],
    [{ email: 'taro@example' }, { email: 'unreadable' }],
    [{ email: 'a b@example.jp' }, { email: 'unreadable' }],
    [{ email: 'taro@example..jp' }, { email: 'unreadable' }],
    [{ email: `${'a'.repeat(250)}@example.jp` }, { email: 'unreadable' }],
    [{ email: '4242 4242 4242 4242' }, { email: 'looks_like_card_number' }],
    [{ email: '4242424242424242@example.jp' }, { email: 'looks_like_card_number' }],
    [{ email: 'a4242-4242.4242_4242@example.jp' }, { email: 'looks_like_card_number' }],
    [{ phone: '+378282246310005' }, { phone: 'looks_like_card_number' }],
    [{ phone: '123' }, { phone: 'unreadable' }],
    [{ phone: 'none' }, { phone: 'unreadable' }],
    [{ phone: '+1234567890123456' }, { phone: 'unreadable' }],
    [{ phone: '4242 4242 4242 4242' }, { phone: 'looks_like_card_number' }],
    [{ phone: '378282246310005' }, { phone: 'looks_like_card_number' }],
    [{ email: '', phone: '123' }, { phone: 'unreadable' }],
    [
      { card_expiry: 'x', card_name: '', email: '' },
      { card_expiry: 'unreadable', card_name: 'required', email: 'required' },
    ],
  ] as const;
  for (const [fields, problems] of cases) {
    test(`${JSON.stringify(fields).slice(0, 60)} is answered field by field`, () => {
      expect(problemsOf(fields)).toEqual(problems);
    });
  }

  test('shows what the vault found in the fields that only it reads', () => {
    expect(problemsOf({}, { number: 'mistyped', cvc: 'required' })).toEqual({
      card_number: 'mistyped',
      card_cvc: 'required',
    });
  });

  test('lists every problem of an empty form', () => {
    const reading = parseHostedForm({}, { number: 'required', cvc: 'required' }, NOVEMBER_2026);
    expect(reading).toMatchObject({
      kind: 'refused',
      locale: null,
      afterAttempt: null,
      problems: {
        card_number: 'required',
        card_expiry: 'required',
        card_cvc: 'required',
        card_name: 'required',
        email: 'required',
      },
    });
  });

  test('keeps what was typed, so that it can be put right', () => {
    expect(read({ card_expiry: '13/34', card_name: '山田太郎', email: 'taro', phone: '090' }).kept).toEqual({
      card_expiry: '13/34',
      card_name: '山田太郎',
      email: 'taro',
      phone: '090',
    });
  });

  test('keeps no card number that was typed into a wrong field', () => {
    const number = '4242 4242 4242 4242';
    for (const field of ['card_expiry', 'card_name', 'email', 'phone'] as const) {
      expect(read({ [field]: number }).kept[field]).toBe('');
    }
  });

  test('never keeps a valid number of a known brand, whatever is written around it', () => {
    const number = fc.constantFrom('4242424242424242', '378282246310005', '3530111333300000');
    const around = fc.string({ unit: fc.constantFrom(...' -ー.,@aZ+('), maxLength: 4 });
    const field = fc.constantFrom('card_expiry', 'card_name', 'email', 'phone');
    fc.assert(
      fc.property(field, number, around, around, (name, digits, before, after) => {
        const { kept } = read({ [name]: `${before}${digits}${after}` });
        expect(JSON.stringify(kept).replaceAll(/\D/g, '')).not.toContain(digits);
      }),
    );
  });
});

test('whatever is posted is answered', () => {
  const text = fc.string({ unit: 'binary', maxLength: 500 });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(FILLED_IN)), text), (fields) => {
      expect(['accepted', 'refused']).toContain(parseHostedForm(fields, CARD_FINE, NOVEMBER_2026).kind);
    }),
  );
});
