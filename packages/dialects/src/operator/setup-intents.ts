import {
  done,
  EVENT_TYPES,
  type Event,
  type EventType,
  type Outcome,
  type Scope,
  type SetupIntent,
} from '@onfile/core';
import Type from 'typebox';
import { DeliverySchema, renderDelivery } from './deliveries.js';
import { problem } from './errors.js';
import { EventSchema, eventRenderer } from './event-renderer.js';
import { answerObject, nullable, queryObject } from './fields.js';
import {
  CheckoutSessionSchema,
  CustomerSchema,
  MandateSchema,
  objectRenderer,
  PaymentMethodSchema,
  renderAttempt,
  SetupAttemptSchema,
  SetupIntentSchema,
} from './objects.js';
import { merchantRoute, type OperatorRoute } from './operator-route.js';
import { listOf, PAGE, pageRequest, renderList } from './paging.js';
import type { OperatorPorts } from './ports.js';

/** More than one intent has in any but a broken case. */
const ATTEMPTS_MAX = 100;
const EVENTS_MAX = 100;
const DELIVERIES_OF_EVENT_MAX = 50;

export function setupIntentRoutes(ports: OperatorPorts): readonly OperatorRoute[] {
  const { operations, names } = ports;
  const objects = objectRenderer(names);
  return [
    merchantRoute(
      {
        method: 'GET',
        path: '/operator/v1/setup_intents',
        summary: 'Setup intents, newest first.',
        query: queryObject(PAGE),
        answer: listOf(SetupIntentSchema),
      },
      async ({ scope, query }) =>
        renderList(await operations.setupIntents.list(scope, pageRequest(query)), objects.setupIntent),
    ),
    merchantRoute(
      {
        method: 'GET',
        path: '/operator/v1/setup_intents/:id',
        summary: 'One setup intent with everything that belongs to it: its attempts, and what happened, in order.',
        answer: answerObject({
          ...SetupIntentSchema.properties,
          attempts: Type.Array(SetupAttemptSchema),
          payment_method: nullable(PaymentMethodSchema),
          customer_object: nullable(CustomerSchema),
          mandate: nullable(MandateSchema),
          checkout_session: nullable(CheckoutSessionSchema),
          events: Type.Array(EventSchema),
          deliveries: Type.Array(DeliverySchema),
        }),
      },
      async ({ scope, params }) => {
        const id = names.idOf('setup_intent', params.id ?? '');
        if (id === null) return problem('not_found');
        const found = await operations.setupIntents.retrieve(scope, id);
        return found.kind === 'refused' ? found : done(await renderWithAll(ports, scope, found.value));
      },
    ),
  ];
}

async function renderWithAll(ports: OperatorPorts, scope: Scope, intent: SetupIntent) {
  const { operations, storage, webhooks, names } = ports;
  const objects = objectRenderer(names);
  const { paymentMethodId, customer, mandateId, checkoutSessionId } = intent;
  const [attempts, method, owner, mandate, session, events] = await Promise.all([
    storage.listAttempts(scope, intent.id, ATTEMPTS_MAX),
    paymentMethodId && operations.paymentMethods.retrieve(scope, paymentMethodId),
    customer && operations.customers.retrieve(scope, customer),
    mandateId && operations.mandates.retrieve(scope, mandateId),
    checkoutSessionId && operations.checkoutSessions.retrieve(scope, checkoutSessionId),
    eventsOf(ports, scope, intent),
  ]);
  const deliveries = await Promise.all(
    events.map(({ id }) => webhooks.listDeliveries(scope, { eventId: id }, DELIVERIES_OF_EVENT_MAX)),
  );
  return {
    ...objects.setupIntent(intent),
    attempts: attempts.map(renderAttempt),
    payment_method: shown(method, objects.paymentMethod),
    customer_object: shown(owner, objects.customer),
    mandate: shown(mandate, objects.mandate),
    checkout_session: shown(session, (value) => objects.checkoutSession(value.session)),
    events: events.map(eventRenderer(names)),
    deliveries: deliveries.flat().map((delivery) => renderDelivery(names, delivery)),
  };
}

const TYPES: readonly EventType[] = Object.values(EVENT_TYPES).flat();

/** Of the intent, and of what its success made; in the order of their moments. */
async function eventsOf({ operations }: OperatorPorts, scope: Scope, intent: SetupIntent): Promise<readonly Event[]> {
  const { id, paymentMethodId, mandateId, checkoutSessionId } = intent;
  const objects = [id, paymentMethodId, mandateId, checkoutSessionId].filter((each) => each !== null);
  const page = { limit: EVENTS_MAX, startingAfter: null, endingBefore: null };
  const listed = await Promise.all(
    objects.map((objectId) => operations.events.list(scope, { types: TYPES, objectId }, page)),
  );
  const events = listed.flatMap((outcome) => (outcome.kind === 'done' ? outcome.value.items : []));
  return events.sort((a, b) => a.createdAt - b.createdAt || a.sequence - b.sequence);
}

function shown<T, R>(found: Outcome<T> | null | '', render: (value: T) => R): R | null {
  return found && found.kind === 'done' ? render(found.value) : null;
}
