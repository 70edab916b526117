import type { EventType } from '../event/event.js';
import type { Instant, Scope, Uuid } from '../scope.js';

/** Where a merchant wants to be told of events. */
export interface WebhookEndpoint {
  readonly id: Uuid;
  readonly scope: Scope;
  /** Goes up by one with each change. */
  readonly version: number;
  readonly url: string;
  /** Whose bodies it gets: the name of a dialect. */
  readonly dialect: string;
  /** The types it gets, each of which its dialect has a name for. */
  readonly eventTypes: readonly EventType[];
  /** It asked for everything that its dialect announces, also what later releases add. */
  readonly wantsAllEvents: boolean;
  /** Newest first; every body is signed with each that has not expired. */
  readonly secrets: readonly WebhookSecret[];
  readonly state: 'enabled' | 'disabled';
  readonly disabledReason: DisabledReason | null;
  /** Failures in a row, of whatever deliveries. */
  readonly failures: number;
  /** The first of those failures. */
  readonly failingSince: Instant | null;
  /** Set while the circuit is open: nothing is sent but one delivery as a probe, from this moment on. */
  readonly probeAt: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Names a signing secret, which is derived from this id and stored nowhere. */
export interface WebhookSecret {
  readonly id: Uuid;
  /** `null` for the one in use; the one before it signs along until this moment. */
  readonly expiresAt: Instant | null;
}

/** `operator`: by hand. `gone`: it answered 410. `failing`: nothing was accepted for five days. */
export type DisabledReason = 'operator' | 'gone' | 'failing';

/** A commit makes a delivery for each endpoint, so their number is part of its cost. */
export const WEBHOOK_ENDPOINTS_MAX = 50;

/**
 * A derived secret (43 characters of base62) in the form in which receivers configure it: `whsec_` and base64 of 32 bytes.
 * Base62 is a part of base64's alphabet; only the last character carries two bits too many, which strict decoders refuse.
 * Source: Standard Webhooks specification, "Signature scheme".
 */
export function renderSigningSecret(derived: string): string {
  const last = BASE64.charAt(BASE64.indexOf(derived.charAt(42)) & ~3);
  return `whsec_${derived.slice(0, 42)}${last}=`;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
