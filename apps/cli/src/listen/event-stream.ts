import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing, type Listed, type OperatorApi } from '../api/operator-api.js';
import { CommandFault, EXIT_CODES } from '../output.js';
import type { Position } from './listener-file.js';

/** An event of the operator API, with the text that a webhook of the chosen dialect would carry. */
export interface StreamedEvent {
  readonly id: string;
  readonly type: string;
  readonly object: { readonly kind: string; readonly id: string };
  readonly occurred_at: string;
  /** `null` when the dialect does not announce such an event. */
  readonly body: string | null;
}

export interface EventPage {
  readonly events: readonly StreamedEvent[];
  /** Where the next page begins. */
  readonly cursor: string;
}

export interface EventStream {
  /** Throws, with those that there are, when one of these names stands for no event; waits for a server that is away. */
  requireNames(events: readonly string[]): Promise<void>;
  /** What comes after a position; waits some time for something to come, and for a server that is away. */
  pageAfter(position: Position): Promise<EventPage>;
  /** After everything that is there now. */
  latest(): Promise<Position>;
  /** Right before an event. */
  before(eventId: string): Promise<Position>;
  /** One event again. */
  event(id: string): Promise<StreamedEvent>;
}

export interface StreamOptions {
  readonly dialect: string;
  readonly signal: AbortSignal;
  /** Told once when the server goes away, and once when it is back. */
  readonly onConnection: (isThere: boolean, reason: string) => void;
}

const PAGE_SIZE = 100;
const WAIT_MS = 25_000;
const AWAY_DELAYS_MS = [250, 500, 1_000, 2_000];
const AWAY_DELAY_MS_MAX = 5_000;
/** Events are listed in the order in which they were committed, which is not quite that of their moments. */
const DISORDER_MS = 10 * 60_000;

/** Follows the events of one merchant. A restart of the server or a lost network is waited for, a refusal is thrown. */
export function openEventStream(api: OperatorApi, options: StreamOptions): EventStream {
  const { dialect } = options;
  const read = (query: Readonly<Record<string, string | number | undefined>>) =>
    api.get<Listed<StreamedEvent>>('/events', { query: { body: dialect, ...query }, timeoutMs: WAIT_MS + 15_000 });

  return {
    async requireNames(events) {
      await patiently(() => read({ type: events.join(','), cursor: 'latest', limit: 1 }), options);
    },
    async pageAfter(position) {
      const query = { limit: PAGE_SIZE, ...queryOf(position) };
      return asPage(await patiently((waitMs) => read({ ...query, wait_ms: waitMs }), options));
    },
    async latest() {
      const { next_cursor: cursor } = await read({ cursor: 'latest', limit: 1 });
      return { cursor, since: null, dealtWith: [] };
    },
    async before(eventId) {
      const { id, occurred_at } = await api.get<StreamedEvent>(`/events/${encodeURIComponent(eventId)}`);
      const since = new Date(Date.parse(occurred_at) - DISORDER_MS).toISOString();
      let position: Position = { cursor: null, since, dealtWith: [] };
      for (;;) {
        const page = asPage(await read({ limit: PAGE_SIZE, ...queryOf(position) }));
        const index = page.events.findIndex((event) => event.id === id);
        if (index >= 0) return { ...position, dealtWith: page.events.slice(0, index).map((event) => event.id) };
        if (page.events.length === 0) throw new CommandFault(`There is no event ${eventId}`, EXIT_CODES.refused);
        position = { cursor: page.cursor, since: null, dealtWith: [] };
      }
    },
    event: (id) => api.get<StreamedEvent>(`/events/${encodeURIComponent(id)}`, { query: { body: dialect } }),
  };
}

function queryOf({ cursor, since }: Position): Record<string, string> {
  if (cursor !== null) return { cursor };
  return since === null ? {} : { since };
}

function asPage({ data, next_cursor }: Listed<StreamedEvent>): EventPage {
  if (next_cursor === null) throw new Error('The server gave no cursor for what comes after these events.');
  return { events: data, cursor: next_cursor };
}

/** Asks until there is an answer; only what would be refused another time, too, ends it. */
async function patiently<T>(
  question: (waitMs: number) => Promise<T>,
  { signal, onConnection }: StreamOptions,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      // A server that is back says so at once, and not when something happens.
      const answer = await question(tries === 0 ? WAIT_MS : 0);
      if (tries > 0) onConnection(true, '');
      return answer;
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      if (tries === 0) onConnection(false, error.message);
      await sleep(AWAY_DELAYS_MS[tries] ?? AWAY_DELAY_MS_MAX, undefined, { signal });
    }
  }
}
