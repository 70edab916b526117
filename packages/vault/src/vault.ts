import {
  type CardDetails,
  type CardFault,
  type CardReference,
  type CardRequest,
  type CardToSend,
  type Clock,
  type CodeOwner,
  checkCvcLength,
  type DerivedSecrets,
  type SealedCard,
  type SealRequest,
  type SealResult,
  type SendResult,
  type Vault,
} from '@onfile/core';
import { CardNumber, type SecurityCode } from './card-number.js';
import { type OpenDerivedSecrets, openDerivedSecrets } from './derived-secrets.js';
import { type Binding, openEnvelope, readKeyName, sealEnvelope, UnreadableEnvelope } from './envelope.js';
import { expiryFault } from './expiry.js';
import { Fingerprints } from './fingerprint.js';
import { HeldCodes } from './held-codes.js';
import { CardsInHand, type EnteredCard, wipeEntered } from './intake/cards-in-hand.js';
import { type CardFields, type FormIntake, takeCardFromForm } from './intake/take-card-from-form.js';
import { type CardPaths, type JsonIntake, takeCardFromJson } from './intake/take-card-from-json.js';
import type { KeyProvider } from './keys/key-provider.js';
import { type MerchantKeyStore, MerchantKeys } from './keys/merchant-keys.js';
import { Secret, wipe } from './secret.js';
import { fillPlaceholders } from './send/fill-placeholders.js';
import { createSender } from './send/sender.js';
import { isTestCard } from './test-cards.js';

export interface VaultOptions {
  readonly keys: KeyProvider;
  readonly merchantKeys: MerchantKeyStore;
  readonly clock: Clock;
  /** Called whenever something sealed does not open: never normal, so count it and raise an alarm. */
  readonly onUnreadable?: () => void;
  /** Most cards between intake and sealing at once. 1,000 unless told. */
  readonly cardsInHandMax?: number;
  /** Most security codes waiting for their attempt's request. 10,000 unless told. */
  readonly heldCodesMax?: number;
}

/** The vault in this process: the port of the domain, and what the HTTP layer needs of it. */
export interface LocalVault extends Vault {
  readonly derivedSecrets: DerivedSecrets;
  /** See {@link takeCardFromJson}. `bodyDigest` stands for the original bytes where requests are compared. */
  takeCardFromJson(bytes: Uint8Array, paths: CardPaths): JsonIntake & { readonly bodyDigest: Uint8Array };
  /** See {@link takeCardFromForm}. */
  takeCardFromForm(bytes: Uint8Array, fields: CardFields): FormIntake & { readonly bodyDigest: Uint8Array };
  /** Wipes a card that is still in hand. To be called for every reference at its request's end; harmless after a seal. */
  discard(reference: CardReference | null): void;
  /** Wipes everything that is held, and stops the sweeping. */
  close(): void;
}

/**
 * The reference stands for no card in hand: it was sealed or discarded before, or never given out. Not something that a
 * request can bring about, since references are made here and put into its body by us.
 */
export class UnknownCardReference extends Error {
  override readonly name = 'UnknownCardReference';
  constructor() {
    super('This card reference stands for no card: each is good for one seal within its own request.');
  }
}

/** More is held than this process may hold. Callers answer 503 and may try again. */
export class VaultFull extends Error {
  override readonly name = 'VaultFull';
  constructor() {
    super('The vault holds as many security codes as it may.');
  }
}

/** For tests: sees the memory that holds card data while it does, to look at it again when it should be wiped. */
export interface VaultSeams {
  readonly onInClear?: (what: 'entered' | 'checked' | 'code' | 'opened' | 'filled', bytes: Uint8Array) => void;
}

/** Opens a vault. Fails with a `KeyProviderFault` when the keys cannot be had. */
export async function createVault(options: VaultOptions): Promise<LocalVault> {
  return createVaultWithSeams(options, {});
}

