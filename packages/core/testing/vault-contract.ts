import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { passesLuhn } from '../src/card/luhn.js';
import type {
  CardFault,
  CardReference,
  CardRequest,
  CardToSend,
  SealedCard,
  SealRequest,
  Vault,
} from '../src/ports/vault.js';
import type { Instant, Mode, Scope } from '../src/scope.js';
import { uuid } from './builders.js';
import type { TypedCard } from './fake-vault.js';

/** A vault under test, and the processor that it sends to. */
export interface VaultHarness {
  readonly vault: Vault;
  /** Puts a card in hand as the HTTP layer does. */
  enter(card: TypedCard): CardReference;
  discard(reference: CardReference): void;
  /** Moves the clock on from {@link CONTRACT_STARTS_AT}. */
  advance(ms: number): void;
  /** Answers 200 with `{"status":"approved"}` and `x-processor: contract`. */
  readonly answeringUrl: string;
  /** Takes the request, and breaks the connection off instead of answering. */
  readonly breakingUrl: string;
  /** Nobody listens there. */
  readonly unreachableUrl: string;
  /** The bodies that came to the answering address, oldest first. */
  received(): readonly string[];
  close(): Promise<void>;
}

export const CONTRACT_STARTS_AT: Instant = Date.UTC(2026, 0, 15, 12);

