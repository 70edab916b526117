import { migrateOnly, readConfig } from '@onfile/server';
import { createOutput } from './output.js';

export async function migrateDatabase({ json }: { readonly json: boolean }): Promise<number> {
  const output = createOutput({ json });
  const applied = await migrateOnly(readConfig(process.env, process.cwd()));
  output.result(
    { applied },
    applied.length === 0 ? 'The database is up to date.' : applied.map((name) => `Applied ${name}`).join('\n'),
  );
  return 0;
}
