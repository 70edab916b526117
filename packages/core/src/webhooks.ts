import type { Delivery } from './delivery/delivery.js';
import type { Event, EventType } from './event/event.js';
import type { Clock } from './ports/clock.js';
import type { DerivedSecrets } from './ports/derived-secrets.js';
import type { Ids } from './ports/ids.js';
import type { OperatorStorage } from './ports/operator-storage.js';
import type { Random } from './ports/random.js';
import type { WebhookDialect } from './ports/webhook-dialect.js';
import type { WebhookSender, WebhookUrlFault } from './ports/webhook-sender.js';
import type {
  ClaimedDeliveries,
  ClaimedDelivery,
  DeliveryFilter,
  EndpointPlace,
  ReplayRange,
  WebhookStorage,
} from './ports/webhook-storage.js';
import type { Scope, Uuid } from './scope.js';
import type { WebhookEndpoint } from './webhook-endpoint/webhook-endpoint.js';

/** What telling merchants of events asks of the outside. */
export interface WebhookPorts {
  readonly storage: WebhookStorage & Pick<OperatorStorage, 'deleteDeliveryRecords'>;
  readonly sender: WebhookSender;
  readonly dialects: readonly WebhookDialect[];
  readonly derivedSecrets: Pick<DerivedSecrets, 'derive'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  /** Origin of the vault, without a trailing slash: where hosted pages are. */
  vaultUrl(): string;
}

export interface NewWebhookEndpoint {
  readonly scope: Scope;
  readonly url: string;
  readonly dialect: string;
  /** Names of the dialect, such as `setup_flow.succeeded` or `setup_flow.*`; `null` for everything that it announces. */
  readonly events: readonly string[] | null;
}

/** Absent fields stay as they are. */
export interface EndpointChanges {
  readonly url?: string | undefined;
  readonly events?: readonly string[] | null | undefined;
}

/** Why nothing was done, in the order in which it is checked. */
export type WebhookRefusal =
  | { readonly code: WebhookUrlFault }
  | { readonly code: 'dialect_unknown'; readonly known: readonly string[] }
  | { readonly code: 'event_unknown'; readonly name: string; readonly known: readonly string[] }
  | { readonly code: 'too_many_endpoints'; readonly limit: number }
  | { readonly code: 'endpoint_not_found'; readonly id: string }
  /** Others kept changing the endpoint meanwhile. */
  | { readonly code: 'too_many_changes_at_once' };

export type WebhookOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: WebhookRefusal };

/** A secret can be told at any time, since it is derived; whoever shows it decides when. */
export interface EndpointWithSecret {
  readonly endpoint: WebhookEndpoint;
  /** `whsec_…`, the newest. */
  readonly secret: string;
  /** The dialect's static token, the same at all endpoints of the merchant in this mode; `null` when it has none. */
  readonly token: string | null;
}

export type ReplayedRange = Omit<ReplayRange, 'eventIds'>;

export interface Replayed {
  readonly count: number;
  readonly next: Uuid | null;
}

/** How one POST ended, for logs and metrics. */
export interface DeliveryReport {
  readonly result: 'accepted' | 'failed' | 'dead' | 'lost';
  readonly status: number | null;
  readonly fault: string | null;
  readonly durationMs: number;
  /** From the event to the POST, when this was its first try and no probe. */
  readonly waitedMs: number | null;
  readonly endpointDisabled: WebhookEndpoint['disabledReason'];
}

/** Everything that can be asked about webhooks. Faults are thrown. */
export interface Webhooks {
  createEndpoint(input: NewWebhookEndpoint): Promise<WebhookOutcome<EndpointWithSecret>>;
  listEndpoints(scope: Scope): Promise<readonly WebhookEndpoint[]>;
  /** What waits goes to the new address. */
  updateEndpoint(scope: Scope, id: Uuid, changes: EndpointChanges): Promise<WebhookOutcome<WebhookEndpoint>>;
  /** For good, with what waits for it. */
  deleteEndpoint(scope: Scope, id: Uuid): Promise<WebhookOutcome<WebhookEndpoint>>;
  /** The events that it gets, as its dialect names them. */
  namesOf(endpoint: WebhookEndpoint): readonly string[];
  /** Nothing is sent any more. What waits stays, and goes out when it is enabled again. */
  disableEndpoint(scope: Scope, id: Uuid): Promise<WebhookOutcome<WebhookEndpoint>>;
  /** What waits is sent at once. */
  enableEndpoint(scope: Scope, id: Uuid): Promise<WebhookOutcome<WebhookEndpoint>>;
  /** A new secret; the one before it signs along for so long, any older one ends now. */
  rollSecret(scope: Scope, id: Uuid, overlapMs: number): Promise<WebhookOutcome<EndpointWithSecret>>;
  /** The token that a dialect sends with each body; `null` when it has none. */
  tokenOf(scope: Scope, dialect: string): string | null;

  listDeliveries(scope: Scope, filter: DeliveryFilter, limit: number): Promise<readonly Delivery[]>;
  /** Sends an event again, to one endpoint or to all that there are. Answers how many deliveries that makes. */
  replayEvent(scope: Scope, eventId: Uuid, endpointId: Uuid | null): Promise<WebhookOutcome<number>>;
  /** Sends an endpoint many events again, in order per object: `limit` at most, and `next` tells after which there may be more. */
  replayRange(scope: Scope, range: ReplayedRange): Promise<WebhookOutcome<Replayed>>;

  /** Names of the dialects that tell of events. */
  readonly dialects: readonly string[];
  /** What a dialect, which is one of `dialects`, calls the events that it tells of. */
  eventNames(dialect: string): ReadonlyMap<EventType, string>;
  /** The exact text of a webhook's body in a dialect, which is one of `dialects`; `null` where it tells nothing of the event. */
  renderBody(event: Event, dialect: string, pendingCount: number): string | null;

  /** For the worker: gives endpoints that want everything the types that this release announces. */
  refreshEventTypes(): Promise<void>;
  listDueEndpoints(page: {
    readonly after: EndpointPlace | null;
    readonly limit: number;
  }): Promise<readonly EndpointPlace[]>;
  /** Deletes what is kept of POSTs that were made a month ago; answers how many. */
  forgetPosts(limit: number): Promise<number>;
  claim(place: EndpointPlace, inFlightMax: number): Promise<ClaimedDeliveries | null>;
  /** Sends a claimed delivery and writes down how it went. */
  deliver(claimed: { readonly endpoint: WebhookEndpoint; readonly delivery: ClaimedDelivery }): Promise<DeliveryReport>;
}
