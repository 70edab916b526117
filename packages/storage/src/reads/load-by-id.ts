import type { Scope, Uuid } from '@onfile/core';
import type { Database } from '../database.js';
import type { Row } from '../fields.js';
import type { Member } from '../groups.js';
import type { Statement } from '../statement.js';

/** `null` where the scope has no such object. Rejects with a `StorageFault`. */
export type LoadById<T> = (scope: Scope, id: Uuid) => Promise<T | null>;

const IDS_MAX = 64;

interface Asked {
  readonly scope: Scope;
  readonly id: Uuid;
}

type Asking = Member<Asked, Row | null>;

/**
 * Loads objects one by one for whoever asks, and with one statement for all that ask at once: several rows cost PostgreSQL and `pg`
 * little more than one. `query` answers the rows of the merchant `$1`, live or not by `$2`, whose ids are in `$3`, each with its `id`.
 */
export function loadById<T>(database: Database, query: Statement, read: (row: Row) => T): LoadById<T> {
  const ask = database.gather<Asked, Row | null>({ sizeMax: IDS_MAX, send });
  return async (scope, id) => {
    const row = await ask({ scope, id });
    return row && read(row);
  };

  async function send(members: readonly Asking[]): Promise<void> {
    await Promise.all(byScope(members).map(loadThese));
  }

  async function loadThese(members: readonly [Asking, ...Asking[]]): Promise<void> {
    const { merchantId, mode } = members[0].question.scope;
    try {
      const ids = members.map(({ question }) => question.id);
      const rows = await database.runRepeatable(query, [merchantId, mode === 'live', ids]);
      const found = new Map(rows.map((row) => [row.id, row]));
      for (const { question, resolve } of members) resolve(found.get(question.id) ?? null);
    } catch (error) {
      for (const { reject } of members) reject(error);
    }
  }
}

function byScope(members: readonly Asking[]): readonly (readonly [Asking, ...Asking[]])[] {
  const scopes = new Map<string, [Asking, ...Asking[]]>();
  for (const member of members) {
    const { merchantId, mode } = member.question.scope;
    const name = `${merchantId} ${mode}`;
    const same = scopes.get(name);
    if (same) same.push(member);
    else scopes.set(name, [member]);
  }
  return [...scopes.values()];
}
