import type { Page, PageRequest, Scope } from '@onfile/core';
import type { Database } from '../database.js';
import type { Row } from '../fields.js';
import { type Statement, statement } from '../statement.js';

/** A list of one table's rows in one scope, newest first: ids sort by the moment they were made. */
export interface List<T> {
  readonly table: { readonly name: string; read(row: Row): T };
  /** Rows that anybody may ever see; all when not given. */
  readonly visible?: string;
  /** What the caller narrows the list by, each with one parameter: the first has `$4`. */
  readonly filters?: readonly string[];
  /** Rows to choose the page from, where a filter leaves few and the order of ids is the wrong way to find them. */
  readonly source?: string;
}

/**
 * One page, and whether there is more in its direction, in one round trip. A cursor has to be visible; it need not fit
 * the filters, so that who pages through a customer's methods and detaches each on the way does not lose their place.
 */
export async function loadPage<T>(
  database: Database,
  list: List<T>,
  { scope, page, filterValues = [] }: { scope: Scope; page: PageRequest; filterValues?: readonly unknown[] },
): Promise<Page<T>> {
  const cursor = page.startingAfter ?? page.endingBefore;
  const values = [scope.merchantId, scope.mode === 'live', page.limit + 1, ...filterValues];
  if (cursor !== null) values.push(cursor);
  const [row] = await database.runRepeatable(statementOf(list, directionOf(page)), values);
  if (cursor !== null && !row?.has_cursor) return { kind: 'cursor_not_found' };

  const found = ((row?.objects ?? []) as readonly Row[]).map((object) => list.table.read(object));
  const hasMore = found.length > page.limit;
  // The surplus one is the farthest from the cursor: the oldest, or going towards newer ones the newest.
  const items = page.endingBefore === null ? found.slice(0, page.limit) : found.slice(hasMore ? 1 : 0);
  return { kind: 'page', items, hasMore };
}

type Direction = 'first' | 'older' | 'newer';

function directionOf({ startingAfter, endingBefore }: PageRequest): Direction {
  if (startingAfter !== null) return 'older';
  return endingBefore === null ? 'first' : 'newer';
}

const statements = new Map<string, Statement>();

function statementOf(list: List<unknown>, direction: Direction): Statement {
  const { table, visible = 'true', filters = [], source = table.name } = list;
  const key = [direction, source, ...filters].join(' ');
  const known = statements.get(key);
  if (known) return known;

  const composed = statement(compose({ name: table.name, source, visible, filters }, direction));
  statements.set(key, composed);
  return composed;
}

function compose(
  { name, source, visible, filters }: { name: string; source: string; visible: string; filters: readonly string[] },
  direction: Direction,
): string {
  const cursor = `$${4 + filters.length}`;
  const beyond = { first: [], older: [`id < ${cursor}`], newer: [`id > ${cursor}`] }[direction];
  const conditions = ['merchant_id = $1', 'livemode = $2', visible, ...filters, ...beyond];
  const hasCursor = `EXISTS (
    SELECT FROM ${name} WHERE merchant_id = $1 AND livemode = $2 AND id = ${cursor} AND ${visible}
  )`;
  return `SELECT
  ${direction === 'first' ? 'true' : hasCursor} AS has_cursor,
  (SELECT json_agg(object ORDER BY id DESC) FROM (
    SELECT id, row_to_json(t) AS object FROM ${source} AS t
    WHERE ${conditions.join(' AND ')}
    ORDER BY id ${direction === 'newer' ? 'ASC' : 'DESC'}
    LIMIT $3
  ) AS page) AS objects`;
}
