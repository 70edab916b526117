import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { SendResult } from '@onfile/core';

/** A request without a card in it; those with one go through the vault. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly connectTimeoutMs: number;
  /** From the start to the last byte of the answer. */
  readonly totalTimeoutMs: number;
  readonly answerBytesMax: number;
}

/**
 * One request on a connection of its own, so that no server can close it under us just as we write. Follows no
 * redirect, and never rejects: whatever the network does is a result.
 */
export function exchange(request: ExchangeRequest): Promise<SendResult> {
  const { method, url, headers, body = '', connectTimeoutMs, totalTimeoutMs, answerBytesMax } = request;
  return new Promise((resolve) => {
    const isSecure = url.startsWith('https:');
    const outgoing = (isSecure ? requestHttps : requestHttp)(url, {
      agent: false,
      method,
      headers: { ...headers, ...(method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}) },
    });
    let isConnected = false;
    const connectTimer = setTimeout(() => finish(failed('no connection in time')), connectTimeoutMs);
    const totalTimer = setTimeout(() => finish(failed('no answer in time')), totalTimeoutMs);

    function finish(result: SendResult): void {
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      outgoing.destroy();
      resolve(result);
    }
    function failed(reason: string): SendResult {
      return { kind: isConnected ? 'unknown' : 'not_sent', reason };
    }

    outgoing.once('socket', (socket) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        isConnected = true;
        clearTimeout(connectTimer);
      });
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => finish(failed(error.code ?? error.name)));
    outgoing.once('response', (response) => {
      collect(response, answerBytesMax).then(
        (answer) => finish(answerOf(response, answer)),
        (error: Error) => finish(failed(error.message)),
      );
    });
    outgoing.end(body);
  });
}

function answerOf(response: IncomingMessage, body: Uint8Array): SendResult {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value);
  return { kind: 'answered', status: response.statusCode ?? 0, headers, body };
}

async function collect(response: IncomingMessage, bytesMax: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error('the answer broke off');
  return Buffer.concat(chunks);
}
