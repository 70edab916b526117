import { setTimeout as delay } from 'node:timers/promises';
import { StorageFault } from '@onfile/core';
import pg from 'pg';
import { isConnectionEnded, isConnectionLost, isWorthRetrying, sqlStateOf, toStorageFault } from './faults.js';
import type { Row } from './fields.js';
import { runGrouped } from './grouped-query.js';
import { Groups, type GroupsOptions } from './groups.js';
import { ENTER_SCOPE_AS_STATEMENT, merchantOf, PREPARE_SCOPE } from './row-security.js';
import { runScoped } from './scoped-query.js';
import { sendQuery } from './send-query.js';
import { type SharedConnection, SharedConnections } from './shared-connections.js';
import { sharingTransactions } from './shared-transactions.js';
import { socketOf } from './socket-of.js';
import type { FilledStatement, Statement } from './statement.js';

/** Where PostgreSQL is: a URL, or what the embedded server answers. */
export type DatabaseAddress =
  | { readonly connectionString: string }
  | {
      readonly connection: {
        /** A name, an address, or the directory of a Unix socket. */
        readonly host: string;
        readonly port: number;
        readonly user: string;
        readonly database: string;
        readonly password?: string;
      };
    };

/** What storage tells its caller's log. No event holds a value from a table or a statement. */
export type StorageEvent =
  /** An idle connection ended, or one in use broke; `code` is a SQLSTATE, or the system's. */
  | { readonly event: 'connection_lost'; readonly code: string }
  /** PostgreSQL gave a statement up for another (40001, 40P01), and it is sent again. */
  | { readonly event: 'statement_retried'; readonly code: string }
  /** A commit's answer was lost with its connection; it is looked up now. */
  | { readonly event: 'commit_looked_up' };

export type StorageLog = (event: StorageEvent) => void;

/**
 * How commits are sent. `one-statement`: as one data-modifying statement, the fastest on one server. `pipelined`: as a transaction of
 * plain statements, each by one merchant, which a distributed database hands on to a node as they are; it may also plan each
 * statement for its values, which such databases need.
 */
export const COMMIT_FORMS = ['one-statement', 'pipelined'] as const;
export type CommitForm = (typeof COMMIT_FORMS)[number];

export interface DatabaseSettings {
  readonly log: StorageLog;
  /** `one-statement` when not given. */
  readonly commitForm?: CommitForm;
  /** `read committed` when not given; `serializable` for databases that have nothing weaker. Each costs only retries. */
  readonly isolation?: 'read committed' | 'serializable';
  /** How often what PostgreSQL gave up for another (40001, 40P01) is sent again; 30 times at most when not given. */
  readonly retriesMax?: number;
  /** Statements of one merchant run behind the wall of {@link enforceRowSecurity}, which has to stand. Not when not given. */
  readonly rowSecurity?: boolean;
  /** Connections at most, and as many more for transactions where commits are pipelined; 6 when not given. */
  readonly poolSize?: number;
  /** How long one statement may take, in milliseconds; 10,000 when not given. */
  readonly statementTimeoutMs?: number;
  /** How long one statement may wait for others' locks, in milliseconds; 5,000 when not given. */
  readonly lockTimeoutMs?: number;
  /** How long to wait for a connection, in milliseconds; 5,000 when not given. */
  readonly connectTimeoutMs?: number;
}

/** Connections that are open, those of them without work, and statements that are behind another one. */
export interface ConnectionCounts {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
}

export type Transacted =
  /** Each statement's rows. */
  | { readonly kind: 'committed'; readonly rows: readonly (readonly Row[])[] }
  /** What `pg` says of the first statement that failed; -1 before the first of them, their number for the COMMIT itself. */
  | { readonly kind: 'failed'; readonly failedAt: number; readonly error: unknown };

/** How much longer than the server we wait for an answer, before a connection counts as lost. */
const ANSWER_GRACE_MS = 5_000;
/** How much longer than one statement the server lets a transaction take: before we give up, so that it tells that nothing happened. */
const TRANSACTION_GRACE_MS = 2_500;
const RETRIES_MAX = 30;
const RETRY_DELAY_MS_MAX = 40;
/** From so many retries on, the delay grows no more. */
const RETRIES_GROWING = 5;

