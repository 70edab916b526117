import type { OperatorApi } from '../api/operator-api.js';
import { type ApiOptions, listAll, withApi } from '../api/with-api.js';
import type { Output } from '../output.js';
import { parseCount } from '../parse-count.js';
import { parseUuid } from '../parse-uuid.js';

interface Delivery {
  readonly endpoint_id: string;
  readonly event: {
    readonly id: string;
    readonly dialect_ids: { readonly payjp?: string | null };
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
    for await (const delivery of listAll<Delivery>(api, '/deliveries', query)) {
      output.result(describe(delivery), lineOf(delivery, output));
    }
  });
}

/** The event's own id, from how a receiver sees it in `webhook-id`. */
async function eventIdOf(text: string, api: OperatorApi): Promise<string> {
  return (await api.get<{ readonly id: string }>(`/events/${encodeURIComponent(text)}`)).id;
}

function describe(delivery: Delivery): object {
  const { event, state, last_attempt: last } = delivery;
  return {
    eventId: shownId(event),
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

function lineOf(delivery: Delivery, { paint }: Output): string {
  const { event, state, attempts_made: tries, last_attempt: last } = delivery;
  const answer = last === null ? 'not sent yet' : `${last.status ?? last.fault} in ${last.duration_ms} ms`;
  const shown = paint(COLOURS[state], state.padEnd(8));
  return `${shownId(event)}  ${shown}  ${tries} tries  ${answer}  ${event.type}  ${delivery.endpoint_id}`;
}

function shownId({ id, dialect_ids }: Delivery['event']): string {
  return dialect_ids.payjp ?? id;
}
