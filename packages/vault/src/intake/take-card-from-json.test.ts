import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestClock } from '../../testing/test-vault.js';
import { CardsInHand } from './cards-in-hand.js';
import { takeCardFromJson } from './take-card-from-json.js';

const PATHS = { numberPath: 'payment_method_data.card.number', cvcPath: 'payment_method_data.card.cvc' };
const VISA = '4242424242424242';

const openCards = (countMax = 10) => new CardsInHand({ clock: new TestClock(), countMax });
const bodyOf = (card: unknown) => JSON.stringify({ payment_method_data: { card } });

function take(text: string, cards = openCards()) {
  const bytes = Buffer.from(text);
  const intake = takeCardFromJson(bytes, PATHS, cards);
  return { bytes, cards, intake };
}

/** What is in hand then, as a test may look at it. */
function taken(text: string) {
  const { intake, cards } = take(text);
  if (intake.kind !== 'taken') throw new Error(`expected a card to be taken, not ${intake.problem.code}`);
  const entered = intake.reference === null ? null : cards.take(intake.reference);
  const shown = (secret: 'absent' | null | { use<T>(fn: (bytes: Uint8Array) => T): T }) =>
    secret === null || secret === 'absent' ? secret : secret.use((bytes) => Buffer.from(bytes).toString());
  return {
    body: JSON.parse(intake.body.toString()),
    text: intake.body.toString(),
    reference: intake.reference,
    number: entered && shown(entered.number),
    cvc: entered && shown(entered.cvc),
  };
}

