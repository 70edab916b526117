import { Agent, request as requestHttp } from 'node:http';
import { connect } from 'node:net';
import type { Altered } from './alter.js';
import type { Answer } from './judge.js';

/** Sends altered requests to the two origins, over connections that are kept where a client would keep them. */
export interface Sender {
  send(altered: Altered): Promise<Answer>;
  close(): void;
}

export function createSender(urls: Readonly<Record<'api' | 'vault', string>>): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  return {
    send(altered) {
      const url = urls[altered.origin];
      return altered.head === null ? sendWhole(url, altered, agent) : sendBare(url, altered.head, altered.body);
    },
    close: () => agent.destroy(),
  };
}

const NO_ANSWER: Answer = { status: null, contentType: '', text: '' };
const ANSWER_TIMEOUT_MS = 15_000;

function sendWhole(url: string, { method, address, headers, body }: Altered, agent: Agent): Promise<Answer> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const length = body === null ? {} : { 'content-length': body.length };
    const request = requestHttp({ hostname, port, path: address, method, agent, headers: { ...headers, ...length } });
    request.setTimeout(ANSWER_TIMEOUT_MS, () => request.destroy());
    request.once('error', () => resolve(NO_ANSWER));
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('close', () => {
        const { statusCode = 0, headers: answered } = response;
        const text = Buffer.concat(chunks).toString('latin1');
        resolve({ status: statusCode, contentType: answered['content-type'] ?? '', text });
      });
    });
    request.end(body ?? undefined);
  });
}

/** Of a head with a byte changed nobody knows whether it is whole: who waits for the rest of it is not waited for. */
const PATIENCE_MS = 500;

function sendBare(url: string, head: Buffer, body: Buffer | null): Promise<Answer> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', () => undefined);
    socket.once('close', () => resolve(readAnswer(Buffer.concat(chunks).toString('latin1'))));
    socket.write(body === null ? head : Buffer.concat([head, body]));
  });
}

function readAnswer(received: string): Answer {
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  if (status === undefined) return NO_ANSWER;
  const contentType = /\r\ncontent-type: ([^\r]*)/i.exec(head)?.[1] ?? '';
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return { status: Number(status), contentType, text: rest.join('\r\n\r\n').slice(0, length) };
}
