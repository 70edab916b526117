import type { Clock, DerivedSecrets, IdempotencyEntry } from '@onfile/core';
import type { Dialect, Route } from '@onfile/dialects';
import { holdsCardNumber } from '@onfile/vault';
import { type Checked, fault, type HttpRequest, ok } from './http-route.js';

/** How long an answer is kept for repetitions of its request. */
export const IDEMPOTENCY_LIFETIME_MS = 24 * 60 * 60 * 1000;

export const IDEMPOTENCY_HEADER = 'idempotency-key';

/** No digest is as short. */
const NO_BODY = new Uint8Array(0);

/** The key that the caller chose, if any; only what changes something takes one. */
export function readIdempotencyKey(request: HttpRequest, dialect: Dialect): Checked<string | null> {
  const key = request.raw.headers[dialect.idempotencyHeader ?? IDEMPOTENCY_HEADER];
  if (key === undefined || request.method !== 'POST') return ok(null);
  if (typeof key !== 'string' || !dialect.idempotencyKeyPattern.test(key)) return fault('invalid_idempotency_key');
  return holdsCardNumber(Buffer.from(key)) ? fault('sensitive_data_not_allowed') : ok(key);
}

/** What the domain remembers with the answer: the same key with another path, body or meaningful header is another request. */
export function idempotencyEntry(
  key: string,
  request: Pick<HttpRequest, 'method' | 'path'> & {
    readonly route: Route;
    readonly headers: Readonly<Record<string, string>>;
    readonly bodyDigest: Uint8Array | null;
  },
  { clock, derivedSecrets }: { readonly clock: Clock; readonly derivedSecrets: DerivedSecrets },
): IdempotencyEntry {
  const { method, path, route, headers, bodyDigest } = request;
  const named = Object.entries(headers).flat();
  return {
    key,
    operation: `${route.method} ${route.path}`,
    requestDigest: derivedSecrets.requestDigest([method, path, ...named, bodyDigest ?? NO_BODY]),
    expiresAt: clock.now() + IDEMPOTENCY_LIFETIME_MS,
  };
}
