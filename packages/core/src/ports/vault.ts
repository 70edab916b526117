import type { CardDetails } from '../payment-method/payment-method.js';
import type { Instant, Scope, Uuid } from '../scope.js';

/**
 * Stands for card fields that the vault took out of a request body, in the place where they were. It is good for the
 * length of that request, in this process, and for one `seal`.
 */
export type CardReference = string & { readonly __brand: 'CardReference' };

/** A sealed card number, as it is stored: opaque to everything but the vault. */
export type SealedCard = Uint8Array & { readonly __brand: 'SealedCard' };

/** What can be wrong with a card as it was typed; each is a refusal of the same name. */
export const CARD_FAULTS = [
  'card_number_invalid',
  'card_brand_unsupported',
  'test_card_in_live_mode',
  'live_card_in_test_mode',
  'card_expiry_invalid',
  'card_expired',
  'cvc_invalid',
] as const;
export type CardFault = (typeof CARD_FAULTS)[number];

export type SealResult =
  | {
      readonly kind: 'sealed';
      readonly card: CardDetails;
      readonly sealed: SealedCard;
      readonly traces: CardTraces;
    }
  | { readonly kind: 'fault'; readonly fault: CardFault };

/** For counting alone, and never shown: keyed hashes of a card's number. */
export interface CardTraces {
  /** The same at all merchants of the installation, in one mode. */
  readonly everywhere: string;
  /** The same for numbers of a merchant and mode that differ in their last four digits only. */
  readonly neighbours: string;
}

export interface SealRequest {
  readonly reference: CardReference;
  readonly scope: Scope;
  readonly paymentMethodId: Uuid;
  readonly expMonth: number;
  readonly expYear: number;
  readonly now: Instant;
  /** The attempt that may use the security code, once, within 10 minutes; `null` discards the code at once. */
  readonly attemptId: Uuid | null;
}

/** Whose security code it is: the one attempt that may send it. */
export interface CodeOwner {
  readonly scope: Scope;
  readonly paymentMethodId: Uuid;
  readonly attemptId: Uuid;
}

/** Which card to fill into a request to a processor; its attempt's security code is handed out once. */
export interface CardToSend extends CodeOwner {
  readonly sealed: SealedCard;
  readonly expMonth: number;
  readonly expYear: number;
}

/**
 * A request in which the vault puts the card. In `body`, `{{card.number}}` is replaced by the digits, `{{card.exp_month}}`
 * (two digits), `{{card.exp_year}}` (four digits), and `{{card.cvc}}` by the security code, or by nothing when there is none.
 */
export interface CardRequest {
  readonly card: CardToSend;
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connectTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly answerBytesMax: number;
}

export type SendResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    }
  /** Provably nothing left this process: no connection, or the TLS handshake failed. */
  | { readonly kind: 'not_sent'; readonly reason: string }
  /** Something may have arrived: time-out, reset, or an answer that broke off. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The only holder of card numbers in clear. */
export interface Vault {
  /** Checks and seals the card that a reference stands for. Refuses with the first fault; then nothing is kept. */
  seal(request: SealRequest): Promise<SealResult>;
  /** Fills a connector's placeholders and sends; wipes what it filled in. Never throws for what the network does. */
  send(request: CardRequest): Promise<SendResult>;
  /** Forgets the security code of a card that nobody will send; harmless where there is none. */
  forgetCode(card: CodeOwner): void;
}
