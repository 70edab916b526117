import pg from 'pg';
import type { Row } from './fields.js';
import type { FilledStatement } from './statement.js';

/** What `pg` calls a query by, as far as it is not in its types. */
interface Wire {
  readonly submittedNamedStatements: Record<string, string>;
  parse(statement: { readonly name: string; readonly text: string }): void;
  sync(): void;
}

const BASE = pg.Query.prototype as unknown as Pick<Part, 'handleReadyForQuery'>;

/** As much of `pg`'s own query. */
interface Part {
  readonly name: string;
  readonly text: string;
  hasBeenParsed(wire: Wire): boolean;
  prepare(wire: Wire): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
  handleReadyForQuery(wire: Wire): void;
}

/**
 * Several statements in one message, and so in one transaction: PostgreSQL commits them together, on one write to its disk, and only
 * then answers. All of them took effect, or none did. They have names, by which a connection knows them.
 */
class GroupedQuery extends pg.Query<Row> {
  readonly #parts: readonly Part[];
  /** Whose answer comes next. */
  #next = 0;

  constructor(parts: readonly Part[], answered: (error: Error | undefined) => void) {
    super({ text: '', queryMode: 'extended' } as pg.QueryConfig, answered);
    this.#parts = parts;
  }

  prepare(wire: Wire): void {
    const unfinished: Wire = Object.create(wire, { sync: { value: () => {} } });
    for (const part of this.#parts) part.prepare(unfinished);
    wire.sync();
  }

  handleRowDescription(message: unknown): void {
    this.#parts[this.#next]?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#parts[this.#next]?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, wire: Wire): void {
    this.#parts[this.#next]?.handleCommandComplete(message, wire);
    this.#next += 1;
  }

  handleReadyForQuery(wire: Wire): void {
    for (const part of this.#parts) part.handleReadyForQuery(wire);
    BASE.handleReadyForQuery.call(this, wire);
  }
}

/**
 * Has PostgreSQL parse a statement and do no more. By itself, and before the group, so that what a group fails of does not keep the
 * connection from knowing it, and `pg` notes who is known.
 */
class Parsing extends pg.Query {
  prepare(wire: Wire): void {
    const { name, text } = this as unknown as Part;
    wire.parse({ name, text });
    wire.submittedNamedStatements[name] = text;
    wire.sync();
  }
}

/**
 * Runs all of these statements or none, and answers each one's rows. Rejects with what `pg` says of the first that failed, and with
 * 55P03 when one would wait for a lock for long: its neighbours would wait with it.
 */
export async function runGrouped(
  client: pg.PoolClient,
  statements: readonly FilledStatement[],
  timeoutMs: number,
): Promise<readonly (readonly Row[])[]> {
  const [, ...rows] = await runInOneMessage(client, [LET_NOBODY_WAIT, ...statements], timeoutMs);
  return rows;
}

const LOCK_TIMEOUT_MS = 100;
const LET_NOBODY_WAIT: FilledStatement = {
  name: 'onfile_lock_timeout_of_group',
  text: "SELECT set_config('lock_timeout', $1, true)",
  values: [String(LOCK_TIMEOUT_MS)],
};

function runInOneMessage(
  client: pg.PoolClient,
  statements: readonly FilledStatement[],
  timeoutMs: number,
): Promise<readonly (readonly Row[])[]> {
  return new Promise((resolve, reject) => {
    const rows: (readonly Row[])[] = [];
    let unreadable: Error | null = null;
    const parts = statements.map(({ name, text, values }, index) => {
      const callback = (error: Error | null, result: pg.QueryResult<Row>) => {
        if (error) unreadable = error;
        else rows[index] = result.rows;
      };
      return Object.assign(new pg.Query<Row>(text, values as unknown[]), { name, callback }) as unknown as Part;
    });
    const { connection } = client as unknown as { readonly connection: Wire };
    for (const part of parts) {
      if (part.hasBeenParsed(connection)) continue;
      const { name, text } = part;
      // Without it the group fails, and tells so.
      send(client, new Parsing({ name, text, queryMode: 'extended' } as pg.QueryConfig, () => {}), timeoutMs);
    }
    const query = new GroupedQuery(parts, (failed) => {
      const error = failed ?? unreadable;
      if (error) reject(error);
      else resolve(rows);
    });
    send(client, query, timeoutMs);
  });
}

function send(client: pg.PoolClient, query: pg.Query, timeoutMs: number): void {
  client.query(Object.assign(query, { query_timeout: timeoutMs }) as unknown as pg.Submittable);
}
