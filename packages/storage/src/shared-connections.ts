import type pg from 'pg';
import { socketOf } from './socket-of.js';

/**
 * Connections that statements share. While there is room each statement has one for itself; from then on it is sent at once
 * behind those that are under way on the one with the fewest, and its answer comes after theirs. No statement may open a
 * transaction: its neighbours would be in it.
 */
export class SharedConnections {
  readonly #pool: pg.Pool;
  readonly #open: SharedConnection[] = [];

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Rejects with what `pg` says when there is no connection to be had. Whoever takes gives back. */
  async take(): Promise<SharedConnection> {
    const connection = this.#leastBusy() ?? this.#connect();
    connection.underWay += 1;
    try {
      await connection.connecting;
      gather(connection);
      return connection;
    } catch (error) {
      this.#forget(connection);
      throw error;
    }
  }

  /** `isBroken`: nobody gets it any more; what is under way on it fails by itself. */
  give(connection: SharedConnection, { isBroken }: { readonly isBroken: boolean }): void {
    connection.underWay -= 1;
    if (isBroken || connection.underWay === 0) {
      if (this.#forget(connection)) connection.client?.release(isBroken);
    }
  }

  /** Statements that are behind another one. */
  get waiting(): number {
    return this.#open.reduce((sum, { underWay }) => sum + Math.max(0, underWay - 1), 0);
  }

  /** `null` while another may be opened. */
  #leastBusy(): SharedConnection | null {
    if (this.#open.length < this.#pool.options.max) return null;
    return this.#open.reduce((least, each) => (each.underWay < least.underWay ? each : least));
  }

  #connect(): SharedConnection {
    const connection: SharedConnection = {
      isGathering: false,
      underWay: 0,
      client: null,
      connecting: this.#pool.connect().then((client) => {
        connection.client = client;
      }),
    };
    this.#open.push(connection);
    return connection;
  }

  #forget(connection: SharedConnection): boolean {
    const at = this.#open.indexOf(connection);
    if (at >= 0) this.#open.splice(at, 1);
    return at >= 0;
  }
}

/**
 * Statements that follow from one thing that happened leave together: a call of the system costs more than a statement. Those
 * of a whole turn of the event loop would let PostgreSQL wait for requests that have not been read yet.
 */
function gather(connection: SharedConnection): void {
  if (connection.isGathering) return;
  const socket = socketOf(connection.client as pg.PoolClient);
  connection.isGathering = true;
  socket.cork();
  process.nextTick(() => {
    connection.isGathering = false;
    socket.uncork();
  });
}

export interface SharedConnection {
  isGathering: boolean;
  underWay: number;
  client: pg.PoolClient | null;
  readonly connecting: Promise<void>;
}
