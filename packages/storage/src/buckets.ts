import type { Database } from './database.js';
import type { Row } from './fields.js';
import type { Statement } from './statement.js';

/**
 * Work over many merchants: finds it by one statement that only reads, a row for each merchant and mode, and does each row's by
 * itself. So no statement writes rows of two merchants.
 */
export async function inBuckets<T>(
  database: Database,
  { find, values }: { readonly find: Statement; readonly values: readonly unknown[] },
  work: (bucket: Row) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const buckets = await database.runRepeatable(find, values);
  return (await Promise.all(buckets.map(work))).flat();
}
