import type { Storage } from '@onfile/core';
import { createPostgresStorage } from '@onfile/storage';
import type { Config } from './config.js';
import { joinDatabase, migrateTables } from './database.js';
import { createLog, type Log } from './log.js';

type Where = Pick<Config, 'databaseUrl' | 'dataDirectory'>;

/** Storage without a server around it, for commands; its tables are brought up to this release first. */
export async function openStorage(config: Where): Promise<{ readonly storage: Storage; close(): Promise<void> }> {
  const log = quietLog();
  const database = await joinDatabase(config, log);
  try {
    await migrateTables(database.address, log);
  } catch (error) {
    await database.close();
    throw error;
  }
  const storage = createPostgresStorage({ ...database.address, log: () => undefined });
  return {
    storage,
    async close() {
      await storage.close();
      await database.close();
    },
  };
}

/** Brings the tables up to this release and does nothing else; answers the names of what was applied. */
export async function migrateOnly(config: Where): Promise<readonly string[]> {
  const log = quietLog();
  const database = await joinDatabase(config, log);
  try {
    return await migrateTables(database.address, log);
  } finally {
    await database.close();
  }
}

/** A command says itself what went wrong. */
function quietLog(): Log {
  return createLog({ level: 'error', format: 'json', writeLine: (line) => process.stderr.write(line) });
}
