import type { DialectResponse } from './dialect.js';

/** The same answer, saying that an earlier request with this idempotency key did the work. */
export function markReplayed(response: DialectResponse): DialectResponse {
  return { ...response, headers: { ...response.headers, 'idempotent-replayed': 'true' } };
}
