import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Merchants' endpoints on the loopback, in a process of their own: what they cost is not the server's. */

/** `accepts` answers 200 at once; the others fail, each in its way. */
export type Behaviour = 'accepts' | 'refuses' | 'hangs' | 'answers 500';

/** `open`: more endpoints, in this order. `take`: hands over what arrived, and forgets it. */
export type ReceiversOrder = { readonly open: readonly Behaviour[] } | { readonly take: boolean };

export interface Arrivals {
  /** First POSTs at endpoints that accept: a repetition does not count. */
  readonly arrived: number;
  /** From an event's moment, right before its commit, until its POST arrived; empty unless they are taken. */
  readonly delaysMs: readonly number[];
  /** When the latest of them arrived, in milliseconds since 1970. */
  readonly lastAt: number;
}

export interface OpenedReceivers {
  readonly urls: readonly string[];
}

const servers: Server[] = [];
const seen = new Set<string>();
let delaysMs: number[] = [];
let lastAt = 0;

if (process.send !== undefined) {
  process.on('message', (order: ReceiversOrder) => void obey(order).then((answer) => process.send?.(answer)));
  process.once('disconnect', () => process.exit(0));
}

async function obey(order: ReceiversOrder): Promise<OpenedReceivers | Arrivals> {
  if ('open' in order) return { urls: await Promise.all(order.open.map(open)) };
  const answer = { arrived: delaysMs.length, delaysMs: order.take ? delaysMs : [], lastAt };
  if (order.take) delaysMs = [];
  return answer;
}

async function open(behaviour: Behaviour): Promise<string> {
  const place = servers.length;
  const server = createServer(LISTENERS[behaviour](place));
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  if (behaviour === 'refuses') server.close();
  return `http://127.0.0.1:${port}/hooks`;
}

const LISTENERS: Readonly<Record<Behaviour, (place: number) => RequestListener>> = {
  accepts: (place) => (request, response) => {
    const at = Date.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      count(`${place} ${request.headers['webhook-id']}`, Buffer.concat(chunks), at);
      response.writeHead(200).end();
    });
  },
  refuses: () => () => {},
  hangs: () => (request) => void request.resume(),
  'answers 500': () => (request, response) => {
    request.resume().on('end', () => response.writeHead(500).end());
  },
};

function count(delivery: string, body: Buffer, at: number): void {
  if (seen.has(delivery)) return;
  seen.add(delivery);
  const { created_at: createdAt } = JSON.parse(body.toString()) as { created_at: string };
  delaysMs.push(at - Date.parse(createdAt));
  lastAt = at;
}
