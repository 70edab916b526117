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

/** The most of an answer that is kept with its delivery, in bytes. */
export const REPLY_BYTES_KEPT_MAX = 1_024;

/** One POST of a delivery, whole: what was sent, and what came back. */
export interface DeliveryRecord {
  readonly at: Instant;
  readonly durationMs: number;
  /** As it was sent, or was to be, where no connection came about. */
  readonly request: DeliveryRequest;
  readonly answer: DeliveryAnswer | null;
  /** Why there was no answer: a code, never an address. */
  readonly fault: string | null;
}

export interface DeliveryRequest {
  readonly url: string;
  /** As they were sent, but a static token, of which the value is a secret. Signatures are: they tell no secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DeliveryAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The first {@link ANSWER_BYTES_KEPT_MAX} bytes, as text without control characters but line breaks and tabs. */
  readonly body: string;
}

/** The most of an answer's body that is kept with its POST, in bytes. */
export const ANSWER_BYTES_KEPT_MAX = 4_096;
/** So many POSTs of one delivery are kept, the latest. */
export const RECORDS_KEPT_MAX = 40;
/** How long a POST is kept. */
export const RECORD_LIFETIME_MS = 30 * 24 * 60 * 60_000;