export async function createVaultWithSeams(options: VaultOptions, seams: VaultSeams): Promise<LocalVault> {
  return new VaultInProcess(options, seams, await openDerivedSecrets(options.keys));
}

const SWEEP_EVERY_MS = 15_000;

class VaultInProcess implements LocalVault {
  readonly derivedSecrets: OpenDerivedSecrets;
  readonly #merchantKeys: MerchantKeys;
  readonly #fingerprints: Fingerprints;
  readonly #cards: CardsInHand;
  readonly #codes: HeldCodes;
  readonly #onUnreadable: () => void;
  readonly #seams: VaultSeams;
  readonly #sender = createSender();
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: VaultOptions, seams: VaultSeams, derivedSecrets: OpenDerivedSecrets) {
    const { keys: provider, merchantKeys: store, clock } = options;
    this.derivedSecrets = derivedSecrets;
    this.#merchantKeys = new MerchantKeys({ provider, store, clock });
    this.#fingerprints = new Fingerprints({ provider, clock });
    this.#cards = new CardsInHand({ clock, countMax: options.cardsInHandMax ?? 1_000 });
    this.#codes = new HeldCodes({ clock, countMax: options.heldCodesMax ?? 10_000 });
    this.#onUnreadable = options.onUnreadable ?? (() => {});
    this.#seams = seams;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
  }

  takeCardFromJson(bytes: Uint8Array, paths: CardPaths): JsonIntake & { readonly bodyDigest: Uint8Array } {
    const bodyDigest = this.derivedSecrets.bodyDigest(bytes);
    return { ...takeCardFromJson(bytes, paths, this.#cards), bodyDigest };
  }

  takeCardFromForm(bytes: Uint8Array, fields: CardFields): FormIntake & { readonly bodyDigest: Uint8Array } {
    const bodyDigest = this.derivedSecrets.bodyDigest(bytes);
    return { ...takeCardFromForm(bytes, fields, this.#cards), bodyDigest };
  }

  discard(reference: CardReference | null): void {
    if (reference !== null) this.#cards.discard(reference);
  }

  async seal(request: SealRequest): Promise<SealResult> {
    const entered = this.#cards.take(request.reference);
    if (entered === null) throw new UnknownCardReference();

    let number: CardNumber | null = null;
    try {
      this.#see('entered', entered.number);
      this.#see('code', codeOf(entered));
      number = parseNumber(entered);
      this.#see('checked', number);
      if (number === null) return { kind: 'fault', fault: 'card_number_invalid' };
      const fault = faultOf(number, entered.cvc, request);
      return fault === null ? await this.#sealChecked(number, codeOf(entered), request) : { kind: 'fault', fault };
    } finally {
      wipeEntered(entered);
      wipe(number);
    }
  }

  async send(request: CardRequest): Promise<SendResult> {
    const code = this.#codes.take(request.card);
    try {
      this.#see('code', code);
      if (isInClear(request)) return { kind: 'not_sent', reason: 'tls_required' };
      const body = await this.#fill(request, code);
      if (body === null) return { kind: 'not_sent', reason: 'placeholders_unclear' };
      return await this.#sender.send({ ...request, body });
    } finally {
      wipe(code);
    }
  }

  forgetCode(card: CodeOwner): void {
    this.#codes.forget(card);
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#sender.close();
    this.#cards.close();
    this.#codes.close();
    this.#merchantKeys.close();
    this.#fingerprints.close();
    this.derivedSecrets.close();
  }

  async #sealChecked(number: CardNumber, code: SecurityCode | null, request: SealRequest): Promise<SealResult> {
    const { scope, paymentMethodId, attemptId, expMonth, expYear } = request;
    if (code !== null && attemptId !== null && !this.#codes.hasRoom()) throw new VaultFull();

    const fingerprint = await this.#fingerprints.of(number, scope);
    const traces = await this.#fingerprints.tracesOf(number, scope);
    const sealed = await this.#merchantKeys.useActive(scope.merchantId, (key) =>
      number.use((digits) => sealEnvelope(digits, bindingOf(request), key)),
    );
    if (code !== null && attemptId !== null && !this.#codes.hold(code, { scope, paymentMethodId, attemptId })) {
      throw new VaultFull();
    }
    return {
      kind: 'sealed',
      card: detailsOf(number, { expMonth, expYear, fingerprint }),
      sealed: sealed as SealedBytes,
      traces,
    };
  }

  async #fill({ card, body }: CardRequest, cvc: SecurityCode | null): Promise<Buffer | null> {
    const number = await this.#open(card);
    try {
      const filled = fillPlaceholders(body, { ...card, number, cvc });
      this.#see('filled', filled);
      return filled;
    } finally {
      number.wipe();
    }
  }

  async #open(card: CardToSend): Promise<Secret<'card-number'>> {
    try {
      const digits = await this.#merchantKeys.use(card.scope.merchantId, readKeyName(card.sealed), (key) => {
        if (key === null) throw new UnreadableEnvelope();
        return openEnvelope(card.sealed, bindingOf(card), key);
      });
      this.#see('opened', digits);
      const number = new Secret('card-number', digits);
      this.#see('opened', number);
      return number;
    } catch (cause) {
      if (cause instanceof UnreadableEnvelope) this.#onUnreadable();
      throw cause;
    }
  }

  #see(what: Parameters<NonNullable<VaultSeams['onInClear']>>[0], held: Uint8Array | Secret | null): void {
    if (held instanceof Secret) held.use((bytes) => this.#seams.onInClear?.(what, bytes));
    else if (held !== null) this.#seams.onInClear?.(what, held);
  }

  #sweep(): void {
    this.#cards.sweep();
    this.#codes.sweep();
    this.#merchantKeys.sweep();
    this.#fingerprints.sweep();
  }
}

