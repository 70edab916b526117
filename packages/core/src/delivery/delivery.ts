import type { EventType } from '../event/event.js';
import type { Instant, Scope, Uuid } from '../scope.js';

/**
 * An event's way to one endpoint; the two ids together name it. `accepted`: a 2xx came. `dead`: every try failed, and
 * only a replay tries again.
 */
export interface Delivery {
  readonly scope: Scope;
  readonly endpointId: Uuid;
  readonly eventId: Uuid;
  readonly eventType: EventType;
  readonly objectId: Uuid;
  readonly sequence: number;
  readonly state: 'pending' | 'accepted' | 'dead';
  /** Tries that the schedule made; probes ahead of it are not counted. */
  readonly attempts: number;
  /** From when on it may be sent: its scheduled moment, or earlier when a good probe released what waits. */
  readonly dueAt: Instant;
  readonly lastAttempt: DeliveryAttempt | null;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
}

/** How the latest POST went. */
export interface DeliveryAttempt {
  readonly at: Instant;
  readonly durationMs: number;
  /** The HTTP status; `null` when there was no answer. */
  readonly status: number | null;
  /** Why there was no answer: a code, never an address. */
  readonly fault: string | null;
  /** The first kilobyte of the answer, as text. */
  readonly reply: string | null;
}

/** The most of an answer that is kept, in bytes. */
export const REPLY_BYTES_KEPT_MAX = 1_024;