/** Connections to PostgreSQL, and the rules by which statements are sent over them. */
export class Database {
  readonly #pool: pg.Pool;
  readonly #connections: SharedConnections;
  readonly #answerTimeoutMs: number;
  readonly #log: StorageLog;
  readonly #rowSecurity: boolean;
  readonly #retriesMax: number;
  readonly #together: (statement: FilledStatement) => Promise<readonly Row[]>;
  readonly #groups: Pick<Groups<never, never>, 'waiting'>[] = [];
  /** Connections that a transaction has for itself. */
  readonly #transactions: pg.Pool;
  /** How much was asked for and has no answer yet, and who waits for there to be nothing. */
  #unanswered = 0;
  #onAllAnswered: () => void = () => {};
  #closed: Promise<void> | null = null;

  constructor(settings: DatabaseAddress & DatabaseSettings) {
    const { statementTimeoutMs = 10_000, lockTimeoutMs = 5_000, connectTimeoutMs = 5_000, poolSize = 6 } = settings;
    this.#answerTimeoutMs = statementTimeoutMs + ANSWER_GRACE_MS;
    this.#log = settings.log;
    this.#rowSecurity = settings.rowSecurity ?? false;
    this.#retriesMax = settings.retriesMax ?? RETRIES_MAX;
    const session = sessionSettings({ isolation: 'read committed', ...settings, statementTimeoutMs, lockTimeoutMs });
    const options: pg.PoolConfig = {
      ...('connectionString' in settings
        ? { connectionString: settings.connectionString }
        : { ...settings.connection, ssl: false }),
      application_name: 'onfile',
      max: poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      pipeline: true,
      onConnect: (client) => client.query({ text: session, query_timeout: connectTimeoutMs } as pg.QueryConfig),
    };
    this.#pool = new pg.Pool(options);
    this.#connections = new SharedConnections(this.#pool);
    this.#together = this.gather(
      sharingTransactions({
        alone: (statement) => this.#sendAgainAndAgain(statement, null),
        together: (statements) => this.#on(({ client }) => runGrouped(client, statements, this.#answerTimeoutMs)),
        isLost: isConnectionLost,
      }),
    );
    this.#transactions = new pg.Pool(options);
    for (const pool of [this.#pool, this.#transactions]) {
      // An error without a listener ends the process, and a server that stops sends one to every connection.
      pool.on('error', (error) => this.#lost(error));
      pool.on('connect', (client) => client.on('error', () => {}));
    }
  }

  /** For what may happen twice without harm: sent again when the connection is lost. Throws a `StorageFault`. */
  async runRepeatable(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await this.send(statement, values);
    } catch (error) {
      if (error instanceof StorageFault || !isConnectionLost(error)) throw toStorageFault(error);
      return await this.run(statement, values);
    }
  }

