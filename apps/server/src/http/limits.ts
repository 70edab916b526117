/** What a request may be at most. Beyond it the answer is 413, 414 or 431. */
export const BODY_BYTES_MAX = 64 * 1024;
/** A card's fields need a few hundred bytes, and a small body is soon wiped. */
export const CARD_BODY_BYTES_MAX = 8 * 1024;
export const URL_BYTES_MAX = 4 * 1024;
export const HEADER_BYTES_MAX = 16 * 1024;

/** How long a client may take for a body; then the answer is 408, and the connection is closed. */
export const BODY_TIMEOUT_MS = 20_000;

/** How long a connection may take, in milliseconds; then it is closed. */
export interface Timeouts {
  readonly headersMs: number;
  /** For the whole request, its body included. */
  readonly requestMs: number;
  /** Between two requests. */
  readonly keepAliveMs: number;
  /** How often connections are looked at. */
  readonly checkEveryMs: number;
}

export const TIMEOUTS: Timeouts = {
  headersMs: 10_000,
  requestMs: 10_000 + BODY_TIMEOUT_MS,
  keepAliveMs: 5_000,
  checkEveryMs: 1_000,
};
