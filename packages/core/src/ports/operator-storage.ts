import type { OperatorKey } from '../api-key/operator-key.js';
import type { CheckoutSession } from '../checkout-session/checkout-session.js';
import type { Customer } from '../customer/customer.js';
import type { DeliveryRecord } from '../delivery/delivery.js';
import type { Event, EventType } from '../event/event.js';
import type { PaymentMethod } from '../payment-method/payment-method.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import type { SetupAttempt } from '../setup-attempt/setup-attempt.js';

/** Which events to follow; absent parts let everything through. */
export interface EventFilter {
  readonly types?: readonly EventType[];
  readonly objectId?: Uuid;
  readonly since?: Instant;
  readonly until?: Instant;
}

export type FollowedEvents =
  | {
      readonly kind: 'read';
      /** Oldest first, each object's in the order of their sequence. */
      readonly events: readonly Event[];
      /** Where to go on: everything before it was read, whatever the filter left out. */
      readonly position: string;
      /** There may be more to read at once. */
      readonly hasMore: boolean;
    }
  /** No text of ours, or of another database than this one: a restored copy counts its transactions anew. */
  | { readonly kind: 'position_unknown' };

/** What operators ask of the database beyond what the domain does. */
export interface OperatorStorage {
  /**
   * Events in the order of their commits, from after a position on (`null`: from the first). Who goes on from the answered
   * position misses none and sees none twice, whatever others commit meanwhile. Reads so many events at most, so that an
   * answer can be empty and have more; a transaction that wrote to one object before others holds its events together, so
   * that an answer can be a little longer than `limit`. Two round trips.
   */
  followEvents(
    scope: Scope,
    from: { readonly position: string | null; readonly filter: EventFilter },
    limit: number,
  ): Promise<FollowedEvents>;
  /** The position after everything that is there, but for what is being committed just now. */
  latestEventPosition(scope: Scope): Promise<string>;

  /** Every POST of a delivery that is kept, oldest first. */
  listDeliveryRecords(
    scope: Scope,
    delivery: { readonly eventId: Uuid; readonly endpointId: Uuid },
  ): Promise<readonly DeliveryRecord[]>;
  /** Deletes records of POSTs that ended before; answers how many. */
  deleteDeliveryRecords(endedBefore: Instant, limit: number): Promise<number>;

  /** All attempts at a setup intent, newest first; at most `limit`. */
  listAttempts(scope: Scope, setupIntentId: Uuid, limit: number): Promise<readonly SetupAttempt[]>;

  /** Living customers with this e-mail, in whatever letters' case; newest first. */
  findCustomersByEmail(scope: Scope, email: string, limit: number): Promise<readonly Customer[]>;
  findCheckoutSessionsByEmail(scope: Scope, email: string, limit: number): Promise<readonly CheckoutSession[]>;
  /** Newest first, without drafts. */
  findPaymentMethodsByLast4(scope: Scope, last4: string, limit: number): Promise<readonly PaymentMethod[]>;

  insertOperatorKey(key: OperatorKey): Promise<void>;
  loadOperatorKey(id: Uuid): Promise<OperatorKey | null>;
  /** Newest first. */
  listOperatorKeys(): Promise<readonly OperatorKey[]>;
  /** Answers whether there was such a key, revoked before or not. */
  revokeOperatorKey(id: Uuid, at: Instant): Promise<boolean>;
}
