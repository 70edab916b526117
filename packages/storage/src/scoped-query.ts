import pg from 'pg';
import type { Row } from './fields.js';
import { ENTER_SCOPE } from './row-security.js';
import type { FilledStatement } from './statement.js';

/** What `pg` calls a query by, as far as it is not in its types. */
interface Wire {
  bind(portal: { readonly portal: string; readonly statement: string; readonly values: readonly unknown[] }): void;
  execute(portal: { readonly portal: string; readonly rows: number }): void;
}

type Internals = Readonly<Record<'prepare' | 'handleDataRow' | 'handleCommandComplete', (...args: unknown[]) => void>>;

const BASE = pg.Query.prototype as unknown as Internals;

/**
 * A statement with the entering of its merchant's scope before it, in one message: PostgreSQL runs both in one transaction, and
 * only then answers. So the second wall costs no round trip, and no neighbour on the connection is in that scope.
 */
class ScopedQuery extends pg.Query<Row> {
  readonly #merchantId: string;
  #hasEntered = false;

  constructor(
    query: pg.QueryConfig,
    merchantId: string,
    callback: (error: Error | undefined, result: { readonly rows: readonly Row[] }) => void,
  ) {
    super({ ...query, queryMode: 'extended' } as pg.QueryConfig, callback);
    this.#merchantId = merchantId;
  }

  prepare(wire: Wire): void {
    wire.bind({ portal: '', statement: ENTER_SCOPE, values: [this.#merchantId] });
    wire.execute({ portal: '', rows: 0 });
    BASE.prepare.call(this, wire);
  }

  handleDataRow(row: unknown): void {
    if (this.#hasEntered) BASE.handleDataRow.call(this, row);
  }

  handleCommandComplete(message: unknown, wire: unknown): void {
    if (this.#hasEntered) BASE.handleCommandComplete.call(this, message, wire);
    this.#hasEntered = true;
  }
}

/** Runs a statement as nobody but its merchant may see its rows. Rejects with what `pg` says. */
export function runScoped(
  client: pg.PoolClient,
  { name, text, values }: FilledStatement,
  { merchantId, timeoutMs }: { readonly merchantId: string; readonly timeoutMs: number },
): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const query = { text, values: values as unknown[], ...(name !== null && { name }) };
    const scoped = new ScopedQuery(query, merchantId, (error, result) => {
      if (error) reject(error);
      else resolve(result.rows);
    });
    client.query(Object.assign(scoped, { query_timeout: timeoutMs }));
  });
}
