import { done, type Event, type EventType, type Scope, type Uuid } from '@onfile/core';
import Type from 'typebox';
import { ALL_EVENT_TYPES, isEventNamed } from '../event-names.js';
import { DeliverySchema, renderDelivery } from './deliveries.js';
import { problem, problemOfWebhook } from './errors.js';
import { EventSchema, eventRenderer } from './event-renderer.js';
import { AnyId, answerObject, Count, Id, nullable, parseTime, queryObject, Text, Time } from './fields.js';
import type { ObjectNames } from './object-names.js';
import { merchantRoute, type OperatorRoute } from './operator-route.js';
import { LIMIT, limitOf } from './paging.js';
import type { OperatorPorts } from './ports.js';

const ListedEventSchema = answerObject({
  ...EventSchema.properties,
  body: Type.Optional(
    nullable(
      Type.String({ description: 'What a webhook in that dialect carries; null where it tells nothing of it.' }),
    ),
  ),
});

const WAIT_MS_MAX = 30_000;
const DELIVERIES_MAX = 100;
/** From after everything that is there. */
const LATEST = 'latest';

export function eventRoutes(ports: OperatorPorts): readonly OperatorRoute[] {
  const { operations, webhooks, names, feed, storage } = ports;
  const render = eventRenderer(names);

  return [
    merchantRoute(
      {
        method: 'GET',
        path: '/operator/v1/events',
        summary:
          'Follow events: oldest first, in the order in which they were committed, each object’s by its sequence.',
        query: queryObject({
          cursor: Type.Optional(
            Type.String({
              description: '`latest` starts after everything that is there.',
              minLength: 1,
              maxLength: 200,
            }),
          ),
          ...LIMIT,
          type: Type.Optional(
            Type.String({
              description:
                'Comma separated; `setup_intent.*` stands for several. With `body` that dialect’s names as well.',
            }),
          ),
          object_id: Type.Optional(AnyId),
          since: Type.Optional(Time),
          until: Type.Optional(Time),
          wait_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: WAIT_MS_MAX, default: 0 })),
          body: Type.Optional(Type.String({ description: 'The name of a webhook dialect: payjp or onfile.' })),
        }),
        answer: answerObject({ data: Type.Array(ListedEventSchema), next_cursor: Text, has_more: Type.Boolean() }),
      },
      async ({ scope, query, signal }) => {
        if (query.body !== undefined && !webhooks.dialects.includes(query.body))
          return unknownDialect(webhooks.dialects);
        const eventNames = query.body === undefined ? NO_NAMES : webhooks.eventNames(query.body);
        const types = query.type === undefined ? undefined : typesNamed(query.type, eventNames);
        if (types?.length === 0) return problem('invalid_request', { message: unknownType(eventNames), param: 'type' });
        const objectId = query.object_id === undefined ? undefined : idOfAnything(names, query.object_id);
        if (objectId === null) return problem('invalid_request', { message: 'It is no id.', param: 'object_id' });

        const position = query.cursor === LATEST ? await storage.latestEventPosition(scope) : (query.cursor ?? null);
        const since = parseTime(query.since);
        const until = parseTime(query.until);
        const filter = {
          ...(types && { types }),
          ...(objectId && { objectId }),
          ...(since !== undefined && { since }),
          ...(until !== undefined && { until }),
        };
        const waiting = { limit: limitOf(query), waitMs: query.wait_ms ?? 0, signal };
        const read = await feed.follow(scope, { position, filter }, waiting);
        if (read.kind === 'too_many_waiting') return problem('too_many_waiting', { param: 'wait_ms' });
        if (read.kind === 'position_unknown') return problem('cursor_unknown', { param: 'cursor' });
        const bodies = await bodiesOf(ports, scope, read.events, query.body);
        return done({
          data: read.events.map((event, index) => ({
            ...render(event),
            ...(bodies && { body: bodies[index] ?? null }),
          })),
          next_cursor: read.position,
          has_more: read.hasMore,
        });
      },
    ),
    merchantRoute(
      {
        method: 'GET',
        path: '/operator/v1/events/:id',
        summary: 'One event, with what became of it at each webhook endpoint.',
        query: queryObject({ body: Type.Optional(Text) }),
        answer: answerObject({ ...ListedEventSchema.properties, deliveries: Type.Array(DeliverySchema) }),
      },
      async ({ scope, params, query }) => {
        const id = names.idOf('event', params.id ?? '');
        if (id === null) return problem('not_found');
        if (query.body !== undefined && !webhooks.dialects.includes(query.body))
          return unknownDialect(webhooks.dialects);
        const found = await operations.events.retrieve(scope, id);
        if (found.kind === 'refused') return found;
        const bodies = await bodiesOf(ports, scope, [found.value], query.body);
        const deliveries = await webhooks.listDeliveries(scope, { eventId: id }, DELIVERIES_MAX);
        return done({
          ...render(found.value),
          ...(bodies && { body: bodies[0] ?? null }),
          deliveries: deliveries.map((delivery) => renderDelivery(names, delivery)),
        });
      },
    ),
    merchantRoute(
      {
        method: 'POST',
        path: '/operator/v1/events/:id/replay',
        summary: 'Send an event again, to one endpoint or to all that want its type.',
        body: queryObject({ endpoint_id: Type.Optional(Id) }),
        answer: answerObject({ replayed: Count }),
      },
      async ({ scope, params, body }) => {
        const id = names.idOf('event', params.id ?? '');
        if (id === null) return problem('not_found');
        const found = await operations.events.retrieve(scope, id);
        if (found.kind === 'refused') return found;
        const outcome = await webhooks.replayEvent(scope, id, (body.endpoint_id ?? null) as Uuid | null);
        return outcome.kind === 'refused' ? problemOfWebhook(outcome.refusal) : done({ replayed: outcome.value });
      },
    ),
  ];
}

async function bodiesOf(
  { operations, webhooks }: OperatorPorts,
  scope: Scope,
  events: readonly Event[],
  dialect: string | undefined,
): Promise<readonly (string | null)[] | null> {
  if (dialect === undefined) return null;
  const ids = events.map(({ id }) => id);
  const pending = ids.length === 0 ? new Map() : await operations.events.countPendingDeliveries(scope, ids);
  return events.map((event) => webhooks.renderBody(event, dialect, pending.get(event.id) ?? 0));
}

type EventNames = ReadonlyMap<EventType, string>;

const NO_NAMES: EventNames = new Map();

/** By a dialect's names, or by our own; none where any of them is unknown. */
function typesNamed(text: string, eventNames: EventNames): readonly EventType[] {
  const found = text.split(',').map((part) => {
    const wanted = part.trim();
    return ALL_EVENT_TYPES.filter((type) =>
      [type, eventNames.get(type) ?? type].some((name) => isEventNamed(name, wanted)),
    );
  });
  return found.some((types) => types.length === 0) ? [] : found.flat();
}

function unknownType(eventNames: EventNames): string {
  const known = new Set([...eventNames.values(), ...ALL_EVENT_TYPES]);
  return `Give types of events, separated by commas. Known: ${[...known].join(', ')}.`;
}

function unknownDialect(known: readonly string[]) {
  return problem('invalid_request', {
    message: `No dialect of that name has webhooks. Known: ${known.join(', ')}.`,
    param: 'body',
  });
}

function idOfAnything(names: ObjectNames, text: string): Uuid | null {
  const [kind] = names.kindsOf(text);
  return kind === undefined ? null : names.idOf(kind, text);
}
