/** What a request may be at most. Beyond it the answer is 413, 414 or 431, or the connection is closed. */
export const BODY_BYTES_MAX = 64 * 1024;
/** A card's fields need a few hundred bytes, and a small body is soon wiped. */
export const CARD_BODY_BYTES_MAX = 8 * 1024;
export const URL_BYTES_MAX = 4 * 1024;
export const HEADER_BYTES_MAX = 16 * 1024;
export const HEADERS_TIMEOUT_MS = 10_000;
export const BODY_TIMEOUT_MS = 20_000;
export const KEEP_ALIVE_TIMEOUT_MS = 5_000;
export const REQUEST_TIMEOUT_MS = HEADERS_TIMEOUT_MS + BODY_TIMEOUT_MS;
