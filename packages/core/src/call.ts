import type { IdempotencyEntry } from './ports/storage.js';
import type { Scope } from './scope.js';

/** Who asks, and how: what every command carries besides its own input. */
export interface Call {
  readonly scope: Scope;
  /** Set when the caller chose an idempotency key for this request. */
  readonly idempotency: IdempotencyEntry | null;
  /** The cardholder's side, when the call came from their browser. */
  readonly client: { readonly address: string | null; readonly userAgent: string | null };
}

/** A call of our own: a job's. */
export function ownCall(scope: Scope): Call {
  return { scope, idempotency: null, client: { address: null, userAgent: null } };
}
