import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpFault } from '@onfile/dialects';
import { URL_BYTES_MAX } from './limits.js';
import { renderProblem } from './problem.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** On which nothing is carried out any more: what comes there is answered already, and its sender may send it again elsewhere. */
const refused = new WeakSet<Socket>();

export function isRefused(socket: Socket): boolean {
  return refused.has(socket);
}

/**
 * Answers what is no HTTP request, or none that we take, and closes the connection: nobody can tell where a next
 * request would begin. A connection on which nothing ever came is closed without a word, since an answer could be taken for
 * that to a request that is on its way. Answers the status that it sent, or `null` when nothing was sent.
 */
export function answerBrokenConnection(error: NodeJS.ErrnoException, socket: Socket): number | null {
  try {
    return answer(error, socket);
  } finally {
    // The parser's copy of what it could not read, which may hold a card.
    packetOf(error)?.fill(0);
  }
}

function answer(error: NodeJS.ErrnoException, socket: Socket): number | null {
  refused.add(socket);
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) {
    socket.destroy();
    return null;
  }
  const { status, headers, body } = renderProblem(faultOf(error), { path: '' });
  const head = Object.entries({ ...SECURITY_HEADERS, ...headers, connection: 'close' })
    .map(([name, value]) => `${name}: ${value}`)
    .join('\r\n');
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return status;
}

function faultOf(error: NodeJS.ErrnoException): HttpFault {
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'request_timeout';
    case 'HPE_INVALID_METHOD':
      return REQUEST_LINE.test(firstLineOf(error)) ? 'method_not_allowed' : 'malformed_body';
    case 'HPE_HEADER_OVERFLOW':
      return isAddressTooLong(error) ? 'url_too_long' : 'headers_too_large';
    default:
      return 'malformed_body';
  }
}

/** A method that the parser does not know, in a request that is otherwise one. */
const REQUEST_LINE = /^[A-Z-]{1,20} \S+ HTTP\/1\.[01]$/;

/** The parser counts the address among the headers. */
function isAddressTooLong(error: Error): boolean {
  return firstLineOf(error).length > URL_BYTES_MAX;
}

function packetOf(error: Error): Buffer | null {
  const packet = (error as { rawPacket?: unknown }).rawPacket;
  return Buffer.isBuffer(packet) ? packet : null;
}

function firstLineOf(error: Error): string {
  const packet = packetOf(error);
  if (packet === null) return '';
  const end = packet.indexOf('\r\n');
  return packet.toString('latin1', 0, end < 0 ? packet.length : end);
}
