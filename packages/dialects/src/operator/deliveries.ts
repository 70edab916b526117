import { type Delivery, type DeliveryRecord, done, type Uuid } from '@onfile/core';
import type { Static } from 'typebox';
import Type from 'typebox';
import { problem, problemOfWebhook } from './errors.js';
import {
  AnyId,
  answerObject,
  Count,
  Id,
  nullable,
  parseTime,
  queryObject,
  renderTime,
  renderTimeOrNull,
  Text,
  Time,
} from './fields.js';
import type { ObjectNames } from './object-names.js';
import { DialectIdsSchema } from './objects.js';
import { merchantRoute, type OperatorRoute } from './operator-route.js';
import { LIMIT, limitOf, listOf } from './paging.js';
import type { OperatorPorts } from './ports.js';

const State = Type.Enum(['pending', 'accepted', 'dead']);
const Headers = Type.Record(Text, Text);

export const DeliverySchema = answerObject({
  endpoint_id: Id,
  event: answerObject({ id: Id, dialect_ids: DialectIdsSchema, type: Text }),
  object_id: Id,
  sequence: Count,
  state: State,
  attempts_made: Count,
  due_at: Time,
  last_attempt: nullable(
    answerObject({ at: Time, duration_ms: Count, status: nullable(Count), fault: nullable(Text) }),
  ),
  created_at: Time,
  ended_at: nullable(Time),
});

const AttemptSchema = answerObject({
  at: Time,
  duration_ms: Count,
  request: answerObject({ url: Text, headers: Headers, body: Text }),
  answer: nullable(answerObject({ status: Count, headers: Headers, body: Text })),
  fault: nullable(Text),
});

/** So many deliveries one request may make again; the answer tells where to go on. */
const REPLAYED_MAX = 10_000;

export function deliveryRoutes({ webhooks, names, storage }: OperatorPorts): readonly OperatorRoute[] {
  return [
    merchantRoute(
      {
        method: 'GET',
        path: '/operator/v1/deliveries',
        summary: 'Deliveries of events to webhook endpoints, of the latest event first.',
        query: queryObject({
          cursor: Type.Optional(Type.String({ pattern: DELIVERY_CURSOR })),
          ...LIMIT,
          endpoint_id: Type.Optional(Id),
          event_id: Type.Optional(AnyId),
          state: Type.Optional(State),
        }),
        answer: listOf(DeliverySchema),
      },
      async ({ scope, query }) => {
        const eventId = query.event_id === undefined ? undefined : names.idOf('event', query.event_id);
        if (eventId === null)
          return problem('invalid_request', { message: 'It is no id of an event.', param: 'event_id' });
        const filter = {
          ...(query.endpoint_id !== undefined && { endpointId: query.endpoint_id as Uuid }),
          ...(eventId && { eventId }),
          ...(query.state !== undefined && { state: query.state as Delivery['state'] }),
          ...cursorOf(query.cursor),
        };
        const limit = limitOf(query);
        const found = await webhooks.listDeliveries(scope, filter, limit + 1);
        const shown = found.slice(0, limit);
        const last = found.length > limit ? shown.at(-1) : undefined;
        return done({
          data: shown.map((delivery) => renderDelivery(names, delivery)),
          next_cursor: last ? `${last.eventId}_${last.endpointId}` : null,
        });
      },
    ),
    merchantRoute(
      {
        method: 'GET',
        path: '/operator/v1/deliveries/:event_id/:endpoint_id',
        summary:
          'One delivery with its POSTs, oldest first: the latest 40 of the last 30 days, each as it was sent and answered.',
        answer: answerObject({ ...DeliverySchema.properties, attempts: Type.Array(AttemptSchema) }),
      },
      async ({ scope, params }) => {
        const eventId = names.idOf('event', params.event_id ?? '');
        const endpointId = names.idOf('webhook_endpoint', params.endpoint_id ?? '');
        if (eventId === null || endpointId === null) return problem('not_found');
        const [delivery] = await webhooks.listDeliveries(scope, { eventId, endpointId }, 1);
        if (delivery === undefined) return problem('not_found');
        const records = await storage.listDeliveryRecords(scope, { eventId, endpointId });
        const attempts = records.filter(isKnownTo(delivery)).map(renderRecord);
        return done({ ...renderDelivery(names, delivery), attempts });
      },
    ),
    merchantRoute(
      {
        method: 'POST',
        path: '/operator/v1/replays',
        summary:
          'Send an endpoint many events again, in order per object; 10,000 at most, and next_cursor tells that there are more.',
        body: Type.Object(
          {
            endpoint_id: Id,
            since: Type.Optional(Time),
            until: Type.Optional(Time),
            states: Type.Optional(Type.Array(State, { minItems: 1 })),
            cursor: Type.Optional(Id),
          },
          { additionalProperties: false },
        ),
        answer: answerObject({ replayed: Count, next_cursor: nullable(Id) }),
      },
      async ({ scope, body }) => {
        const outcome = await webhooks.replayRange(scope, {
          endpointId: body.endpoint_id as Uuid,
          since: parseTime(body.since) ?? null,
          until: parseTime(body.until) ?? null,
          states: (body.states ?? null) as readonly Delivery['state'][] | null,
          after: (body.cursor ?? null) as Uuid | null,
          limit: REPLAYED_MAX,
        });
        if (outcome.kind === 'refused') return problemOfWebhook(outcome.refusal);
        return done({ replayed: outcome.value.count, next_cursor: outcome.value.next });
      },
    ),
  ];
}

const DELIVERY_CURSOR = '^[0-9a-f-]{36}_[0-9a-f-]{36}$';

function cursorOf(text: string | undefined): { before?: Uuid; beforeEndpoint?: Uuid } {
  const [before, beforeEndpoint] = text?.split('_') ?? [];
  return before && beforeEndpoint ? { before: before as Uuid, beforeEndpoint: beforeEndpoint as Uuid } : {};
}

/** What was posted after the delivery was read is left for the next reading, so that the two never contradict each other. */
function isKnownTo({ lastAttempt }: Delivery): (record: DeliveryRecord) => boolean {
  return ({ at }) => lastAttempt !== null && at <= lastAttempt.at + lastAttempt.durationMs;
}

export function renderDelivery(names: ObjectNames, delivery: Delivery): Static<typeof DeliverySchema> {
  const { lastAttempt } = delivery;
  return {
    endpoint_id: delivery.endpointId,
    event: {
      id: delivery.eventId,
      dialect_ids: names.render('event', { id: delivery.eventId }),
      type: delivery.eventType,
    },
    object_id: delivery.objectId,
    sequence: delivery.sequence,
    state: delivery.state,
    attempts_made: delivery.attempts,
    due_at: renderTime(delivery.dueAt),
    last_attempt: lastAttempt && {
      at: renderTime(lastAttempt.at),
      duration_ms: lastAttempt.durationMs,
      status: lastAttempt.status,
      fault: lastAttempt.fault,
    },
    created_at: renderTime(delivery.createdAt),
    ended_at: renderTimeOrNull(delivery.endedAt),
  };
}

function renderRecord({ at, durationMs, request, answer, fault }: DeliveryRecord): Static<typeof AttemptSchema> {
  return {
    at: renderTime(at),
    duration_ms: durationMs,
    request: { ...request, headers: { ...request.headers } },
    answer: answer && { ...answer, headers: { ...answer.headers } },
    fault,
  };
}
