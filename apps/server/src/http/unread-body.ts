import type { IncomingMessage } from 'node:http';
import { BODY_BYTES_MAX } from './limits.js';

/**
 * When a request is answered before its body was read, what still arrives is wiped and dropped, since it may hold a
 * card, and past the limit the connection is cut. Answers whether there was such a rest; the connection has to close
 * then, for nobody waits to see where it ends.
 */
export function wipeUnreadBody(raw: IncomingMessage): boolean {
  if (raw.readableEnded || raw.destroyed || !hasBody(raw)) return false;
  let bytes = 0;
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunk.fill(0);
    if (bytes > BODY_BYTES_MAX) raw.destroy();
  });
  raw.on('error', () => undefined);
  return true;
}

/** Whether the request announced a body, empty ones aside. */
export function hasBody(raw: IncomingMessage): boolean {
  if (raw.headers['transfer-encoding'] !== undefined) return true;
  const length = raw.headers['content-length'];
  return length !== undefined && Number(length) !== 0;
}
