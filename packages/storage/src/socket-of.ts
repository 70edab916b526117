import type { Writable } from 'node:stream';
import type pg from 'pg';

/** What the client writes to. `pg` documents no way to it, and no way to send several statements in one write. */
export function socketOf(client: pg.PoolClient): Writable {
  return (client as unknown as { readonly connection: { readonly stream: Writable } }).connection.stream;
}