/** What every vault does, whatever it is made of. */
export function vaultContract(name: string, make: () => Promise<VaultHarness>): void {
  describe(`${name} keeps the vault contract`, () => {
    let harness: VaultHarness;
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(async () => {
      await harness.close();
    });

    const sealCard = (card: Partial<TypedCard> = {}, request: Partial<SealRequest> = {}) =>
      harness.vault.seal({ ...aSealRequest(), ...request, reference: harness.enter({ ...CARD, ...card }) });
    const sealed = async (card: Partial<TypedCard> = {}, request: Partial<SealRequest> = {}) => {
      const result = await sealCard(card, request);
      if (result.kind !== 'sealed') throw new Error(`expected a sealed card, not ${result.fault}`);
      return result;
    };
    const send = (sealedCard: SealedCard, parts: Partial<CardRequest> = {}, card: Partial<CardToSend> = {}) =>
      harness.vault.send({
        ...aRequest(harness.answeringUrl),
        ...parts,
        card: { ...aCardToSend(sealedCard), ...card },
      });

    describe('sealing', () => {
      const faults: readonly (readonly [string, Mode, string, number, number, string | null, CardFault])[] = [
        // what, mode, number, expiry, code, fault
        ['no digits', 'test', '', 12, 2030, '123', 'card_number_invalid'],
        ['a letter', 'test', '424242424242424x', 12, 2030, '123', 'card_number_invalid'],
        ['a mistyped digit', 'test', '4242424242424241', 12, 2030, '123', 'card_number_invalid'],
        ['a digit too few', 'test', '424242424242424', 12, 2030, '123', 'card_number_invalid'],
        ['a brand that is not known', 'test', UNKNOWN_BRAND, 12, 2030, '123', 'card_brand_unsupported'],
        ['a live card in test mode', 'test', LIVE_VISA, 12, 2030, '123', 'live_card_in_test_mode'],
        ['a test card in live mode', 'live', VISA, 12, 2030, '123', 'test_card_in_live_mode'],
        ['month 0', 'test', VISA, 0, 2030, '123', 'card_expiry_invalid'],
        ['month 13', 'test', VISA, 13, 2030, '123', 'card_expiry_invalid'],
        ['a month that is no whole number', 'test', VISA, 1.5, 2030, '123', 'card_expiry_invalid'],
        ['a year of two digits', 'test', VISA, 12, 30, '123', 'card_expiry_invalid'],
        ['a year too far ahead', 'test', VISA, 1, 2047, '123', 'card_expiry_invalid'],
        ['a year that is over', 'test', VISA, 12, 2025, '123', 'card_expired'],
        ['a code of two digits', 'test', VISA, 12, 2030, '12', 'cvc_invalid'],
        ['a code of four digits on a visa', 'test', VISA, 12, 2030, '1234', 'cvc_invalid'],
        ['a code of three digits on an amex', 'test', AMEX, 12, 2030, '123', 'cvc_invalid'],
        ['a code with a letter', 'test', VISA, 12, 2030, '12x', 'cvc_invalid'],
        ['an empty code', 'test', VISA, 12, 2030, '', 'cvc_invalid'],
      ];
      for (const [what, mode, number, expMonth, expYear, cvc, fault] of faults) {
        test(`${what} gives ${fault}`, async () => {
          const result = await sealCard({ number, cvc }, { scope: aScope(mode), expMonth, expYear });
          expect(result).toEqual({ kind: 'fault', fault });
        });
      }

      const precedence: readonly (readonly [Mode, string, number, number, string, CardFault])[] = [
        // mode   number                 expiry    code  first fault
        ['test', '4242424242424241', 13, 2020, '1', 'card_number_invalid'],
        ['test', UNKNOWN_BRAND, 13, 2020, '1', 'card_brand_unsupported'],
        ['test', LIVE_VISA, 13, 2020, '1', 'live_card_in_test_mode'],
        ['live', VISA, 13, 2020, '1', 'test_card_in_live_mode'],
        ['test', VISA, 13, 2020, '1', 'card_expiry_invalid'],
        ['test', VISA, 12, 2020, '1', 'card_expired'],
      ];
      test('of several faults the first is given: number, brand, mode, expiry, code', async () => {
        for (const [mode, number, expMonth, expYear, cvc, fault] of precedence) {
          const result = await sealCard({ number, cvc }, { scope: aScope(mode), expMonth, expYear });
          expect(result).toEqual({ kind: 'fault', fault });
        }
      });

      test('tells brand, first six, last four and expiry, and no country', async () => {
        const { card } = await sealed({ number: AMEX, cvc: '1234' }, { expMonth: 3, expYear: 2031 });
        expect(card).toMatchObject({ brand: 'amex', bin: '378282', last4: '0005', expMonth: 3, expYear: 2031 });
        expect(card.country).toBeNull();
        expect(card.fingerprint).toMatch(/^fp_/);
      });

      test('a live card is sealed in live mode', async () => {
        const { card } = await sealed({ number: LIVE_VISA }, { scope: aScope('live') });
        expect(card.brand).toBe('visa');
      });

      test('spaces and dashes between the digits make no difference', async () => {
        const plain = await sealed({ number: VISA });
        const spaced = await sealed({ number: '4242 4242-4242 4242' });
        expect(spaced.card).toEqual(plain.card);
      });

      test('a card without a code is sealed', async () => {
        expect((await sealCard({ cvc: null })).kind).toBe('sealed');
      });

      test('a card is good until its last month has ended in the last time zone, and not longer', async () => {
        const end = Date.UTC(2026, 1, 1, 12);
        expect((await sealCard({}, { expMonth: 1, expYear: 2026, now: end - 1 })).kind).toBe('sealed');
        expect(await sealCard({}, { expMonth: 1, expYear: 2026, now: end })).toEqual({
          kind: 'fault',
          fault: 'card_expired',
        });
      });

      test('an expiry twenty years ahead is taken', async () => {
        expect((await sealCard({}, { expMonth: 12, expYear: 2046 })).kind).toBe('sealed');
      });

      test('the fingerprint is the same for the same card of a merchant, and for no other', async () => {
        const other: Scope = { merchantId: uuid(0xbb), mode: 'test' };
        const fingerprintOf = async (number: string, scope: Scope) =>
          (await sealed({ number }, { scope })).card.fingerprint;
        const first = await fingerprintOf(VISA, aScope('test'));
        expect(await fingerprintOf(VISA, aScope('test'))).toBe(first);
        expect(await fingerprintOf(MASTERCARD, aScope('test'))).not.toBe(first);
        expect(await fingerprintOf(VISA, other)).not.toBe(first);
      });

      test('the fingerprint of a card differs between the modes of a merchant', async () => {
        const live = (await sealed({ number: LIVE_VISA }, { scope: aScope('live') })).card.fingerprint;
        const test = (await sealed({}, { scope: aScope('test') })).card.fingerprint;
        expect(live).not.toBe(test);
      });

      test('what is sealed does not hold the number in clear', async () => {
        const { sealed: bytes } = await sealed();
        expect(Buffer.from(bytes).toString('latin1')).not.toContain(VISA);
        expect(Buffer.from(bytes).toString('hex')).not.toContain(VISA);
      });
    });

    describe('a reference', () => {
      test('is good for one seal', async () => {
        const reference = harness.enter(CARD);
        await harness.vault.seal({ ...aSealRequest(), reference });
        await expect(harness.vault.seal({ ...aSealRequest(), reference })).rejects.toThrow('card reference');
      });

      test('is used up by a seal that finds a fault', async () => {
        const reference = harness.enter(CARD);
        await harness.vault.seal({ ...aSealRequest(), reference, expMonth: 13 });
        await expect(harness.vault.seal({ ...aSealRequest(), reference })).rejects.toThrow('card reference');
      });

      test('is good for nothing once it is discarded', async () => {
        const reference = harness.enter(CARD);
        harness.discard(reference);
        await expect(harness.vault.seal({ ...aSealRequest(), reference })).rejects.toThrow('card reference');
      });

      test('that was made up stands for no card', async () => {
        const reference = 'card_made_up' as CardReference;
        await expect(harness.vault.seal({ ...aSealRequest(), reference })).rejects.toThrow('card reference');
      });

      test('says nothing of the card', () => {
        expect(harness.enter(CARD)).not.toMatch(/4242|123/);
      });
    });

    describe('sending', () => {
      test('fills the placeholders in, and gives the answer back', async () => {
        const { sealed: card } = await sealed();
        const result = await send(card, {}, { expMonth: 3, expYear: 2031 });

        expect(harness.received()).toEqual([`{"number":"${VISA}","month":"03","year":"2031","code":"123"}`]);
        if (result.kind !== 'answered') throw new Error(`expected an answer, not ${result.reason}`);
        expect(result.status).toBe(200);
        expect(result.headers['x-processor']).toBe('contract');
        expect(Buffer.from(result.body).toString()).toBe('{"status":"approved"}');
      });

      test('counts the body in bytes, whatever else is in it', async () => {
        const { sealed: card } = await sealed();
        await send(card, { body: '{"name":"山田 太郎 💳","number":"{{card.number}}"}' });
        expect(harness.received()).toEqual([`{"name":"山田 太郎 💳","number":"${VISA}"}`]);
      });

      test('a body without placeholders is sent as it is', async () => {
        const { sealed: card } = await sealed();
        await send(card, { body: '{"n":"{card.number} {{other}} {{"}' });
        expect(harness.received()).toEqual(['{"n":"{card.number} {{other}} {{"}']);
      });

      const unclear = [
        '{"number":"{{card.number}}","name":"{{card.number}}"}',
        '{"number":"{{card.number}}","name":"{{card.pin}}"}',
        '{"number":"{{card.}}"}',
      ];
      for (const body of unclear) {
        test(`a body with a placeholder twice, or an unknown one, is not sent: ${body}`, async () => {
          const { sealed: card } = await sealed();
          expect((await send(card, { body })).kind).toBe('not_sent');
          expect(harness.received()).toEqual([]);
        });
      }

      test('a request that reaches nobody was not sent', async () => {
        const { sealed: card } = await sealed();
        expect((await send(card, { url: harness.unreachableUrl })).kind).toBe('not_sent');
      });

      test('a connection that breaks before the answer leaves it unknown', async () => {
        const { sealed: card } = await sealed();
        expect((await send(card, { url: harness.breakingUrl })).kind).toBe('unknown');
      });

      test('an answer that is larger than allowed leaves it unknown', async () => {
        const { sealed: card } = await sealed();
        expect((await send(card, { answerBytesMax: 5 })).kind).toBe('unknown');
      });

      const elsewhere: readonly (readonly [string, Partial<CardToSend>])[] = [
        ['payment method', { paymentMethodId: uuid(0xdd) }],
        ['merchant', { scope: { merchantId: uuid(0xbb), mode: 'test' } }],
        ['mode', { scope: { merchantId: uuid(0xaa), mode: 'live' } }],
      ];
      for (const [what, card] of elsewhere) {
        test(`a sealed card does not open for another ${what}, and nothing is sent`, async () => {
          const { sealed: bytes } = await sealed();
          const url =
            card.scope?.mode === 'live' ? harness.answeringUrl.replace('http:', 'https:') : harness.answeringUrl;
          await expect(send(bytes, { url }, card)).rejects.toThrow('could not be opened');
          expect(harness.received()).toEqual([]);
        });
      }
    });

    describe('the security code', () => {
      const CODE_ONLY = '{"code":"{{card.cvc}}"}';

      test('is handed out once', async () => {
        const { sealed: card } = await sealed();
        await send(card, { body: CODE_ONLY });
        await send(card, { body: CODE_ONLY });
        expect(harness.received()).toEqual(['{"code":"123"}', '{"code":""}']);
      });

      test('is used up by a request that was not sent', async () => {
        const { sealed: card } = await sealed();
        await send(card, { url: harness.unreachableUrl, body: CODE_ONLY });
        await send(card, { body: CODE_ONLY });
        expect(harness.received()).toEqual(['{"code":""}']);
      });

      test('goes to no other attempt', async () => {
        const { sealed: card } = await sealed();
        await send(card, { body: CODE_ONLY }, { attemptId: uuid(0xee) });
        await send(card, { body: CODE_ONLY });
        expect(harness.received()).toEqual(['{"code":""}', '{"code":"123"}']);
      });

      test('is gone once it is forgotten, and the other attempts keep theirs', async () => {
        const { sealed: card } = await sealed();
        const other = uuid(0xee);
        await sealed({}, { attemptId: other });
        harness.vault.forgetCode(aCardToSend(card));
        harness.vault.forgetCode(aCardToSend(card));
        await send(card, { body: CODE_ONLY });
        await send(card, { body: CODE_ONLY }, { attemptId: other });
        expect(harness.received()).toEqual(['{"code":""}', '{"code":"123"}']);
      });

      test('is not kept when no attempt may use it', async () => {
        const { sealed: card } = await sealed({}, { attemptId: null });
        await send(card, { body: CODE_ONLY });
        expect(harness.received()).toEqual(['{"code":""}']);
      });

      test('is there until ten minutes have passed', async () => {
        const { sealed: card } = await sealed();
        harness.advance(10 * 60 * 1000 - 1);
        await send(card, { body: CODE_ONLY });
        expect(harness.received()).toEqual(['{"code":"123"}']);
      });

      test('is gone after ten minutes', async () => {
        const { sealed: card } = await sealed();
        harness.advance(10 * 60 * 1000);
        await send(card, { body: CODE_ONLY });
        expect(harness.received()).toEqual(['{"code":""}']);
      });

      test('of a card that was refused is not kept', async () => {
        await sealCard({}, { expMonth: 13 });
        const { sealed: card } = await sealed({ cvc: null });
        await send(card, { body: CODE_ONLY });
        expect(harness.received()).toEqual(['{"code":""}']);
      });
    });
  });
}

