import { type ClientRequest, type IncomingMessage, Agent as PlainAgent, request as requestPlain } from 'node:http';
import { request as requestOverTls, Agent as TlsAgent } from 'node:https';
import type { CardRequest, SendResult } from '@onfile/core';

export type OutgoingRequest = Pick<
  CardRequest,
  'method' | 'url' | 'headers' | 'connectTimeoutMs' | 'totalTimeoutMs' | 'answerBytesMax'
> & { readonly body: Buffer };

/** Whose certificates are believed, for tests; otherwise those that Node trusts (NODE_EXTRA_CA_CERTS adds to them). */
export interface Trust {
  readonly ca?: string;
}

export interface Sender {
  /**
   * Sends once and never again: no redirect is followed, no proxy variable is read, no certificate is let pass. The body is
   * wiped as soon as the system has it, or the request is over, whichever is first. Nothing is written before the
   * connection stands (TLS included), so that whatever fails until then was provably not sent; whatever fails from then on
   * may have arrived. So may what fails on a connection that was kept from an earlier request.
   */
  send(outgoing: OutgoingRequest): Promise<SendResult>;
  /** Ends the connections that are kept. */
  close(): void;
}

/**
 * How long a connection is kept without a request: shorter than servers keep theirs, 5 s at least in common use, for a
 * request that meets a connection just as it is closed ends as unknown. A server that names a shorter time is believed.
 */
const IDLE_MS_MAX = 4_000;
const KEPT_PER_ORIGIN_MAX = 16;

export function createSender(trust: Trust = {}): Sender {
  const keeping = {
    keepAlive: true,
    timeout: IDLE_MS_MAX,
    maxFreeSockets: KEPT_PER_ORIGIN_MAX,
    scheduling: 'lifo',
  } as const;
  const agents = {
    plain: new PlainAgent(keeping),
    tls: new TlsAgent({ ...keeping, ...trust, rejectUnauthorized: true, minVersion: 'TLSv1.2' }),
  };
  return {
    async send(outgoing) {
      try {
        return await exchange(outgoing, agents);
      } catch (cause) {
        // Only a request that cannot even be built is thrown: a bad address, or a header that is none.
        return { kind: 'not_sent', reason: reasonOf(cause) };
      } finally {
        outgoing.body.fill(0);
      }
    },
    close() {
      agents.plain.destroy();
      agents.tls.destroy();
    },
  };
}

interface Agents {
  readonly plain: PlainAgent;
  readonly tls: TlsAgent;
}

function exchange(outgoing: OutgoingRequest, agents: Agents): Promise<SendResult> {
  const { body, connectTimeoutMs, totalTimeoutMs, answerBytesMax } = outgoing;
  const isOverTls = new URL(outgoing.url).protocol === 'https:';
  const request = open(outgoing, isOverTls, agents);
  return new Promise((resolve) => {
    let isConnected = false;

    const connectTimer = setTimeout(() => give('connect_timeout'), connectTimeoutMs);
    const totalTimer = setTimeout(() => give('total_timeout'), totalTimeoutMs);

    function settle(result: SendResult): void {
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      resolve(result);
    }
    function give(reason: string): void {
      settle({ kind: isConnected ? 'unknown' : 'not_sent', reason });
      request.destroy();
    }
    function write(): void {
      if (request.destroyed) return;
      clearTimeout(connectTimer);
      isConnected = true;
      request.end(body, () => body.fill(0));
    }

    request.on('socket', (socket) => {
      if (request.reusedSocket) write();
      else socket.once(isOverTls ? 'secureConnect' : 'connect', write);
    });
    request.on('response', (response) => readAnswer(response, answerBytesMax, settle, give));
    request.on('error', (cause) => give(reasonOf(cause)));
    request.on('close', () => {
      body.fill(0);
      give('closed');
    });
  });
}

function open({ method, url, headers, body }: OutgoingRequest, isOverTls: boolean, agents: Agents): ClientRequest {
  const request = isOverTls ? requestOverTls : requestPlain;
  return request(url, {
    method,
    agent: isOverTls ? agents.tls : agents.plain,
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
