import { createServer } from 'node:net';
import type { Config } from '@onfile/server';
import { CommandFault, EXIT_CODES } from '../output.js';

const OWNERS = { api: 'the API', vault: 'the vault', simulator: 'the simulator', demo: 'the demo shop' } as const;

/** Refuses by name the ports that another program has, before anything is started. */
export async function requireFreePorts({ host, ports }: Pick<Config, 'host' | 'ports'>): Promise<void> {
  const owners = Object.keys(OWNERS) as (keyof typeof OWNERS)[];
  const free = await Promise.all(owners.map((owner) => isFree(host, ports[owner])));
  const taken = owners.filter((_owner, index) => !free[index]).map((owner) => `${ports[owner]} (${OWNERS[owner]})`);
  if (taken.length === 0) return;

  const which = taken.length === 1 ? 'Port' : 'Ports';
  const advice = `Is Onfile running already? If not, move all ports: ONFILE_PORT=${suggestion(ports.api)} onfile dev`;
  throw new CommandFault(`${which} ${taken.join(', ')} in use by another program. ${advice}`, EXIT_CODES.taken);
}

function suggestion(port: number): number {
  return port < 60_000 ? port + 1_000 : 4242;
}

function isFree(host: string, port: number): Promise<boolean> {
  if (port === 0) return Promise.resolve(true);
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    probe.listen({ host, port }, () => probe.close(() => resolve(true)));
  });
}
