import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DerivedSecrets, Instant, Scope, SecretPurpose, Uuid } from '@onfile/core';
import {
  activeVersion,
  type KeyProvider,
  KeyProviderFault,
  type KeyVersion,
  type Purpose,
} from './keys/key-provider.js';
import { lengthPrefixed } from './length-prefixed.js';
import { Secret, wipe } from './secret.js';
import { uuidToBytes } from './uuid-bytes.js';

/**
 * Fetches the keys once, so that deriving needs no waiting. Which version of a key serves an id follows from the moment
 * that stands in the id (UUIDv7), not from the moment of asking: after a key's rotation every secret given out before it
 * stays what it was, and a processor sees the same idempotency key again. What a destroyed version made matches nothing.
 */
export async function openDerivedSecrets(provider: KeyProvider): Promise<OpenDerivedSecrets> {
  const { purposes } = await provider.status();
  const keysOf = async (purpose: SecretPurpose) => fetchKeys(provider, purpose, purposes[PROVIDED_BY[purpose]]);
  return new OpenDerivedSecrets(
    {
      'client-secret': await keysOf('client-secret'),
      'authentication-state': await keysOf('authentication-state'),
      'processor-idempotency': await keysOf('processor-idempotency'),
      'webhook-signature': await keysOf('webhook-signature'),
      'webhook-token': await keysOf('webhook-token'),
    },
    // A digest of another version never equals one that was stored: rotating this key makes requests of the last days
    // look changed when they are repeated, so it is rotated only when it has to be.
    await provider.mac('request-digest', activeVersion(purposes['request-digest']), contextOf('request-digest')),
  );
}

export class OpenDerivedSecrets implements DerivedSecrets {
  readonly #keys: Readonly<Record<SecretPurpose, readonly PurposeKey[]>>;
  readonly #digestKey: Secret;
  readonly #comparisonKey = new Secret('comparison-key', randomBytes(32));

  constructor(keys: Readonly<Record<SecretPurpose, readonly PurposeKey[]>>, digestKey: Secret) {
    this.#keys = keys;
    this.#digestKey = digestKey;
  }

  derive(purpose: SecretPurpose, scope: Scope, id: Uuid): string {
    const derived = this.#derive(purpose, scope, id);
    if (derived === null) throw new KeyProviderFault('refused', `The key that made this was destroyed: ${purpose}.`);
    return derived;
  }

  matches(candidate: string, purpose: SecretPurpose, scope: Scope, id: Uuid): boolean {
    const derived = this.#derive(purpose, scope, id);
    const isEqual = timingSafeEqual(this.#blind(candidate), this.#blind(derived ?? ''));
    return isEqual && derived !== null;
  }

  requestDigest(parts: readonly (string | Uint8Array)[]): Uint8Array {
    return hmac(this.#digestKey, lengthPrefixed(parts));
  }

  /** Stands for a body in a request's digest. Nothing of the body is copied, for there may be a card in it. 32 bytes. */
  bodyDigest(body: Uint8Array): Uint8Array {
    return hmac(this.#digestKey, body);
  }

  /** Wipes the keys; every later call throws. */
  close(): void {
    const keys = Object.values(this.#keys).flat();
    wipe(this.#digestKey, this.#comparisonKey, ...keys.map(({ key }) => key));
  }

  #derive(purpose: SecretPurpose, scope: Scope, id: Uuid): string | null {
    const key = keyFor(this.#keys[purpose], momentOf(id));
    if (key === null) return null;

    const digest = hmac(key, lengthPrefixed([purpose, uuidToBytes(scope.merchantId), scope.mode, uuidToBytes(id)]));
    return base62(digest);
  }

  /** What is compared instead of the texts: 32 bytes whatever the length, under a key that no caller knows. */
  #blind(text: string): Buffer {
    return hmac(this.#comparisonKey, Buffer.from(text));
  }
}

/**
 * Which of the provider's keys gives the working key. The context that it is made for holds the secret's own purpose, so that
 * no two purposes share a working key even where they share the provider's.
 */
const PROVIDED_BY: Readonly<Record<SecretPurpose, Purpose>> = {
  'client-secret': 'client-secret',
  'authentication-state': 'authentication-state',
  'processor-idempotency': 'processor-idempotency',
  'webhook-signature': 'client-secret',
  'webhook-token': 'client-secret',
};

interface PurposeKey {
  readonly activeFrom: Instant;
  /** `null` once destroyed. No other version takes over: its secrets would differ from those given out. */
  readonly key: Secret | null;
}

async function fetchKeys(
  provider: KeyProvider,
  purpose: SecretPurpose,
  versions: readonly KeyVersion[],
): Promise<readonly PurposeKey[]> {
  const keys: PurposeKey[] = [];
  for (const { version, state, activeFrom } of versions) {
    const provided = PROVIDED_BY[purpose];
    const key = state === 'destroyed' ? null : await provider.mac(provided, version, contextOf(purpose));
    keys.push({ activeFrom, key });
  }
  return keys.sort((a, b) => b.activeFrom - a.activeFrom);
}

function contextOf(purpose: Purpose | SecretPurpose): Readonly<Record<string, string>> {
  return { use: 'working-key', purpose };
}

function keyFor(latestFirst: readonly PurposeKey[], moment: Instant): Secret | null {
  const serving = latestFirst.find(({ activeFrom }) => activeFrom <= moment) ?? latestFirst.at(-1);
  return serving?.key ?? null;
}

/** The moment in a UUIDv7. Other ids have none and stay with the oldest key. */
function momentOf(id: Uuid): Instant {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : 0;
}

function hmac(key: Secret, message: Uint8Array): Buffer {
  return key.useAsKey((own) => createHmac('sha256', own).update(message).digest());
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DERIVED_CHARACTERS = 43;
const DIGITS_AT_ONCE = 8;
const DIVISOR = 62n ** BigInt(DIGITS_AT_ONCE);

/** Divides by as many 62s at once as a double holds exactly: dividing the whole number 43 times is most of a derivation's cost. */
function base62(bytes: Buffer): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  while (text.length < DERIVED_CHARACTERS) {
    let part = Number(rest % DIVISOR);
    rest /= DIVISOR;
    for (let digit = 0; digit < DIGITS_AT_ONCE && text.length < DERIVED_CHARACTERS; digit += 1) {
      text = BASE62.charAt(part % 62) + text;
      part = Math.floor(part / 62);
    }
  }
  return text;
}
