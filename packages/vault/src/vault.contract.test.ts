import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vaultContract } from '@onfile/core/testing';
import { openTestVault } from '../testing/test-vault.js';

vaultContract('the vault in this process', async () => {
  const { vault, clock, enter, close } = await openTestVault();
  const received: string[] = [];
  const answering = await listen((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      received.push(Buffer.concat(pieces).toString());
      response.setHeader('x-processor', 'contract').end('{"status":"approved"}');
    });
  });
  const breaking = await listen((request) => {
    request.resume().on('end', () => request.socket.destroy());
  });
  const gone = await listen(() => {});
  await stop(gone);

  return {
    vault,
    enter,
    discard: (reference) => vault.discard(reference),
    advance: (ms) => clock.advance(ms),
    answeringUrl: answering.url,
    breakingUrl: breaking.url,
    unreachableUrl: gone.url,
    received: () => received,
    async close() {
      await Promise.all([stop(answering), stop(breaking), close()]);
    },
  };
});

type Listening = Server & { url: string };

async function listen(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/verify` });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
