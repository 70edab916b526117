import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestClock } from '../../testing/test-vault.js';
import { CardsInHand } from './cards-in-hand.js';
import { takeCardFromForm } from './take-card-from-form.js';

const FIELDS = { numberField: 'card_number', cvcField: 'card_cvc' };
const VISA = '4242424242424242';

function take(
  form: string | Record<string, string>,
  cards = new CardsInHand({ clock: new TestClock(), countMax: 10 }),
) {
  const bytes = Buffer.from(typeof form === 'string' ? form : new URLSearchParams(form).toString());
  const intake = takeCardFromForm(bytes, FIELDS, cards);
  const isWiped = bytes.every((byte) => byte === 0);
  return { intake, cards, isWiped };
}

function taken(form: string | Record<string, string>) {
  const { intake, cards } = take(form);
  if (intake.kind !== 'taken') throw new Error(`expected the form to be taken, not ${intake.problem.code}`);
  const entered = intake.reference === null ? null : cards.take(intake.reference);
  const number = entered?.number?.use((digits) => Buffer.from(digits).toString()) ?? null;
  const cvc =
    entered === null || entered.cvc === null || entered.cvc === 'absent'
      ? entered?.cvc
      : entered.cvc.use((digits) => Buffer.from(digits).toString());
  return { ...intake, number, cvc };
}

describe('a card in a form', () => {
  test('is taken out, and the other fields are left', () => {
    const { fields, number, cvc, problems } = taken({
      card_number: VISA,
      card_cvc: '123',
      name: '山田 太郎 & Co +1',
      empty: '',
    });
    expect([...fields]).toEqual([
      ['name', '山田 太郎 & Co +1'],
      ['empty', ''],
    ]);
    expect({ number, cvc }).toEqual({ number: VISA, cvc: '123' });
    expect(problems).toEqual({ number: null, cvc: null });
  });

  test('wipes the bytes that it came in, taken or not', () => {
    expect(take({ card_number: VISA, card_cvc: '123' }).isWiped).toBe(true);
    expect(take({ card_number: VISA, name: VISA }).isWiped).toBe(true);
    expect(take(`card_number=${VISA}&a=%zz`).isWiped).toBe(true);
  });

  const entries = [
    ['4242 4242 4242 4242', VISA],
    ['4242-4242-4242-4242', VISA],
    ['　４２４２　４２４２　４２４２　４２４２　', VISA],
    ['４２４２－４２４２ー４２４２‐４２４２', VISA],
    ['\u200e4242\u00a04242\u20094242\u20134242\r\n', VISA],
    ['42४2', null],
    ['4242x', null],
    ['💳', null],
  ] as const;
  for (const [entry, number] of entries) {
    test(`entered as ${JSON.stringify(entry)} is read as ${number}`, () => {
      expect(taken({ card_number: entry }).number).toBe(number);
    });
  }

  test('has full-width digits in its code too', () => {
    expect(taken({ card_number: VISA, card_cvc: '　１２３' }).cvc).toBe('123');
  });

  const problems = [
    // number, code, problem of the number, of the code
    ['', '', 'required', 'required'],
    ['  ', ' ', 'required', 'required'],
    ['abc', 'abc', 'not_digits', 'not_digits'],
    ['4242', '12', 'too_short', 'wrong_length'],
    ['42424242424242424242', '123', 'too_long', null],
    ['4242424242424241', '1234', 'mistyped', 'wrong_length'],
    ['378282246310005', '123', null, 'wrong_length'],
    ['378282246310005', '1234', null, null],
    ['', '1234', 'required', null],
  ] as const;
  for (const [number, cvc, numberProblem, cvcProblem] of problems) {
    test(`with number "${number}" and code "${cvc}" has the problems ${numberProblem} and ${cvcProblem}`, () => {
      expect(taken({ card_number: number, card_cvc: cvc }).problems).toEqual({
        number: numberProblem,
        cvc: cvcProblem,
      });
    });
  }

  test('without a number has no reference, and what was typed as its code is not kept', () => {
    const { intake, cards } = take({ card_number: '', card_cvc: '123' });
    expect(intake).toMatchObject({ kind: 'taken', reference: null });
    expect(cards.size).toBe(0);
    expect(taken('').reference).toBeNull();
  });

  test('with a number that is no number has a reference, so that sealing tells the fault', () => {
    expect(taken({ card_number: 'abc', card_cvc: '123' }).reference).not.toBeNull();
  });

  test('without a code is held as one without', () => {
    expect(taken({ card_number: VISA, card_cvc: '' }).cvc).toBe('absent');
    expect(taken({ card_number: VISA }).cvc).toBe('absent');
  });

  test('has the field names of the form, however they are encoded', () => {
    expect(taken(`c%61rd_number=4242+4242+4242+4242&card%5Fcvc=%31%32%33`)).toMatchObject({ number: VISA, cvc: '123' });
  });

  const refused = [
    ['a=1&a=2', 'repeated_field', 4, 'a'],
    [`card_number=${VISA}&card_number=${VISA}`, 'repeated_field', 29, 'card_number'],
    ['a=%', 'invalid_percent_encoding', 0, 'a'],
    ['a=%4', 'invalid_percent_encoding', 0, 'a'],
    ['a=%zz', 'invalid_percent_encoding', 0, 'a'],
    ['%g0=1', 'invalid_percent_encoding', 0, ''],
    ['b=1&a=%ff', 'invalid_utf8', 4, 'a'],
    ['a=%ed%a0%80', 'invalid_utf8', 0, 'a'],
    ['a=%00', 'nul_character', 0, 'a'],
    ['a%00=1', 'nul_character', 0, ''],
    [`name=${VISA}`, 'card_number_found', 0, 'name'],
    ['name=Taro+4242-4242-4242-4242', 'card_number_found', 0, 'name'],
    ['name=%34242424242424242', 'card_number_found', 0, 'name'],
    [`${VISA}=x`, 'card_number_found', 0, '*'],
    [`card_number=1&Card_Number=${VISA}`, 'card_number_found', 14, 'Card_Number'],
  ] as const;
  for (const [form, code, offset, path] of refused) {
    test(`is refused as ${code} in ${form}`, () => {
      const { intake, cards, isWiped } = take(form);
      expect(intake).toEqual({ kind: 'problem', problem: { code, offset, path } });
      expect(isWiped).toBe(true);
      expect(cards.size).toBe(0);
    });
  }

  test('has at most a hundred fields', () => {
    const form = (count: number) => Array.from({ length: count }, (_, n) => `f${n}=1`).join('&');
    expect(take(form(100)).intake.kind).toBe('taken');
    expect(take(form(101)).intake).toMatchObject({ problem: { code: 'too_many_fields' } });
  });

  test('reads every other form as URLSearchParams does', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((each) => !each.includes('\0'));
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 8 }), (form) => {
        const encoded = new URLSearchParams(form).toString();
        const { fields } = taken(encoded);
        expect([...fields]).toEqual([...new URLSearchParams(encoded)]);
      }),
    );
  });

  test('takes names that mean something to objects as names', () => {
    expect([...taken('__proto__=1&constructor=2').fields]).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  test('is turned away when too many are in hand', () => {
    const cards = new CardsInHand({ clock: new TestClock(), countMax: 1 });
    take({ card_number: VISA }, cards);
    expect(take({ card_number: VISA }, cards)).toMatchObject({ isWiped: true, intake: { problem: { code: 'busy' } } });
  });
});
