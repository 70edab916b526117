import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Context, createHttpServer } from './http/server.js';
import { Processor, type ProcessorOptions } from './processor.js';
import { Script } from './script.js';

export interface SimulatorOptions {
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. The control API answers loopback clients only, whatever this is. */
  readonly host?: string;
  /** Where browsers reach it, when that is not the address it listens on. */
  readonly publicUrl?: string;
  /** The ledger lies in it as `simulator-ledger.jsonl`. */
  readonly dataDir: string;
  /** How long a cardholder has for the authentication, in milliseconds; default 10 minutes. */
  readonly authenticationLifetimeMs?: number;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

export interface Simulator {
  /** Without a slash at its end. */
  readonly url: string;
  readonly ledgerFile: string;
  /** Stops listening, ends what waits, and closes the ledger. */
  close(): Promise<void>;
}

const AUTHENTICATION_LIFETIME_MS = 10 * 60_000;
/** How long a request under way may still take when we stop. */
const CLOSE_GRACE_MS = 500;

/** Starts the test processor. It continues the ledger that it finds; refuses a ledger that it cannot read. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', dataDir, now = Date.now } = options;
  const ledgerFile = join(dataDir, 'simulator-ledger.jsonl');
  const script = new Script();
  let begin: (context: Context) => void = () => undefined;
  const beginning = new Promise<Context>((resolve) => {
    begin = resolve;
  });
  const server = createHttpServer(beginning);
  // The port first: a second simulator is turned away by it before it touches the ledger.
  await listen(server, port, host);
  const processor = await openProcessor(server, {
    ledgerFile,
    authenticationLifetimeMs: options.authenticationLifetimeMs ?? AUTHENTICATION_LIFETIME_MS,
    now,
  });
  const url = (options.publicUrl ?? addressOf(server)).replace(/\/+$/, '');
  begin({ processor, script, now, url });

  return {
    url,
    ledgerFile,
    async close() {
      script.clear();
      await closeServer(server);
      await processor.close();
    },
  };
}

async function openProcessor(server: Server, options: ProcessorOptions): Promise<Processor> {
  try {
    return await Processor.open(options);
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
  });
}

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