  /** Sent again only when PostgreSQL has surely done nothing. Throws a `StorageFault`. */
  async run(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await this.send(statement, values);
    } catch (error) {
      throw toStorageFault(error);
    }
  }

  /**
   * As `run`, for callers who tell more cases apart: throws what `pg` throws, and a `StorageFault` only when nothing
   * was sent because there is no connection.
   */
  async send(
    statement: Statement,
    values: readonly unknown[],
    merchantId: string | null = merchantOf(statement, values),
  ): Promise<readonly Row[]> {
    return this.#counted(this.#sendAgainAndAgain({ name: statement.name, text: statement.text, values }, merchantId));
  }

  /**
   * As `send`, for a statement that may share a transaction with others like it while there are many: whatever it locks it may
   * hold for as long as they take, and it never waits for what another one of them may hold.
   */
  async sendTogether(statement: FilledStatement, merchantId: string): Promise<readonly Row[]> {
    // Of whom a connection is told is for a whole transaction; without a name a statement is known to no connection.
    const isAlone = this.#rowSecurity || statement.name === null;
    return isAlone ? this.#counted(this.#sendAgainAndAgain(statement, merchantId)) : this.#together(statement);
  }

  /** Asks this database questions in groups. Those that wait are counted with the statements that do. */
  gather<Q, A>(options: GroupsOptions<Q, A>): (question: Q) => Promise<A> {
    const groups = new Groups<Q, A>(options);
    this.#groups.push(groups);
    return (question) => this.#counted(groups.ask(question));
  }

  /**
   * Statements of one merchant, or of nobody, as one transaction: all of them, or none. They are sent without waiting for an
   * answer in between, so it is one round trip. Throws a `StorageFault` only when nothing was sent because there is no
   * connection.
   */
  transact(statements: readonly FilledStatement[], merchantId: string): Promise<Transacted> {
    return this.#counted(this.#transactAgainAndAgain(statements, merchantId));
  }

  async #transactAgainAndAgain(statements: readonly FilledStatement[], merchantId: string): Promise<Transacted> {
    for (let retries = 0; ; retries += 1) {
      const transacted = await this.#transactOnce(statements, merchantId);
      if (transacted.kind === 'committed' || !this.#sendsAgain(transacted.error, retries)) return transacted;
      await this.#backOff(transacted.error, retries);
    }
  }

  get connections(): ConnectionCounts {
    const pools = [this.#pool, this.#transactions];
    const sumOf = (count: 'totalCount' | 'idleCount' | 'waitingCount') =>
      pools.reduce((sum, pool) => sum + pool[count], 0);
    const gathered = this.#groups.reduce((sum, { waiting }) => sum + waiting, 0);
    const waiting = this.#connections.waiting + gathered + this.#transactions.waitingCount;
    return { open: sumOf('totalCount'), idle: sumOf('idleCount'), waiting };
  }

  /** Once everything that was asked for has its answer, and what is asked because of an answer has its own. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    while (this.#unanswered > 0) {
      await new Promise((resolve) => {
        this.#onAllAnswered = () => setImmediate(resolve);
      });
    }
    await Promise.all([this.#pool.end(), this.#transactions.end()]);
  }

  async #counted<T>(work: Promise<T>): Promise<T> {
    this.#unanswered += 1;
    try {
      return await work;
    } finally {
      this.#unanswered -= 1;
      if (this.#unanswered === 0) this.#onAllAnswered();
    }
  }

  async #sendAgainAndAgain(statement: FilledStatement, merchantId: string | null): Promise<readonly Row[]> {
    for (let retries = 0; ; retries += 1) {
      try {
        return await this.#sendOnce(statement, merchantId);
      } catch (error) {
        if (!this.#sendsAgain(error, retries)) throw error;
        await this.#backOff(error, retries);
      }
    }
  }

  #sendsAgain(error: unknown, retries: number): boolean {
    return isWorthRetrying(error) && retries < this.#retriesMax;
  }

  async #backOff(error: unknown, retries: number): Promise<void> {
    this.#log({ event: 'statement_retried', code: sqlStateOf(error) ?? '' });
    await delay(Math.random() * RETRY_DELAY_MS_MAX * Math.min(retries + 1, RETRIES_GROWING));
  }

  async #transactOnce(statements: readonly FilledStatement[], merchantId: string): Promise<Transacted> {
    const client = await this.#transactions.connect().catch((error: unknown) => {
      throw toStorageFault(error);
    });
    const scope = this.#rowSecurity ? [{ ...ENTER_SCOPE_AS_STATEMENT, values: [merchantId] }] : [];
    const before = [{ name: null, text: 'BEGIN', values: [] }, ...scope];
    const sent = [...before, ...statements, { name: null, text: 'COMMIT', values: [] }];
    const answers = await Promise.allSettled(sendInOneGo(client, sent, this.#answerTimeoutMs));
    // When a statement fails PostgreSQL refuses those behind it: the first failure tells why.
    const failedAt = answers.findIndex(({ status }) => status === 'rejected');
    const failed = answers[failedAt] as PromiseRejectedResult | undefined;
    const isBroken = answers.some((answer) => answer.status === 'rejected' && isConnectionEnded(answer.reason));
    if (isBroken) this.#lost(answers.find((answer) => answer.status === 'rejected')?.reason);
    client.release(isBroken);
    if (failed) return { kind: 'failed', failedAt: failedAt - before.length, error: failed.reason };

    const results = answers.map((answer) => (answer as PromiseFulfilledResult<pg.QueryResult<Row>>).value);
    if (results.at(-1)?.command !== 'COMMIT') throw new Error('PostgreSQL rolled a transaction back without an error');
    return { kind: 'committed', rows: results.slice(before.length, -1).map(({ rows }) => rows) };
  }

  #sendOnce(filled: FilledStatement, merchantId: string | null): Promise<readonly Row[]> {
    const timeoutMs = this.#answerTimeoutMs;
    return this.#on(async ({ client }) => {
      if (this.#rowSecurity && merchantId !== null) return await runScoped(client, filled, { merchantId, timeoutMs });
      const { rows } = await sendQuery(client, filled, timeoutMs);
      return rows;
    });
  }

  /** Throws what `pg` throws, and a `StorageFault` when there is no connection. */
  async #on<T>(work: (connection: OpenConnection) => Promise<T>): Promise<T> {
    const connection = await this.#take();
    let isBroken = false;
    try {
      return await work(connection);
    } catch (error) {
      isBroken = isConnectionEnded(error);
      if (isBroken) this.#lost(error);
      throw error;
    } finally {
      this.#connections.give(connection, { isBroken });
    }
  }

  async #take(): Promise<OpenConnection> {
    try {
      return (await this.#connections.take()) as OpenConnection;
    } catch (error) {
      throw toStorageFault(error);
    }
  }

  #lost(error: unknown): void {
    this.#log({ event: 'connection_lost', code: toStorageFault(error).code });
  }
}

