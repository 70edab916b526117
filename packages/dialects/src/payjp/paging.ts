import { type List, type Outcome, type PageRequest, refuse, type Uuid } from '@onfile/core';
import type { Fields } from './fields.js';

const LIMIT_DEFAULT = 10;
const LIMIT_MAX = 100;

/** A page as it was asked for, its cursor not yet known to be an id. */
export interface PageQuery {
  readonly limit: number;
  readonly cursor: { readonly parameter: 'starting_after' | 'ending_before'; readonly id: string } | null;
}

/** `limit`, `starting_after` and `ending_before`. Both cursors at once are refused: our choice, PAY.JP publishes nothing. */
export function parsePageQuery(query: Fields): PageQuery {
  const limit = parseLimit(query);
  const after = query.text('starting_after', { lengthMax: 255 });
  const before = query.text('ending_before', { lengthMax: 255 });
  if (after !== undefined && before !== undefined) {
    query.report('ending_before', 'not_allowed', 'Cannot be given together with starting_after.');
  }
  if (after !== undefined) return { limit, cursor: { parameter: 'starting_after', id: after } };
  if (before !== undefined) return { limit, cursor: { parameter: 'ending_before', id: before } };
  return { limit, cursor: null };
}

/** Asks for the page, with the cursor's id in the domain's form. */
export async function listPage<T>(
  { limit, cursor }: PageQuery,
  findCursor: (id: string) => Promise<Uuid | null> | Uuid | null,
  list: (page: PageRequest) => Promise<Outcome<List<T>>>,
): Promise<Outcome<List<T>>> {
  if (cursor === null) return list({ limit, startingAfter: null, endingBefore: null });

  const id = await findCursor(cursor.id);
  if (id === null) return refuse('cursor_not_found', cursor);
  return cursor.parameter === 'starting_after'
    ? list({ limit, startingAfter: id, endingBefore: null })
    : list({ limit, startingAfter: null, endingBefore: id });
}

/** The envelope of every list. `url` is the list's path. */
export function renderList<T>({ items, hasMore }: List<T>, url: string, renderItem: (item: T) => unknown) {
  return { object: 'list', url, has_more: hasMore, data: items.map(renderItem) };
}

function parseLimit(query: Fields): number {
  const text = query.text('limit', { lengthMax: 255 });
  if (text === undefined) return LIMIT_DEFAULT;

  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LIMIT_MAX) query.report('limit', 'out_of_range', `Must be from 1 to ${LIMIT_MAX}.`);
  return limit;
}
