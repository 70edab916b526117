import type { Instant, Uuid } from '../scope.js';

/** Who calls the API. */
export interface Merchant {
  readonly id: Uuid;
  /** Shown to cardholders. */
  readonly name: string;
  readonly createdAt: Instant;
}
