import { randomBytes } from 'node:crypto';
import type { CardReference, Clock } from '@onfile/core';
import type { SecurityCode } from '../card-number.js';
import { ExpiringMap } from '../expiring-map.js';
import { type Secret, wipe } from '../secret.js';

/** What a person or program entered, before anybody judged it. Digits are ASCII. */
export interface EnteredCard {
  /** `null`: there was something else than digits and separators. */
  readonly number: Secret<'card-number'> | null;
  /** `absent`: no code was sent; `null`: there was something else than digits. */
  readonly cvc: SecurityCode | 'absent' | null;
}

export interface CardsInHandOptions {
  readonly clock: Clock;
  readonly countMax: number;
}

/** Cards between the body that they were taken out of and their one sealing. */
export class CardsInHand {
  readonly #cards: ExpiringMap<CardReference, EnteredCard>;

  constructor({ clock, countMax }: CardsInHandOptions) {
    const lifetimeMs = FORGOTTEN_AFTER_MS;
    this.#cards = new ExpiringMap({ clock, lifetimeMs, countMax, wipe: wipeEntered, whenFull: 'refuse' });
  }

  get size(): number {
    return this.#cards.size;
  }

  /** `null` when there is no room; the card is wiped then. */
  hold(card: EnteredCard): CardReference | null {
    const reference = newReference();
    if (this.#cards.set(reference, card)) return reference;
    wipeEntered(card);
    return null;
  }

  /** Hands the card over, once; wiping it is the caller's from now on. */
  take(reference: CardReference): EnteredCard | null {
    return this.#cards.take(reference);
  }

  discard(reference: CardReference): void {
    this.#cards.delete(reference);
  }

  sweep(): void {
    this.#cards.sweep();
  }

  close(): void {
    this.#cards.clear();
  }
}

export function wipeEntered({ number, cvc }: EnteredCard): void {
  wipe(number, cvc === 'absent' ? null : cvc);
}

/** For a request that never discarded its card. Longer than any request may take. */
const FORGOTTEN_AFTER_MS = 2 * 60 * 1000;

/** `card_` and 128 bits as letters: digits would look like a card number to whoever searches for one. */
function newReference(): CardReference {
  const letters = Array.from(randomBytes(16).toString('hex'), (digit) => LETTERS[Number.parseInt(digit, 16)]);
  return `card_${letters.join('')}` as CardReference;
}

const LETTERS = 'abcdefghijklmnop';
