import type {
  ApiKey,
  ApiKeyKind,
  Clock,
  FollowedEvents,
  Instant,
  Merchant,
  Mode,
  Operations,
  Scope,
  Storage,
  Uuid,
  Webhooks,
} from '@onfile/core';
import type { ObjectNames } from './object-names.js';

/** What the operator API asks of the server around it. */
export interface OperatorPorts {
  readonly operations: Operations;
  readonly webhooks: Webhooks;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly names: ObjectNames;
  readonly feed: EventFeed;
  readonly requests: RequestLog;
  createMerchant(name: string): Promise<Merchant>;
  /** The key's text is answered once and kept nowhere. */
  issueApiKey(key: {
    readonly merchantId: Uuid;
    readonly mode: Mode;
    readonly kind: ApiKeyKind;
    readonly name: string | null;
  }): Promise<{ readonly id: Uuid; readonly text: string }>;
  /** How a key is named where it must not be shown. */
  describeApiKey(key: Pick<ApiKey, 'id' | 'kind' | 'scope'>): string;
  /** `null` when it can be registered as it is; otherwise why not, with what to write instead. */
  problemOfOrigin(text: string): string | null;
  hasCardNumber(text: string): boolean;
}

export interface Waiting {
  /** For how long to wait for something to come, where nothing is there. */
  readonly waitMs: number;
  /** Ends the wait: the answer is what is there. */
  readonly signal: AbortSignal;
}

export interface EventFeed {
  /** As storage follows events, and waits while there is none. `too_many_waiting`: ask without waiting. */
  follow(
    scope: Scope,
    from: Parameters<Storage['followEvents']>[1],
    options: Waiting & { readonly limit: number },
  ): Promise<FollowedEvents | { readonly kind: 'too_many_waiting' }>;
}

/** The requests that this process answered last. */
export interface RequestLog {
  /** Oldest first, from after `position` on (`null`: all that are kept); of one merchant and mode, with a scope. */
  read(
    from: { readonly position: number | null; readonly scope: Scope | null; readonly limit: number },
    waiting: Waiting,
  ): Promise<
    { readonly requests: readonly AnsweredRequest[]; readonly position: number } | { readonly kind: 'too_many_waiting' }
  >;
}

export interface AnsweredRequest {
  /** As the answer's header `Request-Id` says it. */
  readonly id: string;
  readonly at: Instant;
  readonly origin: string;
  readonly method: string;
  /** The route's template: never an id or secret. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly merchantId: string | null;
  readonly mode: string | null;
  readonly errorCode: string | null;
}
