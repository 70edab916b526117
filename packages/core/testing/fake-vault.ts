import { cardBrandOf } from '../src/card/brands.js';
import { checkCardNumber, checkCvcLength } from '../src/card/card-number.js';
import type { CardDetails } from '../src/payment-method/payment-method.js';
import type {
  CardFault,
  CardReference,
  CardRequest,
  CardToSend,
  CodeOwner,
  SealRequest,
  SealResult,
  SendResult,
  Vault,
} from '../src/ports/vault.js';
import type { Instant } from '../src/scope.js';
import type { DeclineCode } from '../src/setup-attempt/setup-attempt.js';
import { fakeSealedCard } from './fake-connector.js';

/** Published test cards that the fake takes in test mode, and what {@link FakeConnector}'s issuer says to each. */
const ISSUERS: Readonly<Record<string, 'approved' | DeclineCode>> = {
  '4242424242424242': 'approved',
  '5555555555554444': 'approved',
  '378282246310005': 'approved',
  '4000000000000002': 'card_declined',
  '4000000000000069': 'expired_card',
  '4000000000000127': 'invalid_cvc',
  '4000000000000119': 'processing_error',
};

export interface TypedCard {
  readonly number: string;
  /** `null`: none was sent. */
  readonly cvc: string | null;
}

/**
 * A vault in memory that keeps the vault contract. It holds card numbers as plain strings, so nothing but a test may use
 * it. What it seals, {@link FakeConnector} reads as the issuer's answer to that test card.
 */
export class FakeVault implements Vault {
  /** What a processor answers to a filled request; a connection that fails is a result too. */
  answer: (request: CardRequest, filledBody: string) => SendResult = () => OK;

  readonly #now: () => Instant;
  readonly #inHand = new Map<CardReference, TypedCard>();
  readonly #sealed = new Map<string, string>();
  readonly #codes = new Map<string, { readonly code: string; readonly since: Instant }>();
  readonly #numbersSeen: string[] = [];
  #referenceCount = 0;

  constructor({ now = () => 0 }: { now?: () => Instant } = {}) {
    this.#now = now;
  }

  /** Puts a card in hand, as the HTTP layer does with one that it takes out of a body. */
  enter(card: TypedCard): CardReference {
    this.#referenceCount += 1;
    const reference = `card_fake_${this.#referenceCount}` as CardReference;
    this.#inHand.set(reference, card);
    return reference;
  }

  discard(reference: CardReference): void {
    this.#inHand.delete(reference);
  }

  async seal(request: SealRequest): Promise<SealResult> {
    const card = this.#inHand.get(request.reference);
    this.#inHand.delete(request.reference);
    if (card === undefined) throw new Error('This card reference stands for no card.');

    const number = card.number.replaceAll(/[ -]/g, '');
    const fault = faultOf(number, card.cvc, request);
    if (fault !== null) return { kind: 'fault', fault };

    this.#sealed.set(rowOf(request), number);
    this.#holdCode(card.cvc, request);
    return {
      kind: 'sealed',
      card: this.#detailsOf(number, request),
      sealed: fakeSealedCard(ISSUERS[number] ?? 'approved'),
      traces: {
        everywhere: `${request.scope.mode} ${this.#numbersSeen.indexOf(number)}`,
        neighbours: number.slice(0, 3),
      },
    };
  }

  async send(request: CardRequest): Promise<SendResult> {
    const { card } = request;
    const code = this.#takeCode(card);
    const number = this.#sealed.get(rowOf(card));
    if (number === undefined) throw new Error('A sealed value could not be opened.');

    const values: Readonly<Record<string, string>> = {
      number,
      exp_month: String(card.expMonth).padStart(2, '0'),
      exp_year: String(card.expYear),
      cvc: code,
    };
    const names = [...request.body.matchAll(PLACEHOLDERS)].map(([, name = '']) => name);
    if (new Set(names).size < names.length || !names.every((name) => name in values)) {
      return { kind: 'not_sent', reason: 'placeholders_unclear' };
    }
    const answer = this.answer(
      request,
      request.body.replaceAll(PLACEHOLDERS, (_, name) => values[name] ?? ''),
    );
    const isTooLarge = answer.kind === 'answered' && answer.body.length > request.answerBytesMax;
    return isTooLarge ? { kind: 'unknown', reason: 'answer_too_large' } : answer;
  }

  forgetCode(card: CodeOwner): void {
    this.#codes.delete(ownerOf(card));
  }

  #detailsOf(number: string, { scope, expMonth, expYear }: SealRequest): CardDetails {
    const brand = cardBrandOf(digitsOf(number));
    if (brand === null) throw new Error('A card of no known brand is never sealed.');
    if (!this.#numbersSeen.includes(number)) this.#numbersSeen.push(number);
    const fingerprint = `fp_fake_${scope.merchantId}_${scope.mode}_${this.#numbersSeen.indexOf(number)}`;
    return { brand, bin: number.slice(0, 6), last4: number.slice(-4), country: null, expMonth, expYear, fingerprint };
  }

  #holdCode(code: string | null, { scope, paymentMethodId, attemptId }: SealRequest): void {
    if (code === null || attemptId === null) return;
    this.#codes.set(ownerOf({ scope, paymentMethodId, attemptId }), { code, since: this.#now() });
  }

  #takeCode(card: CardToSend): string {
    const held = this.#codes.get(ownerOf(card));
    this.#codes.delete(ownerOf(card));
    return held !== undefined && this.#now() - held.since < CODE_LIFETIME_MS ? held.code : '';
  }
}

const OK: SendResult = { kind: 'answered', status: 200, headers: {}, body: new Uint8Array() };
const PLACEHOLDERS = /\{\{card\.([^{}]*)\}\}/g;
const CODE_LIFETIME_MS = 10 * 60 * 1000;
const LAST_TIME_ZONE_MS = 12 * 60 * 60 * 1000;

function faultOf(number: string, cvc: string | null, request: SealRequest): CardFault | null {
  const { scope, expMonth, expYear, now } = request;
  const brand = cardBrandOf(digitsOf(number));
  if (!/^\d+$/.test(number) || checkCardNumber(digitsOf(number)) !== null) return 'card_number_invalid';
  if (brand === null) return 'card_brand_unsupported';
  if (scope.mode === 'live' && number in ISSUERS) return 'test_card_in_live_mode';
  if (scope.mode === 'test' && !(number in ISSUERS)) return 'live_card_in_test_mode';
  if (!(expMonth >= 1 && expMonth <= 12 && Number.isInteger(expMonth + expYear))) return 'card_expiry_invalid';
  if (expYear < 1000 || expYear > new Date(now).getUTCFullYear() + 20) return 'card_expiry_invalid';
  if (now >= Date.UTC(expYear, expMonth, 1) + LAST_TIME_ZONE_MS) return 'card_expired';
  if (cvc === null) return null;
  return /^\d+$/.test(cvc) && checkCvcLength(cvc.length, brand) === null ? null : 'cvc_invalid';
}

function digitsOf(number: string): readonly number[] {
  return Array.from(number, Number);
}

function rowOf({ scope, paymentMethodId }: Pick<CardToSend, 'scope' | 'paymentMethodId'>): string {
  return `${scope.merchantId} ${scope.mode} ${paymentMethodId}`;
}

function ownerOf(card: CodeOwner): string {
  return `${rowOf(card)} ${card.attemptId}`;
}
