import type { OperatorApi } from '../api/operator-api.js';
import { type ApiOptions, listAll, withApi } from '../api/with-api.js';
import type { Output } from '../output.js';
import { parseCount } from '../parse-count.js';
import { parseUuid } from '../parse-uuid.js';
import { allEndpoints } from './endpoints.js';

interface Delivery {
  readonly endpoint_id: string;
  readonly event: {
    readonly id: string;
    /** As dialects with ids of their own write it. */
    readonly dialect_ids: Readonly<Record<string, string | null>>;
    readonly type: string;
  };
  readonly state: 'pending' | 'accepted' | 'dead';
  readonly attempts_made: number;
  readonly due_at: string;
  readonly last_attempt: {
    readonly at: string;
    readonly duration_ms: number;
    readonly status: number | null;
    readonly fault: string | null;
  } | null;
  readonly created_at: string;
  readonly ended_at: string | null;
}

const DELIVERIES_MAX = 1_000;
/** Before every endpoint of an event. */
const FIRST_ENDPOINT = '00000000-0000-0000-0000-000000000000';

export function listDeliveries(
  options: ApiOptions & {
    readonly endpoint?: string;
    readonly state?: Delivery['state'];
    readonly limit: string;
    readonly before?: string;
  },
): Promise<number> {
  const limit = parseCount(options.limit, '--limit', { least: 1, most: DELIVERIES_MAX });
  return withApi(options, async ({ api, output }) => {
    const { endpoint, state, before } = options;
    const query = {
      limit,
      state,
      endpoint_id: endpoint === undefined ? undefined : parseUuid(endpoint, 'endpoint id'),
      cursor: before === undefined ? undefined : `${await eventIdOf(before, api)}_${FIRST_ENDPOINT}`,
    };
    const dialects = new Map<string, string>();
    for await (const { id, dialect } of allEndpoints(api)) dialects.set(id, dialect);
    for await (const delivery of listAll<Delivery>(api, '/deliveries', query)) {
      const eventId = idAtReceiver(delivery, dialects);
      output.result(describe(delivery, eventId), lineOf(delivery, { eventId, output }));
    }
  });
}

/** The event's own id, from how a receiver sees it in `webhook-id`. */
async function eventIdOf(text: string, api: OperatorApi): Promise<string> {
  return (await api.get<{ readonly id: string }>(`/events/${encodeURIComponent(text)}`)).id;
}

/** What its receiver sees in `webhook-id`. */
function idAtReceiver({ event, endpoint_id }: Delivery, dialects: ReadonlyMap<string, string>): string {
  return event.dialect_ids[dialects.get(endpoint_id) ?? ''] ?? event.id;
}

function describe(delivery: Delivery, eventId: string): object {
  const { event, state, last_attempt: last } = delivery;
  return {
    eventId,
    endpointId: delivery.endpoint_id,
    type: event.type,
    state,
    attempts: delivery.attempts_made,
    dueAt: state === 'pending' ? delivery.due_at : null,
    lastAttempt: last && { at: last.at, durationMs: last.duration_ms, status: last.status, fault: last.fault },
    createdAt: delivery.created_at,
    endedAt: delivery.ended_at,
  };
}

const COLOURS = { pending: 'yellow', accepted: 'green', dead: 'red' } as const;

function lineOf(delivery: Delivery, { eventId, output }: { eventId: string; output: Output }): string {
  const { paint } = output;
  const { event, state, attempts_made: tries, last_attempt: last } = delivery;
  const answer = last === null ? 'not sent yet' : `${last.status ?? last.fault} in ${last.duration_ms} ms`;
  const shown = paint(COLOURS[state], state.padEnd(8));
  return `${eventId}  ${shown}  ${tries} tries  ${answer}  ${event.type}  ${delivery.endpoint_id}`;
}
