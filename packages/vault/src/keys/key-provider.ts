import type { Instant } from '@onfile/core';
import type { Secret } from '../secret.js';

/** What a key is used for, passed on to the provider with every call: a wrapped key opens under the same context only. */
export type KeyContext = Readonly<Record<string, string>>;

/** Keys that never encrypt anything, one for each thing that is computed with a key. */
export const PURPOSES = [
  'fingerprint',
  'request-digest',
  'client-secret',
  'authentication-state',
  'processor-idempotency',
] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface KeyVersion {
  readonly version: number;
  /** One version is active: what is made now is made with it. `decrypt_only` ones still read what they made. */
  readonly state: 'active' | 'decrypt_only' | 'destroyed';
  /** From this moment on it is the one to use, until the next version's moment. */
  readonly activeFrom: Instant;
}

export interface KeyProviderStatus {
  /** `false` for a provider that keeps its keys in clear on this machine: fit for development and test mode only. */
  readonly isFitForLiveCards: boolean;
  readonly root: readonly KeyVersion[];
  readonly purposes: Readonly<Record<Purpose, readonly KeyVersion[]>>;
}

/**
 * Who holds the root key and the purpose keys: a key management service, or a file in development. They never leave it;
 * what leaves is merchants' keys, wrapped, and what a purpose key gives for a context.
 * Every method throws {@link KeyProviderFault} when the provider cannot do it.
 */
export interface KeyProvider {
  /** A new merchant key, in clear and wrapped. */
  generate(context: KeyContext): Promise<{ readonly key: Secret<'merchant-key'>; readonly wrapped: Uint8Array }>;
  wrap(key: Secret<'merchant-key'>, context: KeyContext): Promise<Uint8Array>;
  unwrap(wrapped: Uint8Array, context: KeyContext): Promise<Secret<'merchant-key'>>;
  /** Wraps under the active root key what an older one wrapped, without showing it to us. */
  rewrap(wrapped: Uint8Array, context: KeyContext): Promise<Uint8Array>;
  /** HMAC-SHA256 of the context under a version of a purpose key: 32 bytes, which serve as a key in their turn. */
  mac(purpose: Purpose, version: number, context: KeyContext): Promise<Secret<'derived-key'>>;
  status(): Promise<KeyProviderStatus>;
}

/**
 * The keys cannot be had. `unavailable`: for now; callers answer 503 and may try again. `refused`: not with this input,
 * now or later. `unusable`: the provider's own store has to be put right by an operator, as the message says.
 */
export class KeyProviderFault extends Error {
  override readonly name = 'KeyProviderFault';
  readonly code: 'unavailable' | 'refused' | 'unusable';
  constructor(code: KeyProviderFault['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The one version that new things are made with. */
export function activeVersion(versions: readonly KeyVersion[]): number {
  const active = versions.find(({ state }) => state === 'active');
  if (active === undefined) throw new KeyProviderFault('unusable', 'A key has no active version.');
  return active.version;
}