describe('a card in a JSON body', () => {
  test('is taken out, and one reference stands at both places', () => {
    const { body, reference, number, cvc } = taken(bodyOf({ number: VISA, cvc: '123', exp_month: 12 }));
    expect(reference).toMatch(/^card_[a-p]{32}$/);
    expect(body).toEqual({ payment_method_data: { card: { number: reference, cvc: reference, exp_month: 12 } } });
    expect({ number, cvc }).toEqual({ number: VISA, cvc: '123' });
  });

  test('leaves everything around it as it was, byte for byte', () => {
    const around = (card: string) =>
      ` {"あ" : [1.50, "\\u0041"],\n"payment_method_data":{"card":{${card}, "exp_year" :2030}} ,"z":null}\t`;
    const { text, reference } = taken(around(`"cvc":"123" , "number" : "${VISA}"`));
    expect(text).toBe(around(`"cvc":"${reference}" , "number" : "${reference}"`));
  });

  test('wipes the bytes that it came in', () => {
    const { bytes } = take(bodyOf({ number: VISA, cvc: '123' }));
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  test('is not in the body that is left, whatever is around it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.boolean(), (around, isFirst) => {
        const card = `"payment_method_data":{"card":{"number":"${VISA}","cvc":"987"}}`;
        const text = isFirst ? `{${card},"x":${around}}` : `{"x":${around},${card}}`;
        const { intake, bytes } = take(text);
        expect(bytes.every((byte) => byte === 0)).toBe(true);
        if (intake.kind === 'problem') return;
        expect(intake.body.includes(VISA)).toBe(false);
        expect(intake.body.includes('"987"') && !around.includes('987')).toBe(false);
        expect(JSON.parse(intake.body.toString()).x).toEqual(JSON.parse(around));
      }),
    );
  });

  const entries: readonly (readonly [unknown, string | null, string | null])[] = [
    // card as sent, number in hand, code in hand
    [{ number: '4242 4242-4242 4242', cvc: '123' }, VISA, '123'],
    [{ number: VISA }, VISA, 'absent'],
    [{ number: VISA, cvc: null }, VISA, 'absent'],
    [{ number: VISA, cvc: 123 }, VISA, 'absent'],
    [{ number: VISA, cvc: '' }, VISA, ''],
    [{ number: '', cvc: '123' }, '', '123'],
    [{ number: null, cvc: '123' }, null, '123'],
    [{ cvc: '123' }, null, '123'],
    [{ number: '4242424242424242x', cvc: '12x' }, null, null],
    [{ number: '４２４２４２４２４２４２４２４２', cvc: '１２３' }, null, null],
    [{ number: `${VISA}\n`, cvc: '1 2 3' }, null, null],
    [{ number: '4242\u20134242', cvc: '-123' }, null, null],
  ];
  for (const [card, number, cvc] of entries) {
    test(`sent as ${JSON.stringify(card)} is held as number ${JSON.stringify(number)}, code ${JSON.stringify(cvc)}`, () => {
      expect(taken(bodyOf(card))).toMatchObject({ number, cvc });
    });
  }

  test('written with escapes is read, and they do not outlive it', () => {
    const escaped = [...VISA].map((digit) => `\\u00${digit.charCodeAt(0).toString(16)}`).join('');
    const { number, cvc, text } = taken(
      bodyOf({ number: '#', cvc: '%' }).replace('#', escaped).replace('%', '\\u00312\\u0033'),
    );
    expect({ number, cvc }).toEqual({ number: VISA, cvc: '123' });
    expect(text).not.toContain('\\u00');
  });

  for (const value of [4242424242424242, { digits: VISA }, [VISA, { a: VISA }], true, null]) {
    test(`in the form of ${JSON.stringify(value)} leaves null, and no reference`, () => {
      const { body, reference } = taken(bodyOf({ number: value, cvc: value }));
      expect(body).toEqual({ payment_method_data: { card: { number: null, cvc: null } } });
      expect(reference).toBeNull();
    });
  }

  test('that is not there leaves the body as it was', () => {
    const { text, reference } = taken('{"payment_method":"pm_1","payment_method_data":{"card":{}}}');
    expect(text).toBe('{"payment_method":"pm_1","payment_method_data":{"card":{}}}');
    expect(reference).toBeNull();
  });

  const elsewhere: readonly (readonly [string, string])[] = [
    [`{"card":{"number":"${VISA}"}}`, 'card.number'],
    [`{"payment_method_data.card.number":"${VISA}"}`, 'payment_method_data.card.number'],
    [`{"payment_method_data":{"card.number":"${VISA}"}}`, 'payment_method_data.card.number'],
    [`{"payment_method_data":{"card":[{"number":"${VISA}"}]}}`, 'payment_method_data.card.0.number'],
    [`{"payment_method_data":{"card":{"number":"${VISA}","name":"${VISA}"}}}`, 'payment_method_data.card.name'],
    [`[{"payment_method_data":{"card":{"number":"${VISA}"}}}]`, '0.payment_method_data.card.number'],
  ];
  for (const [text, path] of elsewhere) {
    test(`is refused in any other place: ${text}`, () => {
      const { intake, bytes } = take(text);
      expect(intake).toMatchObject({ kind: 'problem', problem: { code: 'card_number_found', path } });
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    });
  }

  test('sent twice is refused, also when a key is written another way', () => {
    const { intake, bytes } = take(`{"payment_method_data":{"card":{"number":"${VISA}","n\\u0075mber":"${VISA}"}}}`);
    expect(intake).toMatchObject({ problem: { code: 'duplicate_key' } });
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  test('in a body with another problem is wiped and not kept', () => {
    const { intake, bytes } = take(`${bodyOf({ number: VISA, cvc: '123' })}}`);
    expect(intake).toMatchObject({ kind: 'problem', problem: { code: 'invalid_json' } });
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  test('is turned away when too many are in hand, and taken again once there is room', () => {
    const cards = openCards(1);
    const first = take(bodyOf({ number: VISA }), cards).intake;
    const second = take(bodyOf({ number: VISA }), cards);
    expect(second.intake).toMatchObject({ kind: 'problem', problem: { code: 'busy' } });
    expect(second.bytes.every((byte) => byte === 0)).toBe(true);

    if (first.kind === 'taken' && first.reference !== null) cards.discard(first.reference);
    expect(take(bodyOf({ number: VISA }), cards).intake.kind).toBe('taken');
  });
});
