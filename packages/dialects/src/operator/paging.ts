import { done, type List, type Outcome, type PageRequest, type Uuid } from '@onfile/core';
import type { TSchema } from 'typebox';
import Type from 'typebox';
import { answerObject, Id, nullable, Text } from './fields.js';

const LIMIT_DEFAULT = 20;
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: LIMIT_DEFAULT }));

/** Of lists that show the newest first: the cursor is the id of the last one that was seen. */
export const PAGE = { cursor: Type.Optional(Id), limit: Limit };
export const LIMIT = { limit: Limit };

export interface PageQuery {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export function limitOf({ limit }: PageQuery): number {
  return limit ?? LIMIT_DEFAULT;
}

export function pageRequest(query: PageQuery): PageRequest {
  return { limit: limitOf(query), startingAfter: (query.cursor ?? null) as Uuid | null, endingBefore: null };
}

export function listOf<T extends TSchema>(item: T) {
  return answerObject({ data: Type.Array(item), next_cursor: nullable(Text) });
}

interface Rendered<R> {
  readonly data: R[];
  readonly next_cursor: string | null;
}

export function renderList<T extends { readonly id: Uuid }, R>(
  listed: Outcome<List<T>>,
  render: (item: T) => R,
): Outcome<Rendered<R>> {
  if (listed.kind === 'refused') return listed;
  const { items, hasMore } = listed.value;
  return done({ data: items.map(render), next_cursor: hasMore ? (items.at(-1)?.id ?? null) : null });
}

/** A page of a list that is short enough to be read whole; newest first. */
export function pageOf<T extends { readonly id: Uuid }>(items: readonly T[], query: PageQuery): Outcome<List<T>> {
  const { cursor } = query;
  const rest = cursor === undefined ? items : items.filter(({ id }) => id < cursor);
  const limit = limitOf(query);
  return done({ items: rest.slice(0, limit), hasMore: rest.length > limit });
}
