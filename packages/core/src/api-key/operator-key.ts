import type { Instant, Uuid } from '../scope.js';

/** A key to the operator API, of no merchant: it opens everything there. As it is stored, never the key itself. */
export interface OperatorKey {
  /** Part of the key's text, so that it is found by primary key. */
  readonly id: Uuid;
  readonly name: string | null;
  /** SHA-256 of the whole key; enough, since a key holds 256 random bits. */
  readonly digest: Uint8Array;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
}
