import type { Instant, Mode } from '../scope.js';

/** Why an address is not taken as an endpoint's. */
export const WEBHOOK_URL_FAULTS = [
  'url_malformed',
  'url_too_long',
  'url_not_https',
  'url_has_user',
  'url_port_not_allowed',
  'url_host_too_long',
  'url_host_is_address',
  'url_host_not_public',
] as const;
export type WebhookUrlFault = (typeof WEBHOOK_URL_FAULTS)[number];

export interface WebhookRequest {
  readonly mode: Mode;
  readonly url: string;
  /** Sent as `webhook-id`: the same for every try of one event. */
  readonly id: string;
  readonly sentAt: Instant;
  /** Sent, and signed, as these bytes in UTF-8. */
  readonly body: string;
  /** What the dialect adds. */
  readonly headers: Readonly<Record<string, string>>;
  /** In the form `whsec_…`; the body is signed with each. */
  readonly secrets: readonly string[];
}

/** Why nothing, or nothing whole, came back. A code, so that it can be shown to a merchant without telling about our network. */
export const WEBHOOK_FAULTS = [
  /** The URL, or an address that its name leads to, is not one that we send to. Nothing was sent. */
  'address_not_allowed',
  'name_not_found',
  'connection_failed',
  'tls_failed',
  'timeout',
  /** It was no HTTP, or broke off before its headers ended. */
  'answer_malformed',
] as const;
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];

export type WebhookAnswer = { readonly durationMs: number } & (
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** From now; `null` without a readable `Retry-After`. */
      readonly retryAfterMs: number | null;
      /** The first kilobyte, as text without control characters. */
      readonly reply: string;
    }
  | { readonly kind: 'failed'; readonly fault: WebhookFault }
);

/** What went over the wire, or was to go. */
export interface WebhookTrace {
  /** All of them, as they were sent. */
  readonly sentHeaders: Readonly<Record<string, string>>;
  /** `null` when there was none. The body is its beginning, as text without control characters but line breaks and tabs. */
  readonly received: { readonly headers: Readonly<Record<string, string>>; readonly body: string } | null;
}

export type SentWebhook = WebhookAnswer & { readonly trace: WebhookTrace };

/** Carries one event to one endpoint. */
export interface WebhookSender {
  /** `null` for an address that may be an endpoint's in this mode. Does not ask the network: names are looked up when sending. */
  checkUrl(url: string, mode: Mode): WebhookUrlFault | null;
  /** One signed POST, without redirects, of at most 15 s. Never throws for what the network does. */
  send(request: WebhookRequest): Promise<SentWebhook>;
}
