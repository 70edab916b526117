import type { Event, EventType } from '../event/event.js';
import type { Uuid } from '../scope.js';

/** How a dialect tells of events. It translates and decides nothing. */
export interface WebhookDialect {
  readonly name: string;
  /** Those that it has a name for; no other is ever rendered. */
  readonly eventTypes: readonly EventType[];
  /** The types that a name on the wire stands for, `*` at its end included; none for an unknown one. */
  findEventTypes(name: string): readonly EventType[];
  nameOf(type: EventType): string | null;
  renderEventId(id: Uuid): string;
  /** The merchant's static token as this dialect writes it, of 43 derived characters of base62; `null` when it has none. */
  renderToken(derived: string): string | null;
  render(
    event: Event,
    facts: WebhookFacts,
  ): { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

export interface WebhookFacts {
  /** Endpoints that have not accepted this event yet, the one it is sent to included. */
  readonly pendingCount: number;
  /** What `renderToken` made. */
  readonly token: string | null;
  /** Origin of the vault, without a trailing slash: where hosted pages are. */
  readonly vaultUrl: string;
}
