import type { Resolver } from 'node:dns/promises';
import { isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Mode, WebhookFault } from '@onfile/core';
import { isAddressAllowed } from './addresses.js';
import { hostOf, isLoopbackName } from './check-url.js';

/** What connecting needs of the network, so that a test sees every address that is asked for. */
export interface Network {
  readonly resolver: Pick<Resolver, 'resolve4' | 'resolve6'>;
  connect(options: TcpNetConnectOpts): Socket;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  readonly trusted?: string;
}

/** The delivery cannot be made; `code` is what may be shown. */
export class DeliveryFault extends Error {
  override readonly name = 'DeliveryFault';
  constructor(
    readonly code: WebhookFault,
    cause?: unknown,
  ) {
    super(code, { cause });
  }
}

/**
 * A connection to an address that was looked up and checked by us, and that is checked again once it is there. Every
 * address that a name has is checked, not only the one that is used: a name that leads to both sides of our wall is refused.
 */
export async function connectTo(
  url: URL,
  { mode, network, signal }: { mode: Mode; network: Network; signal: AbortSignal },
): Promise<Socket> {
  const host = hostOf(url);
  const addresses = await addressesOf(host, { mode, network });
  signal.throwIfAborted();
  if (!addresses.every((address) => isAddressAllowed(address, mode))) throw new DeliveryFault('address_not_allowed');

  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const socket = await connectToFirst(addresses.slice(0, ADDRESSES_MAX), { port, mode, network, signal });
  return url.protocol === 'https:' ? secure(socket, { host, network, signal }) : socket;
}

/** How many of a name's addresses are tried. */
const ADDRESSES_MAX = 3;
const CONNECT_TIMEOUT_MS = 4_000;

async function addressesOf(
  host: string,
  { mode, network: { resolver } }: { mode: Mode; network: Network },
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  if (mode === 'test' && isLoopbackName(host)) return ['127.0.0.1', '::1'];

  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length === 0) throw new DeliveryFault('name_not_found', causeOf(answers));
  return addresses;
}

function causeOf(answers: readonly PromiseSettledResult<unknown>[]): unknown {
  return answers.find((answer) => answer.status === 'rejected')?.reason;
}

interface Connecting {
  readonly port: number;
  readonly mode: Mode;
  readonly network: Network;
  readonly signal: AbortSignal;
}

async function connectToFirst(addresses: readonly string[], connecting: Connecting): Promise<Socket> {
  let failure: unknown;
  for (const address of addresses) {
    try {
      return await connectOnce(address, connecting);
    } catch (cause) {
      connecting.signal.throwIfAborted();
      if (cause instanceof DeliveryFault && cause.code === 'address_not_allowed') throw cause;
      failure = cause;
    }
  }
  throw new DeliveryFault('connection_failed', failure);
}

async function connectOnce(address: string, { port, mode, network, signal }: Connecting): Promise<Socket> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
  const socket = network.connect({ host: address, port, family: isIP(address), autoSelectFamily: false });
  await arrival(socket, 'connect', limit);
  if (isAddressAllowed(socket.remoteAddress ?? '', mode)) return socket;
  socket.destroy();
  throw new DeliveryFault('address_not_allowed');
}

async function secure(
  socket: Socket,
  { host, network, signal }: { host: string; network: Network; signal: AbortSignal },
): Promise<Socket> {
  const server = isIP(host) === 0 ? { servername: host } : {};
  const trusted = network.trusted === undefined ? {} : { ca: network.trusted };
  const tls = connectTls({ socket, host, ...server, ...trusted, ALPNProtocols: ['http/1.1'], minVersion: 'TLSv1.2' });
  try {
    await arrival(tls, 'secureConnect', signal);
    return tls;
  } catch (cause) {
    socket.destroy();
    signal.throwIfAborted();
    throw new DeliveryFault('tls_failed', cause);
  }
}

/** Waits for a socket's event; a socket that fails, ends or takes too long is destroyed. */
function arrival(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      socket.off('error', settle);
      socket.off('close', closed);
      signal.removeEventListener('abort', aborted);
      if (error === undefined) return resolve();
      // Whatever the socket still has to say, nobody waits for it; an error without a listener would end the process.
      socket.on('error', () => {});
      socket.destroy();
      reject(error);
    };
    const closed = () => settle(new Error('closed'));
    const aborted = () => settle(signal.reason ?? new Error('aborted'));
    socket.once(event, () => settle());
    socket.once('error', settle);
    socket.once('close', closed);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}
