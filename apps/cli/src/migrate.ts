import { joinDatabase, migrateTables, readConfig } from '@onfile/server';
import { createOutput, EXIT_CODES } from './output.js';
import { quietLog } from './quiet-log.js';

export async function migrateDatabase({ json }: { readonly json: boolean }): Promise<number> {
  const output = createOutput({ json });
  const database = await joinDatabase(readConfig(process.env, process.cwd()), quietLog());
  try {
    const applied = await migrateTables(database.address, quietLog());
    const text = applied.map((name) => `Applied ${name}`).join('\n') || 'The database is up to date.';
    output.result({ applied }, text);
    return EXIT_CODES.done;
  } finally {
    await database.close();
  }
}
