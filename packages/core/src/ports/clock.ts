import type { Instant } from '../scope.js';

export interface Clock {
  now(): Instant;
}
