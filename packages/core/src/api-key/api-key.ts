import type { Instant, Scope, Uuid } from '../scope.js';

/** `secret`: the merchant's server. `public`: the merchant's pages, together with a client secret. */
export type ApiKeyKind = 'secret' | 'public';

/** A key as it is stored: never the key itself, which is shown once. */
export interface ApiKey {
  /** Part of the key's text, so that it is found by primary key. */
  readonly id: Uuid;
  readonly scope: Scope;
  readonly kind: ApiKeyKind;
  readonly name: string | null;
  /** SHA-256 of the whole key; enough, since a key holds 256 random bits. */
  readonly digest: Uint8Array;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
}
