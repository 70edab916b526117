import type { Scope, Uuid } from '../scope.js';

/** What a derived secret is for; each purpose has a key of its own. */
export type SecretPurpose =
  | 'client-secret'
  | 'authentication-state'
  | 'processor-idempotency'
  | 'webhook-signature'
  | 'webhook-token';

/**
 * Secrets that are computed from an object's id instead of being stored, so that every read can return them and no
 * database holds them. The same purpose, scope and id always give the same text: 43 characters of base62, over 250 bits.
 */
export interface DerivedSecrets {
  derive(purpose: SecretPurpose, scope: Scope, id: Uuid): string;
  /** Compares in constant time, whatever the candidate is. */
  matches(candidate: string, purpose: SecretPurpose, scope: Scope, id: Uuid): boolean;
  /**
   * Keyed digest of a request, for idempotency: never a plain hash, since bodies can hold card data. No two different lists of
   * parts have the same. 32 bytes.
   */
  requestDigest(parts: readonly (string | Uint8Array)[]): Uint8Array;
}
