import { setTimeout as delay } from 'node:timers/promises';
import { StorageFault } from '@onfile/core';
import pg from 'pg';
import { isConnectionLost, isWorthRetrying, sqlStateOf, toStorageFault } from './faults.js';
import type { Row } from './fields.js';
import { merchantOf, PREPARE_SCOPE } from './row-security.js';
import { runScoped } from './scoped-query.js';
import { type SharedConnection, SharedConnections } from './shared-connections.js';
import type { Statement } from './statement.js';

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

export interface DatabaseSettings {
  readonly log: StorageLog;
  /** Statements of one merchant run behind the wall of {@link enforceRowSecurity}, which has to stand. Not when not given. */
  readonly rowSecurity?: boolean;
  /** Connections at most; 10 when not given. */
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

/** How much longer than the server we wait for an answer, before a connection counts as lost. */
const ANSWER_GRACE_MS = 5_000;
const RETRIES_MAX = 3;
const RETRY_DELAY_MS_MAX = 40;

/** Connections to PostgreSQL, and the rules by which statements are sent over them. */
export class Database {
  readonly #pool: pg.Pool;
  readonly #connections: SharedConnections;
  readonly #answerTimeoutMs: number;
  readonly #log: StorageLog;
  readonly #rowSecurity: boolean;

  constructor(settings: DatabaseAddress & DatabaseSettings) {
    const { statementTimeoutMs = 10_000, lockTimeoutMs = 5_000, connectTimeoutMs = 5_000, poolSize = 6 } = settings;
    this.#answerTimeoutMs = statementTimeoutMs + ANSWER_GRACE_MS;
    this.#log = settings.log;
    this.#rowSecurity = settings.rowSecurity ?? false;
    const limits = { statementTimeoutMs, lockTimeoutMs };
    this.#pool = new pg.Pool({
      ...('connectionString' in settings
        ? { connectionString: settings.connectionString }
        : { ...settings.connection, ssl: false }),
      application_name: 'onfile',
      max: poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      pipeline: true,
      onConnect: (client) => client.query(sessionSettings({ ...limits, rowSecurity: this.#rowSecurity })),
    });
    this.#connections = new SharedConnections(this.#pool);
    // An error without a listener ends the process, and a server that stops sends one to every connection.
    this.#pool.on('error', (error) => this.#lost(error));
    this.#pool.on('connect', (client) => client.on('error', () => {}));
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
    for (let retries = 0; ; retries += 1) {
      try {
        return await this.#sendOnce(statement, values, merchantId);
      } catch (error) {
        if (!isWorthRetrying(error) || retries === RETRIES_MAX) throw error;
        this.#log({ event: 'statement_retried', code: sqlStateOf(error) ?? '' });
        await delay(Math.random() * RETRY_DELAY_MS_MAX * (retries + 1));
      }
    }
  }

  get connections(): ConnectionCounts {
    const { totalCount, idleCount } = this.#pool;
    return { open: totalCount, idle: idleCount, waiting: this.#connections.waiting };
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  async #sendOnce(
    { name, text }: Statement,
    values: readonly unknown[],
    merchantId: string | null,
  ): Promise<readonly Row[]> {
    const connection = await this.#take();
    let isBroken = false;
    try {
      const query = { text, values: values as unknown[], query_timeout: this.#answerTimeoutMs };
      const named = name === null ? query : { ...query, name };
      if (this.#rowSecurity && merchantId !== null) return await runScoped(connection.client, named, merchantId);
      const { rows } = await connection.client.query<Row>(named);
      return rows;
    } catch (error) {
      isBroken = isConnectionLost(error);
      if (isBroken) this.#lost(error);
      throw error;
    } finally {
      this.#connections.give(connection, { isBroken });
    }
  }

  async #take(): Promise<SharedConnection & { readonly client: pg.PoolClient }> {
    try {
      return (await this.#connections.take()) as SharedConnection & { readonly client: pg.PoolClient };
    } catch (error) {
      throw toStorageFault(error);
    }
  }

  #lost(error: unknown): void {
    this.#log({ event: 'connection_lost', code: toStorageFault(error).code });
  }
}

/**
 * Whatever the database's own defaults are: READ COMMITTED, acknowledged means on disk, and one plan per statement, made
 * for any values. Sent as statements, for connection poolers refuse start-up parameters that they do not know.
 */
function sessionSettings({
  statementTimeoutMs,
  lockTimeoutMs,
  rowSecurity,
}: {
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  rowSecurity: boolean;
}) {
  return `
    SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET statement_timeout = ${Math.trunc(statementTimeoutMs)};
    SET lock_timeout = ${Math.trunc(lockTimeoutMs)};
    SET idle_in_transaction_session_timeout = ${Math.trunc(statementTimeoutMs)};
    SET plan_cache_mode = force_generic_plan;
    SET jit = off;
    SET timezone = 'UTC';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
    ${rowSecurity ? PREPARE_SCOPE : ''}`;
}
