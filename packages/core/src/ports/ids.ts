import type { Uuid } from '../scope.js';

export interface Ids {
  /** A new UUIDv7. Each sorts after those that the same source made before it, also within one millisecond. */
  next(): Uuid;
}
