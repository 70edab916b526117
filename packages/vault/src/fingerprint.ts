import { createHmac } from 'node:crypto';
import type { CardTraces, Clock, Scope } from '@onfile/core';
import type { CardNumber } from './card-number.js';
import { ExpiringMap } from './expiring-map.js';
import { activeVersion, type KeyContext, type KeyProvider } from './keys/key-provider.js';
import { MERCHANT_KEY_CACHE_MS } from './keys/merchant-keys.js';
import { type Secret, wipe } from './secret.js';

export interface FingerprintsOptions {
  readonly provider: KeyProvider;
  readonly clock: Clock;
}

/**
 * Tells whether two cards are the same without telling which: `fp_` and 26 characters, the first 128 bits of an
 * HMAC-SHA256 under a key of the merchant and mode. First six and last four digits leave few candidates, so with that key
 * a fingerprint is nearly a card number; without it, it is nothing, to another merchant neither.
 */
export class Fingerprints {
  readonly #provider: KeyProvider;
  readonly #keys: ExpiringMap<string, Secret<'derived-key'>>;

  constructor({ provider, clock }: FingerprintsOptions) {
    this.#provider = provider;
    this.#keys = new ExpiringMap({
      clock,
      lifetimeMs: MERCHANT_KEY_CACHE_MS,
      countMax: 1_000,
      wipe: (key) => key.wipe(),
      whenFull: 'evict_oldest',
    });
  }

  async of(number: CardNumber, scope: Scope): Promise<string> {
    return this.#useKey(merchantKey(scope), (key) => fingerprint(number, key));
  }

  /** For counting; never to be shown. */
  async tracesOf(number: CardNumber, scope: Scope): Promise<CardTraces> {
    return {
      everywhere: await this.#useKey(installationKey(scope), (key) => everywhere(number, key)),
      neighbours: await this.#useKey(merchantKey(scope), (key) => neighbours(number, key)),
    };
  }

  sweep(): void {
    this.#keys.sweep();
  }

  close(): void {
    this.#keys.clear();
  }

  async #useKey(context: KeyContext, compute: (key: Secret) => string): Promise<string> {
    const name = Object.values(context).join(' ');
    const cached = this.#keys.get(name);
    if (cached !== null) return compute(cached);

    const { purposes } = await this.#provider.status();
    const key = await this.#provider.mac('fingerprint', activeVersion(purposes.fingerprint), context);
    const result = compute(key);
    this.#keys.set(name, key);
    return result;
  }
}

function merchantKey({ merchantId, mode }: Scope): KeyContext {
  return { use: 'merchant-fingerprint', merchant: merchantId, mode };
}

function installationKey({ mode }: Scope): KeyContext {
  return { use: 'installation-fingerprint', mode };
}

function fingerprint(number: CardNumber, key: Secret): string {
  return `fp_${number.use((digits) => hash('fp1', digits, key))}`;
}

function everywhere(number: CardNumber, key: Secret): string {
  return number.use((digits) => hash('ev1', digits, key));
}

/** Without the last four digits, which is where numbers that were made up one after the other differ. */
function neighbours(number: CardNumber, key: Secret): string {
  return number.use((digits) => hash('nb1', digits.subarray(0, -4), key));
}

function hash(use: string, digits: Uint8Array, key: Secret): string {
  const digest = key.useAsKey((own) => createHmac('sha256', own).update(use).update(digits).digest());
  try {
    return base32(digest.subarray(0, 16));
  } finally {
    wipe(digest);
  }
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648's alphabet in lower case, without padding. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let pending = 0;
  let pendingBits = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff;
    for (pendingBits += 8; pendingBits >= 5; pendingBits -= 5) {
      text += BASE32[(pending >> (pendingBits - 5)) & 31];
    }
  }
  return pendingBits === 0 ? text : text + BASE32[(pending << (5 - pendingBits)) & 31];
}