type OpenConnection = SharedConnection & { readonly client: pg.PoolClient };

/** Everything is written to the connection before it is sent off, so that it goes out together. */
function sendInOneGo(
  client: pg.PoolClient,
  statements: readonly FilledStatement[],
  timeoutMs: number,
): readonly Promise<pg.QueryResult<Row>>[] {
  const socket = socketOf(client);
  socket.cork();
  try {
    return statements.map((filled) => sendQuery(client, filled, timeoutMs));
  } finally {
    socket.uncork();
  }
}

/**
 * Whatever the database's own defaults are: the isolation that is asked for, acknowledged means on disk, and, on one
 * server, one plan per statement, made for any values. A group of statements whose end the network swallowed is no idle
 * transaction: what ends it is its own timeout, or, before PostgreSQL 17, that nobody is there any more. Sent as statements, for
 * connection poolers refuse start-up parameters that they do not know.
 */
function sessionSettings({
  statementTimeoutMs,
  lockTimeoutMs,
  isolation,
  commitForm,
  rowSecurity = false,
}: Required<Pick<DatabaseSettings, 'statementTimeoutMs' | 'lockTimeoutMs' | 'isolation'>> & DatabaseSettings) {
  return `
    SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL ${isolation.toUpperCase()};
    SET statement_timeout = ${Math.trunc(statementTimeoutMs)};
    SET lock_timeout = ${Math.trunc(lockTimeoutMs)};
    SET idle_in_transaction_session_timeout = ${Math.trunc(statementTimeoutMs)};
    SELECT set_config('transaction_timeout', '${Math.trunc(statementTimeoutMs) + TRANSACTION_GRACE_MS}', false)
      WHERE current_setting('server_version_num')::integer >= 170000;
    SET tcp_keepalives_idle = 30;
    SET tcp_keepalives_interval = 5;
    SET tcp_keepalives_count = 3;
    SET plan_cache_mode = ${commitForm === 'pipelined' ? 'auto' : 'force_generic_plan'};
    SET jit = off;
    SET timezone = 'UTC';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
    ${rowSecurity ? PREPARE_SCOPE : ''}`;
}
