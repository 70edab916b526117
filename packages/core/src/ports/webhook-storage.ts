import type { Delivery, DeliveryAttempt, DeliveryRecord } from '../delivery/delivery.js';
import type { Event, EventType } from '../event/event.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import type { WebhookEndpoint } from '../webhook-endpoint/webhook-endpoint.js';

/** Fields of an endpoint that change. */
export type EndpointPatch = Partial<
  Pick<
    WebhookEndpoint,
    | 'url'
    | 'secrets'
    | 'state'
    | 'disabledReason'
    | 'failures'
    | 'failingSince'
    | 'probeAt'
    | 'eventTypes'
    | 'wantsAllEvents'
  >
>;

/** What an answer changes of its endpoint. */
export type EndpointChange = Required<
  Pick<WebhookEndpoint, 'state' | 'disabledReason' | 'failures' | 'failingSince' | 'probeAt'>
> & {
  /** Everything of this endpoint that waits becomes due at once. */
  readonly releasesWaiting: boolean;
};

export type DeliveryOutcome =
  | { readonly state: 'accepted' }
  | { readonly state: 'dead' }
  | { readonly state: 'pending'; readonly scheduledAt: Instant };

/** A delivery that this worker may send until its lease ends. */
export interface ClaimedDelivery {
  readonly event: Event;
  /** Fences off a worker whose lease ran out: a later claim has another number. */
  readonly claim: number;
  /** Counted already: the one that this claim is for, if it is scheduled. */
  readonly attempts: number;
  readonly scheduledAt: Instant;
  /** Its scheduled moment has come; otherwise it is sent ahead, as a probe or after one. */
  readonly isScheduled: boolean;
  /** Endpoints that have not accepted this event yet, this one included. */
  readonly pendingCount: number;
}

export interface ClaimedDeliveries {
  readonly endpoint: WebhookEndpoint;
  readonly deliveries: readonly ClaimedDelivery[];
}

export interface Settlement {
  readonly scope: Scope;
  readonly endpointId: Uuid;
  readonly eventId: Uuid;
  readonly claim: number;
  readonly at: Instant;
  readonly outcome: DeliveryOutcome;
  readonly attempt: DeliveryAttempt;
  /** The POST itself, to be kept beside the delivery; `null` when there was none. */
  readonly record: DeliveryRecord | null;
  readonly endpoint: { readonly expectVersion: number; readonly change: EndpointChange } | null;
}

/** Which deliveries of an endpoint to make again, or for the first time. */
export interface ReplayRange {
  readonly endpointId: Uuid;
  /** Only these events. */
  readonly eventIds: readonly Uuid[] | null;
  /** Events from this moment on. */
  readonly since: Instant | null;
  /** Events before this moment. */
  readonly until: Instant | null;
  /** Only events with a delivery in one of these states; those that were never sent, too, when `null`. */
  readonly states: readonly Delivery['state'][] | null;
  /** Events after this one, for the next batch. */
  readonly after: Uuid | null;
  readonly limit: number;
}

export interface DeliveryFilter {
  readonly endpointId?: Uuid;
  readonly eventId?: Uuid;
  readonly state?: Delivery['state'];
  /** Only events before this one; with `beforeEndpoint`, also its own deliveries to endpoints before that one. */
  readonly before?: Uuid;
  readonly beforeEndpoint?: Uuid;
}

export interface EndpointPlace {
  readonly scope: Scope;
  readonly id: Uuid;
}

/**
 * Endpoints, and the deliveries that a commit makes together with each event: one for every enabled endpoint of the
 * event's scope that wants its type.
 */
export interface WebhookStorage {
  insertWebhookEndpoint(endpoint: WebhookEndpoint): Promise<void>;
  loadWebhookEndpoint(scope: Scope, id: Uuid): Promise<WebhookEndpoint | null>;
  /** Newest first. */
  listWebhookEndpoints(scope: Scope): Promise<readonly WebhookEndpoint[]>;
  /** Answers the endpoint afterwards, or `null` when its version is another by now. */
  updateWebhookEndpoint(
    endpoint: WebhookEndpoint,
    patch: EndpointPatch,
    options: { readonly at: Instant; readonly releasesWaiting: boolean },
  ): Promise<WebhookEndpoint | null>;
  /**
   * Removes an endpoint, and what waits for it; what it was sent stays. Answers the endpoint as it was, or `null` when there
   * is none.
   */
  deleteWebhookEndpoint(scope: Scope, id: Uuid): Promise<WebhookEndpoint | null>;
  /** Gives the endpoints of a dialect that want everything these types; across merchants. Answers how many it changed. */
  setTypesOfEndpointsThatWantAll(dialect: string, types: readonly EventType[], at: Instant): Promise<number>;

  /** Endpoints with something to send now, across merchants, in ascending order from after `after`. */
  listEndpointsWithDueDeliveries(
    now: Instant,
    page: { readonly after: EndpointPlace | null; readonly limit: number },
  ): Promise<readonly EndpointPlace[]>;
  /**
   * Takes what is due at an enabled endpoint, so that not more than `inFlightMax` are under way in all workers. Of each
   * object only the earliest event that is not accepted or dead is taken. While the circuit is open it is one delivery, due or
   * not, from the moment of the next probe. `null` when the endpoint is not there, or somebody else is claiming.
   */
  claimDeliveries(claim: {
    readonly scope: Scope;
    readonly endpointId: Uuid;
    readonly now: Instant;
    readonly leaseUntil: Instant;
    readonly inFlightMax: number;
  }): Promise<ClaimedDeliveries | null>;
  /**
   * Writes how a claimed delivery went. `lost`: another worker has it by now, or it was replayed meanwhile; nothing was
   * written. `stale`: the endpoint's version is another; nothing was written.
   */
  settleDelivery(settlement: Settlement): Promise<'settled' | 'lost' | 'stale'>;

  /** Latest event first, and the endpoints of each in descending order. */
  listDeliveries(scope: Scope, filter: DeliveryFilter, limit: number): Promise<readonly Delivery[]>;
  /**
   * Makes deliveries pending again, with all their tries before them; events that the endpoint was never sent get a
   * delivery if it wants their type. Answers the events, in ascending order.
   */
  replayDeliveries(scope: Scope, range: ReplayRange, now: Instant): Promise<readonly Uuid[]>;
  /** How many endpoints have not accepted each of these events yet; events without any are left out. */
  countPendingDeliveries(scope: Scope, eventIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, number>>;
}