const VISA = '4242424242424242';
const MASTERCARD = '5555555555554444';
const AMEX = '378282246310005';
const CARD: TypedCard = { number: VISA, cvc: '123' };

/** Made up by counting, and completed with a check digit: nobody's cards, and no published test cards. */
const LIVE_VISA = withCheckDigit('400000012345678');
const UNKNOWN_BRAND = withCheckDigit('990000000000000');

function withCheckDigit(digits: string): string {
  const completed = Array.from({ length: 10 }, (_, last) => `${digits}${last}`);
  const right = completed.find((each) => passesLuhn(Array.from(each, Number)));
  if (right === undefined) throw new Error('one of ten digits is always right');
  return right;
}

function aScope(mode: Mode): Scope {
  return { merchantId: uuid(0xaa), mode };
}

function aSealRequest(): Omit<SealRequest, 'reference'> {
  return {
    scope: aScope('test'),
    paymentMethodId: uuid(0xcc),
    expMonth: 12,
    expYear: 2030,
    now: CONTRACT_STARTS_AT,
    attemptId: uuid(0xa1),
  };
}

function aCardToSend(sealed: SealedCard): CardToSend {
  const { scope, paymentMethodId, expMonth, expYear } = aSealRequest();
  return { scope, paymentMethodId, expMonth, expYear, sealed, attemptId: uuid(0xa1) };
}

function aRequest(url: string): Omit<CardRequest, 'card'> {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: '{"number":"{{card.number}}","month":"{{card.exp_month}}","year":"{{card.exp_year}}","code":"{{card.cvc}}"}',
    connectTimeoutMs: 5_000,
    totalTimeoutMs: 10_000,
    answerBytesMax: 16 * 1024,
  };
}
