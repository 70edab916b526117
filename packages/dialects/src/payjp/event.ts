import {
  done,
  EVENT_TYPES,
  type Event,
  type EventObjectType,
  type EventType,
  type List,
  type Operations,
  type Outcome,
  refuse,
  type Scope,
  type Uuid,
} from '@onfile/core';
import type { DialectRequest, Route } from '../dialect.js';
import { renderCheckoutSession } from './checkout-session.js';
import { renderCustomer } from './customer.js';
import { findCustomerId, findDeletedCustomerId } from './customer-id.js';
import type { Fields } from './fields.js';
import { operation } from './operation.js';
import { listPage, type PageQuery, parsePageQuery, renderList } from './paging.js';
import { renderPaymentMethod } from './payment-method.js';
import type { Payjp } from './settings.js';
import { renderSetupFlow } from './setup-flow.js';
import { renderTime } from './time.js';

/**
 * What PAY.JP calls the things that happen; `null` for those that it does not announce, which this dialect then does not
 * show. Source: the event types that its documentation and command-line tool list.
 */
export const EVENT_NAMES = {
  'setup_intent.created': 'setup_flow.created',
  'setup_intent.updated': null,
  'setup_intent.processing': null,
  'setup_intent.requires_action': 'setup_flow.requires_action',
  'setup_intent.succeeded': 'setup_flow.succeeded',
  'setup_intent.setup_failed': 'setup_flow.setup_failed',
  'setup_intent.canceled': 'setup_flow.canceled',
  'payment_method.created': null,
  'payment_method.attached': 'payment_method.attached',
  'payment_method.verified': null,
  'payment_method.updated': 'payment_method.updated',
  // Ours: PAY.JP announces nothing of the kind.
  'payment_method.expiring': 'payment_method.expiring',
  'payment_method.expired': 'payment_method.expired',
  'payment_method.detached': 'payment_method.detached',
  'customer.created': 'customer.created',
  'customer.updated': 'customer.updated',
  'customer.deleted': 'customer.deleted',
  'checkout_session.created': null,
  'checkout_session.updated': null,
  'checkout_session.completed': 'checkout.session.completed',
  'checkout_session.expired': 'checkout.session.expired',
  'mandate.created': null,
  'mandate.updated': null,
  'payment_method_configuration.created': null,
  'payment_method_configuration.updated': null,
} as const satisfies Record<EventType, string | null>;

export function eventRoutes(payjp: Payjp): readonly Route[] {
  const form = payjp.ids.event;
  const render = ({ event, pendingCount }: CountedEvent, { vaultUrl }: DialectRequest) =>
    renderEvent(payjp, event, { vaultUrl, pendingCount });

  return [
    operation(payjp, {
      method: 'GET',
      path: '/v2/events',
      body: 'none',
      parse: ({ query }) => ({ page: parsePageQuery(query), filter: parseFilter(query) }),
      act: async ({ page, filter }, { call }, operations) => {
        const listed = await listEvents(payjp, { page, filter, scope: call.scope }, operations);
        if (listed.kind === 'refused') return listed;
        const items = await counted(listed.value.items, call.scope, operations);
        return done({ items, hasMore: listed.value.hasMore });
      },
      render: (list, request) => renderList(list, '/v2/events', (event) => render(event, request)),
    }),
    operation(payjp, {
      method: 'GET',
      path: '/v2/events/:id',
      body: 'none',
      parse: ({ path }) => path.reference('id', 'event', form.parse),
      act: async (id, { call }, operations) => {
        const found = await operations.events.retrieve(call.scope, id);
        if (found.kind === 'refused') return found;
        if (EVENT_NAMES[found.value.type] === null) return refuse('object_not_found', { object: 'event', id });
        const [event] = await counted([found.value], call.scope, operations);
        return done(event as CountedEvent);
      },
      render,
    }),
  ];
}

/** An event, and how many webhook endpoints have not accepted it yet. */
interface CountedEvent {
  readonly event: Event;
  readonly pendingCount: number;
}

