import { createHmac } from 'node:crypto';
import type { Clock, Scope } from '@onfile/core';
import type { CardNumber } from './card-number.js';
import { ExpiringMap } from './expiring-map.js';
import { activeVersion, type KeyProvider } from './keys/key-provider.js';
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
    const name = `${scope.merchantId} ${scope.mode}`;
    const cached = this.#keys.get(name);
    if (cached !== null) return fingerprint(number, cached);

    const key = await this.#deriveKey(scope);
    const result = fingerprint(number, key);
    this.#keys.set(name, key);
    return result;
  }

  sweep(): void {
    this.#keys.sweep();
  }

  close(): void {
    this.#keys.clear();
  }

  async #deriveKey({ merchantId, mode }: Scope): Promise<Secret<'derived-key'>> {
    const { purposes } = await this.#provider.status();
    const version = activeVersion(purposes.fingerprint);
    return this.#provider.mac('fingerprint', version, { use: 'merchant-fingerprint', merchant: merchantId, mode });
  }
}

function fingerprint(number: CardNumber, key: Secret): string {
  const digest = key.use((keyBytes) =>
    number.use((digits) => createHmac('sha256', keyBytes).update('fp1').update(digits).digest()),
  );
  try {
    return `fp_${base32(digest.subarray(0, 16))}`;
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
