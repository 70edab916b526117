import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { DatabaseAddress } from '../src/database.js';

/**
 * When a connection breaks: before the next statement reached PostgreSQL, before its answer reached us, or, of a transaction,
 * before only the answer to its COMMIT did. Or half of it arrives, and from then on nothing, though nobody hangs up.
 */
export type Cut = 'before_statement' | 'before_answer' | 'before_answer_to_commit' | 'silently_halfway';

/** Stands between storage and a PostgreSQL behind a Unix socket, and cuts connections where a test wants it. */
export interface CuttingProxy {
  readonly address: DatabaseAddress;
  /** Cuts the connection over which this text is sent next; with `forGood`, lets nobody connect from then on. */
  cutNext(text: string, cut: Cut, options?: { readonly forGood: boolean }): void;
  /** Lets nobody connect any more, or again. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
}

export async function startCuttingProxy(database: DatabaseAddress): Promise<CuttingProxy> {
  if (!('connection' in database)) throw new Error('The proxy stands before a server that we started');
  const { connection } = database;
  const socketPath = join(connection.host, `.s.PGSQL.${connection.port}`);
  const sockets = new Set<Socket>();
  let next: { readonly text: string; readonly cut: Cut; readonly forGood: boolean } | null = null;
  let isRefusing = false;

  const server: Server = createServer((client) => {
    const upstream = connect(socketPath);
    /** Text in the first answer that is held back. */
    let heldBack: string | null = null;
    let isSilent = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        if (isSilent) return;
        client.destroy();
        upstream.end();
      });
    }
    if (isRefusing) client.destroy();
    client.on('data', (bytes) => {
      if (isSilent) return;
      const found = next && bytes.includes(next.text) ? next : null;
      const cut = found?.cut;
      if (found) next = null;
      isRefusing ||= found?.forGood ?? false;
      isSilent = cut === 'silently_halfway';
      if (cut === 'before_statement') client.destroy();
      else upstream.write(isSilent ? bytes.subarray(0, bytes.length / 2) : bytes);
      if (cut === 'before_answer') heldBack = '';
      if (cut === 'before_answer_to_commit') heldBack = 'COMMIT\0';
    });
    // By its answer PostgreSQL has done what was asked, or the first part of it.
    upstream.on('data', (bytes) => {
      if (isSilent) return;
      if (heldBack !== null && bytes.includes(heldBack)) client.destroy();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: { connection: { ...connection, host: '127.0.0.1', port } },
    cutNext(text, cut, { forGood } = { forGood: false }) {
      next = { text, cut, forGood };
    },
    refuse(wanted) {
      isRefusing = wanted;
      if (wanted) for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
