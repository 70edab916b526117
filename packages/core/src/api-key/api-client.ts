import type { Instant, Scope, Uuid } from '../scope.js';
import type { ApiKeyKind } from './api-key.js';

/**
 * A caller who gets a token for an id and a secret, instead of sending a key with each request. The kind is whose side it
 * is for, as with keys.
 */
export interface ApiClient {
  readonly id: Uuid;
  readonly scope: Scope;
  readonly kind: ApiKeyKind;
  readonly name: string | null;
  /** What its tokens allow, in the words of the dialect that issues them; `null` for all that its kind may. */
  readonly permissions: readonly string[] | null;
  /** SHA-256 of the secret; enough, since a secret holds 256 random bits. */
  readonly digest: Uint8Array;
  /** When its latest token was issued: a token is computed from this again, and kept nowhere. */
  readonly tokenIssuedAt: Instant | null;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
}
