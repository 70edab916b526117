import { ApiRefusal, type OperatorApi } from '../api/operator-api.js';
import { type ApiOptions, listAll, withApi } from '../api/with-api.js';
import { chosen } from '../asking.js';
import { CommandFault, EXIT_CODES, type Output } from '../output.js';
import { parseUuid } from '../parse-uuid.js';
import { type Progress, startProgress } from '../progress.js';

export interface ReplayOptions extends ApiOptions {
  readonly endpoint?: string;
  readonly since?: string;
  readonly until?: string;
  readonly state?: readonly string[];
}

/** Has events delivered again: those that are named, or an endpoint's from a moment on. */
export function replay(eventIds: readonly string[], options: ReplayOptions): Promise<number> {
  const { endpoint, since } = options;
  if ((eventIds.length === 0) === (since === undefined)) {
    throw new CommandFault(
      'Say which events to replay, or --since with --endpoint. See: onfile replay --help',
      EXIT_CODES.misused,
    );
  }
  const endpointId = endpoint === undefined ? null : parseUuid(endpoint, 'endpoint id');
  const range = since === undefined ? null : readRange(since, options.until);
  return withApi(options, async ({ api, output, signal }) => {
    const progress = await startProgress(output);
    let count: number;
    try {
      count =
        range === null
          ? await replayEvents(api, { eventIds, endpointId, progress })
          : await replayRange(api, {
              ...range,
              endpointId: endpointId ?? (await chooseEndpoint(api, output)),
              states: options.state ?? null,
              progress,
              signal,
            });
    } finally {
      progress.end();
    }
    if (count === 0) throw new CommandFault('No endpoint wants such an event, or there is none.', EXIT_CODES.refused);
    output.result({ replayed: count }, `${count} ${count === 1 ? 'delivery is' : 'deliveries are'} made again.`);
  });
}

interface Range {
  readonly since: number;
  readonly until: number;
}

function readRange(since: string, until: string | undefined): Range {
  return { since: readTime('--since', since), until: until === undefined ? Date.now() : readTime('--until', until) };
}

function readTime(option: string, text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new CommandFault(`${option} has to be a moment such as 2026-01-31T09:00:00Z`, EXIT_CODES.misused);
}

async function replayEvents(
  api: OperatorApi,
  { eventIds, endpointId, progress }: { eventIds: readonly string[]; endpointId: string | null; progress: Progress },
): Promise<number> {
  let count = 0;
  for (const [index, id] of eventIds.entries()) {
    count += await replayEvent(api, id, endpointId);
    progress.at((index + 1) / eventIds.length, `${count} deliveries`);
  }
  return count;
}

async function replayEvent(api: OperatorApi, id: string, endpointId: string | null): Promise<number> {
  const body = endpointId === null ? {} : { endpoint_id: endpointId };
  try {
    const path = `/events/${encodeURIComponent(id)}/replay`;
    return (await api.send<{ readonly replayed: number }>('POST', path, body)).replayed;
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== 404) throw error;
    throw new CommandFault(`There is no event ${id}, or no such endpoint.`, EXIT_CODES.refused);
  }
}

const HOUR_MS = 3_600_000;
const PIECES_MAX = 50;

/** Piece by piece, oldest first, so that it can be seen how far it is; what was made before Ctrl-C stays made. */
async function replayRange(
  api: OperatorApi,
  range: Range & {
    readonly endpointId: string;
    readonly states: readonly string[] | null;
    readonly progress: Progress;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const { since, until, endpointId, states, progress } = range;
  const pieces = Math.min(PIECES_MAX, Math.max(1, Math.ceil((until - since) / HOUR_MS)));
  const borders = Array.from({ length: pieces + 1 }, (_, index) => since + ((until - since) * index) / pieces);
  let count = 0;
  for (let piece = 0; piece < pieces; piece += 1) {
    const from = new Date(Math.round(borders[piece] ?? since)).toISOString();
    const to = new Date(Math.round(borders[piece + 1] ?? until)).toISOString();
    let cursor: string | null = null;
    do {
      const answer: { readonly replayed: number; readonly next_cursor: string | null } = await api.send(
        'POST',
        '/replays',
        {
          endpoint_id: endpointId,
          since: from,
          until: to,
          ...(states === null ? {} : { states }),
          ...(cursor === null ? {} : { cursor }),
        },
      );
      count += answer.replayed;
      cursor = answer.next_cursor;
      progress.at((piece + (cursor === null ? 1 : 0.5)) / pieces, `${count} deliveries`);
    } while (cursor !== null);
  }
  return count;
}

const ENDPOINTS_MAX = 100;

/** Somebody at a terminal can choose; elsewhere it has to be said. */
async function chooseEndpoint(api: OperatorApi, output: Output): Promise<string> {
  const endpoints: { id: string; url: string }[] = [];
  for await (const endpoint of listAll<{ id: string; url: string }>(api, '/webhook_endpoints', {
    limit: ENDPOINTS_MAX,
  })) {
    endpoints.push(endpoint);
  }
  const id = await chosen('To which endpoint?', {
    choices: endpoints.map(({ id: value, url }) => ({ value, label: url })),
    output,
  });
  if (id !== null) return id;
  throw new CommandFault('Say to which endpoint: --endpoint together with --since', EXIT_CODES.misused);
}
