import { untilInterrupted } from '../interruption.js';
import { createOutput, EXIT_CODES, type Output } from '../output.js';
import { type Listed, type OperatorApi, openOperatorApi } from './operator-api.js';
import { findPlace, type Place, type PlaceOptions } from './place.js';

export interface ApiOptions extends PlaceOptions {
  readonly json?: boolean;
}

export interface ApiWork {
  readonly api: OperatorApi;
  readonly place: Place;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** A command that is done when its questions to the operator API are answered. */
export function withApi(options: ApiOptions, work: (work: ApiWork) => Promise<void>): Promise<number> {
  return untilInterrupted(async (signal) => {
    const place = await findPlace(options);
    const output = createOutput({ json: options.json ?? false });
    await work({ api: openOperatorApi(place, signal), place, output, signal });
    return EXIT_CODES.done;
  });
}

const PAGE_SIZE = 100;

/** The first so many of a list, asked for page by page. */
export async function* listAll<T>(
  api: OperatorApi,
  path: string,
  { limit, ...query }: { readonly limit: number; readonly [parameter: string]: string | number | undefined },
): AsyncGenerator<T> {
  let cursor: string | undefined = query.cursor === undefined ? undefined : String(query.cursor);
  for (let left = limit; left > 0; ) {
    const page: Listed<T> = await api.get(path, { query: { ...query, cursor, limit: Math.min(left, PAGE_SIZE) } });
    yield* page.data;
    left -= page.data.length;
    if (page.next_cursor === null || page.data.length === 0) return;
    cursor = page.next_cursor;
  }
}
