import type { Commit } from '@onfile/core';
import { announcedTable, type ChangeOf } from './fragments.js';
import type { Parameters } from './parameters.js';

/** Rows of a query, named by an alias; `where` picks them, `true` for all. */
export interface Source {
  readonly from: string;
  readonly where: string;
}

/** The event of an object that was inserted or updated. `source` is its row as `c`, after the change. */
export function eventSql(
  change: ChangeOf<'insert' | 'update'>,
  index: number,
  { source, parameters }: { readonly source: Source; readonly parameters: Parameters },
): string {
  const event = (commit: Commit) => (commit.changes[index] as ChangeOf<'insert' | 'update'>).event;
  const id = parameters.add((commit) => event(commit).id);
  const type = parameters.add((commit) => event(commit).type);
  return `INSERT INTO events (merchant_id, livemode, id, type, object_type, object_id, sequence, data, created_at)
    SELECT c.merchant_id, c.livemode, ${id}, ${type}, '${change.objectType}', c.id, c.version, to_jsonb(c), ${parameters.at}
    FROM ${source.from} AS c
    WHERE ${source.where}
    RETURNING data, id, type, object_id, sequence`;
}

/** The row of an object in its table, for {@link eventSql}. */
export function rowAfterChange(change: ChangeOf<'insert' | 'update'>, index: number, parameters: Parameters): Source {
  const changed = (commit: Commit) => commit.changes[index] as ChangeOf<'insert' | 'update'>;
  const id = parameters.share(`id ${index}`, (commit) => {
    const { kind, ...rest } = changed(commit);
    return kind === 'insert' ? (rest as ChangeOf<'insert'>).object.id : (rest as ChangeOf<'update'>).id;
  });
  const { merchantId, livemode } = parameters;
  return {
    from: announcedTable(change).name,
    where: `c.merchant_id = ${merchantId} AND c.livemode = ${livemode} AND c.id = ${id}`,
  };
}

/**
 * A delivery of each event to each enabled endpoint that wants its type. Where a merchant has no endpoint this is one look
 * into an index.
 */
export function deliveriesSql({ from, where }: Source, { at, merchantId, livemode }: Parameters): string {
  return `INSERT INTO deliveries (merchant_id, livemode, event_id, endpoint_id, object_id, sequence, state, attempts,
      claim, scheduled_at, due_at, created_at)
    SELECT w.merchant_id, w.livemode, e.id, w.id, e.object_id, e.sequence, 'pending', 0, 0, ${at}, ${at}, ${at}
    FROM webhook_endpoints AS w
    JOIN ${from} AS e ON e.type = ANY (w.event_types)
    WHERE w.merchant_id = ${merchantId} AND w.livemode = ${livemode} AND w.state = 'enabled' AND ${where}`;
}

/** Where a commit makes events. */
export function announcing({ changes }: Commit): readonly number[] {
  return [...changes.entries()]
    .filter(([, { kind }]) => kind === 'insert' || kind === 'update')
    .map(([index]) => index);
}
