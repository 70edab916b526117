import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { ANSWER_BYTES_KEPT_MAX, REPLY_BYTES_KEPT_MAX } from '@onfile/core';
import { DeliveryFault } from './connect.js';

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Of a header that came more than once all values, separated by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first kilobyte, on one line. */
  readonly reply: string;
  /** The first four kilobytes. */
  readonly body: string;
}

/** What is read of an answer; a longer one is cut off. */
const REPLY_BYTES_MAX = 16 * 1_024;
const HEADER_BYTES_MAX = 16 * 1_024;
/** The status has come, so this much patience is for the reply alone. */
const REPLY_TIMEOUT_MS = 2_000;

/** One POST over a connection that is used for nothing else. */
export async function post(
  socket: Socket,
  { url, headers, body, signal }: { url: URL; headers: Record<string, string>; body: Uint8Array; signal: AbortSignal },
): Promise<Answer> {
  const response = await headOfAnswer(socket, { url, headers, body, signal });
  const bytes = await readBeginning(response, signal);
  socket.destroy();
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'],
    headers: headersFrom(response),
    reply: asLine(bytes.subarray(0, REPLY_BYTES_KEPT_MAX)),
    body: asText(bytes),
  };
}

function headOfAnswer(
  socket: Socket,
  { url, headers, body, signal }: { url: URL; headers: Record<string, string>; body: Uint8Array; signal: AbortSignal },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({
      createConnection: () => socket,
      method: 'POST',
      path: `${url.pathname}${url.search}`,
      headers,
      maxHeaderSize: HEADER_BYTES_MAX,
      signal,
    });
    sent.once('response', resolve);
    sent.on('error', (cause) => {
      socket.destroy();
      reject(signal.aborted ? signal.reason : new DeliveryFault(faultOf(cause), cause));
    });
    // A switch of protocols is no answer, and its socket would stay open.
    sent.once('upgrade', (_, upgraded) => {
      upgraded.destroy();
      reject(new DeliveryFault('answer_malformed'));
    });
    sent.end(body);
  });
}

function faultOf(cause: NodeJS.ErrnoException): 'answer_malformed' | 'connection_failed' {
  return cause.code?.startsWith('HPE_') || cause.code === 'ECONNRESET' ? 'answer_malformed' : 'connection_failed';
}

/** The first four kilobytes. Whatever breaks off, drips or never ends after the status changes nothing about it. */
async function readBeginning(response: IncomingMessage, signal: AbortSignal): Promise<Buffer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(REPLY_TIMEOUT_MS)]);
  const end = () => response.destroy();
  limit.addEventListener('abort', end, { once: true });
  if (limit.aborted) end();
  const chunks: Buffer[] = [];
  let read = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (read < ANSWER_BYTES_KEPT_MAX) chunks.push(chunk.subarray(0, ANSWER_BYTES_KEPT_MAX - read));
      read += chunk.length;
      if (read >= REPLY_BYTES_MAX) break;
    }
  } catch {
    // The status is what counts.
  } finally {
    limit.removeEventListener('abort', end);
  }
  return Buffer.concat(chunks);
}

function headersFrom({ headersDistinct }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values = []]) => [name, values.map(asTextOfHeader).join(', ')]),
  );
}

const asTextOfHeader = (value: string) => asLine(Buffer.from(value, 'latin1'));

/** Kept for people to read in terminals and pages: control characters become blanks, and no byte is left half. */
function asText(bytes: Buffer): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return bytes.toString('utf8').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, ' ');
}

function asLine(bytes: Buffer): string {
  return asText(bytes).replaceAll(/[\t\n]/g, ' ');
}
