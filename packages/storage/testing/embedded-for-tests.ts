import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/embedded/embedded-postgres.js';

export interface ServerForTests {
  readonly connection: EmbeddedPostgres['connection'];
  stop(): Promise<void>;
}

/**
 * One throw-away server in a temporary directory, as durable as the real one. It ends with the thread that started it;
 * `stop` also deletes its data.
 */
export async function startServerForTests(): Promise<ServerForTests> {
  const directory = await mkdtemp(join(tmpdir(), 'onfile-test-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const server = await startEmbeddedPostgres({ dataDir: directory, fallbackDir: directory, log: () => {} });
    return { connection: server.connection, stop: () => server.stop().finally(remove) };
  } catch (fault) {
    await remove();
    throw fault;
  }
}
