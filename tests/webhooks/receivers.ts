import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A body of PAY.JP's, as far as these tests look into it. */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly pending_webhooks: number;
  readonly data: { readonly id: string; readonly description: string | null };
}

export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: ReceivedEvent;
  /** What this receiver answered; `null` while it has not. */
  status: number | null;
}

export interface Receiver {
  readonly url: string;
  /** Every request, in the order in which it arrived. */
  readonly received: readonly Received[];
  /** Resolves once the requests so far are as wished. */
  until(holds: (received: readonly Received[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Answers a status, or takes the answer into its own hands and gives none. */
export type Answering = (
  received: Received,
  talk: { readonly request: IncomingMessage; readonly response: ServerResponse },
) => number | null | Promise<number | null>;

/** An endpoint of a merchant's, on the loopback. */
export async function startReceiver(answering: Answering): Promise<Receiver> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const look of waiting) look();
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const headers = request.headers as Record<string, string>;
    const one: Received = { headers, body, event: JSON.parse(body), status: null };
    received.push(one);
    changed();
    const status = await answering(one, { request, response });
    if (status === null) return;
    one.status = status;
    response.writeHead(status).end();
    changed();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds(received)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}

export function accepted(received: readonly Received[]): readonly Received[] {
  return received.filter(({ status }) => status !== null && status < 300);
}

export function idsOf(received: readonly Received[]): ReadonlySet<string> {
  return new Set(received.map(({ event }) => event.id));
}

/**
 * Objects of which an event arrived before a former one was accepted. The test's objects count their changes in their
 * description, from 0 on.
 */
export function disorderly(received: readonly Received[]): readonly string[] {
  const expected = new Map<string, number>();
  const wrong: string[] = [];
  for (const { event, status } of received) {
    const next = expected.get(event.data.id) ?? 0;
    const change = Number(event.data.description);
    if (change > next) wrong.push(`${event.data.id}: change ${change} before ${next} was accepted`);
    if (change === next && status !== null && status < 300) expected.set(event.data.id, next + 1);
  }
  return wrong;
}
