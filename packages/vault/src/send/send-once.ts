import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestOverTls } from 'node:https';
import type { CardRequest, SendResult } from '@onfile/core';

export type OutgoingRequest = Pick<
  CardRequest,
  'method' | 'url' | 'headers' | 'connectTimeoutMs' | 'totalTimeoutMs' | 'answerBytesMax'
> & { readonly body: Buffer };

/** Whose certificates are believed, for tests; otherwise those that Node trusts (NODE_EXTRA_CA_CERTS adds to them). */
export interface Trust {
  readonly ca?: string;
}

/**
 * One request on a connection of its own: no redirect is followed, no proxy variable is read, no certificate is let
 * pass. The body is wiped as soon as the system has it, or the request is over, whichever is first. Nothing is written
 * before the connection stands (TLS included), so that whatever fails until then was provably not sent; whatever fails
 * from then on may have arrived.
 */
export async function sendOnce(outgoing: OutgoingRequest, trust: Trust = {}): Promise<SendResult> {
  try {
    return await exchange(outgoing, trust);
  } catch (cause) {
    // Only a request that cannot even be built is thrown: a bad address, or a header that is none.
    return { kind: 'not_sent', reason: reasonOf(cause) };
  } finally {
    outgoing.body.fill(0);
  }
}

function exchange(outgoing: OutgoingRequest, trust: Trust): Promise<SendResult> {
  const { body, connectTimeoutMs, totalTimeoutMs, answerBytesMax } = outgoing;
  const isOverTls = new URL(outgoing.url).protocol === 'https:';
  const request = open(outgoing, isOverTls, trust);
  return new Promise((resolve) => {
    let isConnected = false;

    const connectTimer = setTimeout(() => give('connect_timeout'), connectTimeoutMs);
    const totalTimer = setTimeout(() => give('total_timeout'), totalTimeoutMs);

    function settle(result: SendResult): void {
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      resolve(result);
      request.destroy();
    }
    function give(reason: string): void {
      settle({ kind: isConnected ? 'unknown' : 'not_sent', reason });
    }

    request.on('socket', (socket) => {
      socket.once(isOverTls ? 'secureConnect' : 'connect', () => {
        if (request.destroyed) return;
        clearTimeout(connectTimer);
        isConnected = true;
        request.end(body, () => body.fill(0));
      });
    });
    request.on('response', (response) => readAnswer(response, answerBytesMax, settle, give));
    request.on('error', (cause) => give(reasonOf(cause)));
    request.on('close', () => {
      body.fill(0);
      give('closed');
    });
  });
}

function open({ method, url, headers, body }: OutgoingRequest, isOverTls: boolean, trust: Trust): ClientRequest {
  const request = isOverTls ? requestOverTls : requestPlain;
  return request(url, {
    method,
    ...trust,
    agent: false,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    headers: { ...withoutFraming(headers), 'content-length': body.length },
  });
}

/** How long the body is, is known here alone. */
function withoutFraming(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !FRAMING_HEADERS.includes(name.toLowerCase()));
  return Object.fromEntries(kept);
}

const FRAMING_HEADERS = ['content-length', 'transfer-encoding', 'connection', 'expect'];

function readAnswer(
  response: IncomingMessage,
  answerBytesMax: number,
  settle: (result: SendResult) => void,
  give: (reason: string) => void,
): void {
  const pieces: Buffer[] = [];
  let received = 0;
  response.on('data', (piece: Buffer) => {
    received += piece.length;
    if (received > answerBytesMax) return give('answer_too_large');
    pieces.push(piece);
  });
  response.on('error', (cause) => give(reasonOf(cause)));
  response.on('end', () => {
    const { statusCode = 0 } = response;
    settle({ kind: 'answered', status: statusCode, headers: headersOf(response), body: Buffer.concat(pieces) });
  });
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headers).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : `${value}`]),
  );
}

/** A code and never a message: messages quote addresses and headers. */
function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'connection_failed';
}