async function counted(
  items: readonly Event[],
  scope: Scope,
  { events }: Operations,
): Promise<readonly CountedEvent[]> {
  if (items.length === 0) return [];
  const ids = items.map(({ id }) => id);
  const pending = await events.countPendingDeliveries(scope, ids);
  return items.map((event) => ({ event, pendingCount: pending.get(event.id) ?? 0 }));
}

/** `data` is the object itself, as it was right after the change. */
export function renderEvent(
  payjp: Payjp,
  event: Event,
  { vaultUrl, pendingCount }: { readonly vaultUrl: string; readonly pendingCount: number },
) {
  return {
    object: 'event',
    id: payjp.ids.event.render(event.id),
    livemode: event.scope.mode === 'live',
    type: EVENT_NAMES[event.type],
    pending_webhooks: pendingCount,
    data: renderEventData(payjp, event, vaultUrl),
    created_at: renderTime(event.createdAt),
    updated_at: renderTime(event.createdAt),
  };
}

function renderEventData(payjp: Payjp, event: Event, vaultUrl: string): object {
  switch (event.objectType) {
    case 'setup_intent':
      return renderSetupFlow(payjp, event.object, '');
    case 'payment_method':
      return renderPaymentMethod(payjp, event.object);
    case 'customer':
      return renderCustomer(payjp, event.object);
    case 'checkout_session':
      return renderCheckoutSession(payjp, event.object, vaultUrl);
    case 'mandate':
    case 'payment_method_configuration':
      throw new Error(`PAY.JP announces no ${event.type}`);
  }
}

interface EventFilter {
  readonly resourceId: string | undefined;
  readonly object: string | undefined;
  readonly type: string | undefined;
}

function parseFilter(query: Fields): EventFilter {
  return {
    resourceId: query.text('resource_id', { lengthMax: 255 }),
    object: query.text('object', { lengthMax: 255 }),
    type: query.text('type', { lengthMax: 255 }),
  };
}

/** A filter that nothing here can match finds nothing; it is no error, unless a cursor is said to be of that list. */
async function listEvents(
  payjp: Payjp,
  { page, filter, scope }: { page: PageQuery; filter: EventFilter; scope: Scope },
  { events, customers }: Operations,
): Promise<Outcome<List<Event>>> {
  const types = shownTypes(filter);
  const objectId =
    filter.resourceId === undefined
      ? undefined
      : await findObjectId(payjp, { scope, id: filter.resourceId, customers });
  if (types.length === 0 || objectId === null) {
    return page.cursor ? refuse('cursor_not_found', page.cursor) : done({ items: [], hasMore: false });
  }

  const matching = objectId === undefined ? { types } : { types, objectId };
  return listPage(page, payjp.ids.event.parse, (request) => events.list(scope, matching, request));
}

function shownTypes({ object, type }: EventFilter): readonly EventType[] {
  return (Object.entries(EVENT_TYPES) as [EventObjectType, readonly EventType[]][])
    .filter(([objectType]) => object === undefined || OBJECT_NAMES[objectType] === object)
    .flatMap(([, types]) => types)
    .filter((each) => EVENT_NAMES[each] !== null && (type === undefined || EVENT_NAMES[each] === type));
}

async function findObjectId(
  payjp: Payjp,
  customer: { scope: Scope; id: string; customers: Operations['customers'] },
): Promise<Uuid | null> {
  const { ids } = payjp;
  for (const form of [ids.setupFlow, ids.paymentMethod, ids.checkoutSession]) {
    const id = form.parse(customer.id);
    if (id !== null) return id;
  }
  return (await findCustomerId(payjp, customer)) ?? findDeletedCustomerId(payjp, customer);
}

const OBJECT_NAMES = {
  setup_intent: 'setup_flow',
  payment_method: 'payment_method',
  customer: 'customer',
  checkout_session: 'checkout.session',
  mandate: null,
  payment_method_configuration: null,
} as const satisfies Record<EventObjectType, string | null>;
