import type { Row } from './fields.js';
import type { FilledStatement } from './statement.js';

/** Groups under way at once: while one waits for the disk another is carried out. More would be smaller, and spend more. */
const GROUPS_MAX = 2;
const STATEMENTS_MAX = 32;

export interface SharedTransactionsOptions {
  /** Runs a statement in a transaction of its own. Rejects with what `pg` says. */
  alone(statement: FilledStatement): Promise<readonly Row[]>;
  /** All of them or none, in one transaction. Rejects with what `pg` says. */
  together(statements: readonly FilledStatement[]): Promise<readonly (readonly Row[])[]>;
  /** Whether nobody can tell from this error alone that nothing took effect. */
  isLost(error: unknown): boolean;
}

/**
 * Statements that share a transaction while there are many of them, since what PostgreSQL spends on a transaction and its write to the
 * disk is a good part of what it spends on the statement. Nobody waits for company: a statement leaves at once while few are
 * under way, and those that come meanwhile leave together when one of these is done.
 */
export class SharedTransactions {
  readonly #options: SharedTransactionsOptions;
  readonly #waiting: Member[] = [];
  #underWay = 0;

  constructor(options: SharedTransactionsOptions) {
    this.#options = options;
  }

  /** Rejects with what `pg` says of this statement, whatever becomes of its neighbours. */
  run(statement: FilledStatement): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statement, resolve, reject });
      this.#sendWaiting();
    });
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  #sendWaiting(): void {
    while (this.#underWay < GROUPS_MAX && this.#waiting.length > 0) {
      this.#underWay += 1;
      void this.#send(this.#waiting.splice(0, STATEMENTS_MAX)).finally(() => {
        this.#underWay -= 1;
        this.#sendWaiting();
      });
    }
  }

  async #send(members: readonly Member[]): Promise<void> {
    const [only] = members;
    if (only && members.length === 1) return this.#sendAlone(only);
    try {
      const rows = await this.#options.together(members.map(({ statement }) => statement));
      for (const [index, { resolve }] of members.entries()) resolve(rows[index] ?? []);
    } catch (error) {
      // It may be one member's own fault, or that two of them cannot both be: nothing of it happened, and each is asked by itself.
      if (!this.#options.isLost(error)) await Promise.all(members.map((member) => this.#sendAlone(member)));
      else for (const { reject } of members) reject(error);
    }
  }

  async #sendAlone({ statement, resolve, reject }: Member): Promise<void> {
    await this.#options.alone(statement).then(resolve, reject);
  }
}

interface Member {
  readonly statement: FilledStatement;
  resolve(rows: readonly Row[]): void;
  reject(error: unknown): void;
}
