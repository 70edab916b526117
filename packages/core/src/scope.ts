/** A UUID in its lower-case text form. Ids that we make are UUIDv7, so they sort by the moment they were made. */
export type Uuid = string & { readonly __brand: 'Uuid' };

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export type Mode = 'live' | 'test';

/** Whose data, and in which mode. It leads every key and every query; live and test never meet. */
export interface Scope {
  readonly merchantId: Uuid;
  readonly mode: Mode;
}

export function isSameScope(a: Scope, b: Scope): boolean {
  return a.merchantId === b.merchantId && a.mode === b.mode;
}
