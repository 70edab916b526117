import { joinDatabase, migrateTables, readConfig } from '@onfile/server';
import { distributeByCitus } from '@onfile/storage';
import { createOutput, EXIT_CODES } from './output.js';
import { quietLog } from './quiet-log.js';

/** `distribute`: the tables are then made those of a distributed database as well. */
export async function migrateDatabase({
  json,
  distribute,
}: {
  readonly json: boolean;
  readonly distribute: 'citus' | null;
}): Promise<number> {
  const output = createOutput({ json });
  const database = await joinDatabase(readConfig(process.env, process.cwd()), quietLog());
  try {
    const applied = await migrateTables(database.address, quietLog());
    const { placed } = distribute === 'citus' ? await distributeByCitus(database.address) : { placed: null };
    const lines = [...applied.map((name) => `Applied ${name}`), ...(placed ?? []).map((name) => `Distributed ${name}`)];
    const nothing = placed === null ? 'The database is up to date.' : 'The database is up to date, and distributed.';
    output.result({ applied, ...(placed && { distributed: placed }) }, lines.join('\n') || nothing);
    return EXIT_CODES.done;
  } finally {
    await database.close();
  }
}
