import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** Overwrites what Node's HTTP parser keeps of requests that are over. */
export interface ParserMemory {
  /** Within {@link OVERWRITTEN_AFTER_MS} from now, however often it is asked for meanwhile. */
  overwriteSoon(): void;
  /** Waits for an overwriting under way. */
  close(): Promise<void>;
}

/**
 * Node reads all connections of a process into one buffer of 64 KB, hands copies of bodies on and never clears it: the
 * latest card that was posted stays there until a request as long as that one comes. Nothing gives us that buffer, but the
 * next bytes that any HTTP connection of the process receives go into it, so we send ourselves some that say nothing.
 */
export function createParserMemory(): ParserMemory {
  let timer: NodeJS.Timeout | null = null;
  let underWay: Promise<void> = Promise.resolve();
  return {
    overwriteSoon() {
      timer ??= setTimeout(() => {
        timer = null;
        underWay = underWay.then(overwrite);
      }, OVERWRITTEN_AFTER_MS).unref();
    },
    async close() {
      if (timer !== null) clearTimeout(timer);
      await underWay;
    },
  };
}

const OVERWRITTEN_AFTER_MS = 250;

/** As much as fills the buffer in one read, many times over: how much a single read brings is the system's affair. */
const FILLING = Buffer.alloc(64 * 1024);
const FILLINGS = 8;
const GIVEN_UP_AFTER_MS = 2_000;

/** Over a port of the loopback that is open for these few milliseconds, and answers nobody. */
async function overwrite(): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.destroy());
    request.once('error', () => undefined);
  });
  try {
    // One of several workers would otherwise share the port with its siblings, and overwrite a buffer of theirs.
    server.listen({ port: 0, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    await sendFilling((server.address() as AddressInfo).port);
  } catch {
    // Without a free port there is nothing to overwrite with; the next request asks for it again.
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function sendFilling(port: number): Promise<void> {
  const socket: Socket = connect(port, '127.0.0.1');
  socket.setTimeout(GIVEN_UP_AFTER_MS, () => socket.destroy());
  socket.once('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write(`POST / HTTP/1.1\r\nHost: overwrite\r\nContent-Length: ${FILLING.length * FILLINGS}\r\n\r\n`);
  for (let sent = 0; sent < FILLINGS; sent += 1) socket.write(FILLING);
  await closed;
}
