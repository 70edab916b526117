import type { Row } from './fields.js';
import type { GroupsOptions, Member } from './groups.js';
import type { FilledStatement } from './statement.js';

const STATEMENTS_MAX = 32;

export interface SharedTransactionsOptions {
  /** Runs a statement in a transaction of its own. Rejects with what `pg` says. */
  alone(statement: FilledStatement): Promise<readonly Row[]>;
  /** All of them or none, in one transaction. Rejects with what `pg` says. */
  together(statements: readonly FilledStatement[]): Promise<readonly (readonly Row[])[]>;
  /** Whether nobody can tell from this error alone that nothing took effect. */
  isLost(error: unknown): boolean;
}

type Asking = Member<FilledStatement, readonly Row[]>;

/**
 * Statements that share a transaction while there are many of them, since what PostgreSQL spends on a transaction and its write to the
 * disk is a good part of what it spends on the statement. Each is answered what `pg` says of it, whatever becomes of its neighbours.
 */
export function sharingTransactions(
  options: SharedTransactionsOptions,
): GroupsOptions<FilledStatement, readonly Row[]> {
  return { sizeMax: STATEMENTS_MAX, send };

  async function send(members: readonly Asking[]): Promise<void> {
    const [only] = members;
    if (only && members.length === 1) return sendAlone(only);
    try {
      const rows = await options.together(members.map(({ question }) => question));
      for (const [index, { resolve }] of members.entries()) resolve(rows[index] ?? []);
    } catch (error) {
      // It may be one member's own fault, or one waits for a lock, or two cannot both be: nothing happened, and each is asked by itself.
      if (!options.isLost(error)) await Promise.all(members.map(sendAlone));
      else for (const { reject } of members) reject(error);
    }
  }

  async function sendAlone({ question, resolve, reject }: Asking): Promise<void> {
    await options.alone(question).then(resolve, reject);
  }
}
