import type { ClientConfig } from 'pg';
import { startEmbeddedPostgres } from '../../packages/storage/src/embedded/embedded-postgres.js';

/** A PostgreSQL that comes back where it was: with its data, at the same socket. */
export interface RestartablePostgres {
  readonly connection: ClientConfig;
  stop(): Promise<void>;
  /** As a machine without power ends it: nothing is written any more. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** It ended by itself, as it does when it cannot write what it must. */
  readonly hasEnded: boolean;
}

export async function startRestartablePostgres(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<RestartablePostgres> {
  const start = () => startEmbeddedPostgres({ dataDir, fallbackDir: dataDir, log: () => {}, settings });
  let server = await start();
  let hasEnded = false;
  const watch = () => {
    hasEnded = false;
    const { exited } = server;
    void exited.then(() => {
      hasEnded = true;
    });
  };
  watch();
  return {
    connection: server.connection,
    stop: () => server.stop(),
    async kill() {
      const { exited } = server;
      process.kill(server.pid, 'SIGKILL');
      await exited;
      await server.stop();
    },
    async start() {
      await server.stop();
      server = await start();
      watch();
    },
    get hasEnded() {
      return hasEnded;
    },
  };
}