type SealedBytes = Buffer & SealedCard;

function parseNumber({ number }: EnteredCard): CardNumber | null {
  return number === null ? null : number.use((digits) => CardNumber.parse(digits));
}

function codeOf({ cvc }: EnteredCard): SecurityCode | null {
  return cvc === 'absent' ? null : cvc;
}

/** The first thing wrong with a card whose number is one. */
function faultOf(number: CardNumber, cvc: EnteredCard['cvc'], request: SealRequest): CardFault | null {
  const { scope, expMonth, expYear, now } = request;
  if (number.brand === null) return 'card_brand_unsupported';

  const isTest = number.use(isTestCard);
  if (scope.mode === 'live' && isTest) return 'test_card_in_live_mode';
  if (scope.mode === 'test' && !isTest) return 'live_card_in_test_mode';

  return expiryFault(expMonth, expYear, now) ?? (isCodeFor(number.brand, cvc) ? null : 'cvc_invalid');
}

function isCodeFor(brand: CardDetails['brand'], cvc: EnteredCard['cvc']): boolean {
  if (cvc === 'absent') return true;
  return cvc?.use((digits) => checkCvcLength(digits.length, brand) === null) ?? false;
}

function detailsOf(
  { brand, bin, last4 }: CardNumber,
  known: Pick<CardDetails, 'expMonth' | 'expYear' | 'fingerprint'>,
): CardDetails {
  if (brand === null) throw new TypeError('A card of no known brand is never sealed.');
  return { brand, bin, last4, country: null, ...known };
}

function bindingOf({ scope, paymentMethodId }: Pick<CardToSend, 'scope' | 'paymentMethodId'>): Binding {
  return { scope, paymentMethodId, field: 'card_number' };
}

/** A live card crosses a network under TLS or not at all; test cards may go to a simulator next door. */
function isInClear({ card, url }: CardRequest): boolean {
  return card.scope.mode === 'live' && !url.startsWith('https:');
}
