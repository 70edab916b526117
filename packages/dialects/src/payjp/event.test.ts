import { done, EVENT_TYPES, type Event, type EventType, refuse } from '@onfile/core';
import { aCheckoutSession, aCustomer, aPaymentMethod, aSetupIntent, NOON, SCOPE, uuid } from '@onfile/core/testing';
import { describe, expect, test } from 'vitest';
import { send } from '../../testing/send.js';
import { createPayjpDialect } from './dialect.js';
import { EVENT_NAMES } from './event.js';

const dialect = createPayjpDialect({ apiUrl: () => 'https://shop.example' });
const { ids } = dialect;
const ID = ids.event.render(uuid(70));
const OBJECTS = {
  setup_intent: aSetupIntent(),
  payment_method: aPaymentMethod(),
  customer: aCustomer(),
  checkout_session: aCheckoutSession(),
};
const SHOWN = (Object.keys(EVENT_NAMES) as EventType[]).filter((type) => EVENT_NAMES[type] !== null);
const HIDDEN = (Object.keys(EVENT_NAMES) as EventType[]).filter((type) => EVENT_NAMES[type] === null);

function anEvent(type: EventType): Event {
  const objectType = type.split('.')[0] as keyof typeof OBJECTS;
  const object = OBJECTS[objectType];
  const parts = { id: uuid(70), scope: SCOPE, sequence: 1, createdAt: NOON, objectId: object?.id ?? uuid(80) };
  return { ...parts, type, objectType, object } as unknown as Event;
}

const countPendingDeliveries = async () => new Map([[uuid(70), 3]]);
const retrieving = (event: Event) => ({
  operations: { events: { retrieve: async () => done(event), countPendingDeliveries } },
});

test('an event holds the object itself', async () => {
  const { body } = await send(dialect, `GET /v2/events/${ID}`, retrieving(anEvent('customer.created')));
  expect(body).toEqual({
    object: 'event',
    id: ID,
    livemode: false,
    type: 'customer.created',
    pending_webhooks: 3,
    data: expect.objectContaining({
      object: 'customer',
      id: ids.customer.render(aCustomer()),
      default_payment_method: null,
    }),
    created_at: '2026-01-02T12:00:00.000Z',
    updated_at: '2026-01-02T12:00:00.000Z',
  });
});

test.each(SHOWN)('%s has a name of this dialect, about an object of that name', async (type) => {
  const { body } = await send(dialect, `GET /v2/events/${ID}`, retrieving(anEvent(type)));
  expect(body.type).toBe(EVENT_NAMES[type]);
  expect(body.type.startsWith(`${body.data.object}.`)).toBe(true);
});

test.each(HIDDEN)('%s is not shown', async (type) => {
  const response = await send(dialect, `GET /v2/events/${ID}`, retrieving(anEvent(type)));
  expect([response.status, response.body.code]).toEqual([404, 'not_found']);
});

test('no client secret is in an event', async () => {
  const { body } = await send(dialect, `GET /v2/events/${ID}`, retrieving(anEvent('setup_intent.succeeded')));
  expect(body.data.client_secret).toBe('');
});

test('an unknown event is not found', async () => {
  const events = { retrieve: async () => refuse('object_not_found', { object: 'event', id: uuid(70) }) };
  expect((await send(dialect, `GET /v2/events/${ID}`, { operations: { events } })).status).toBe(404);
});

describe('a list of events', () => {
  async function asksFor(query: Record<string, string>) {
    const asked: unknown[] = [];
    const list = async (_: unknown, filter: unknown) => {
      asked.push(filter);
      return done({ items: [anEvent('customer.created')], hasMore: false });
    };
    const customers = {
      retrieve: async (_: unknown, selector: unknown) =>
        'chosenId' in (selector as object) && (selector as { chosenId: string }).chosenId === 'taro'
          ? done(aCustomer({ chosenId: 'taro' }))
          : refuse('object_not_found', { object: 'customer' as const, id: '' }),
      findDeleted: async (_: unknown, selector: unknown) =>
        (selector as { chosenId: string }).chosenId === 'gone' ? aCustomer({ chosenId: 'gone' }) : null,
    };
    const { status, body } = await send(dialect, 'GET /v2/events', {
      query,
      operations: { events: { list, countPendingDeliveries }, customers },
    });
    return { asked, status, body };
  }

  test('has those that this dialect has a name for', async () => {
    const { asked, body } = await asksFor({});
    expect(asked).toEqual([{ types: SHOWN }]);
    expect(body).toMatchObject({
      object: 'list',
      url: '/v2/events',
      has_more: false,
      data: [{ id: ID, pending_webhooks: 3 }],
    });
  });

  test.each([
    [{ type: 'setup_flow.succeeded' }, { types: ['setup_intent.succeeded'] }],
    [{ object: 'customer' }, { types: EVENT_TYPES.customer }],
    [{ object: 'checkout.session', type: 'checkout.session.expired' }, { types: ['checkout_session.expired'] }],
    [{ resource_id: ids.setupFlow.render(uuid(10)) }, { types: SHOWN, objectId: uuid(10) }],
    [{ resource_id: ids.paymentMethod.render(uuid(30)) }, { types: SHOWN, objectId: uuid(30) }],
    [{ resource_id: ids.checkoutSession.render(uuid(50)) }, { types: SHOWN, objectId: uuid(50) }],
    [{ resource_id: ids.customer.render(aCustomer()) }, { types: SHOWN, objectId: uuid(40) }],
    [{ resource_id: 'taro' }, { types: SHOWN, objectId: uuid(40) }],
    [{ resource_id: 'gone' }, { types: SHOWN, objectId: uuid(40) }],
  ])('for %j', async (query, filter) => {
    expect((await asksFor(query as Record<string, string>)).asked).toEqual([filter]);
  });

  test.each([
    [{ type: 'refund.created' }],
    [{ type: 'setup_intent.succeeded' }],
    [{ object: 'refund' }],
    [{ object: 'customer', type: 'setup_flow.created' }],
    [{ resource_id: 'somebody' }],
    [{ resource_id: 'some body' }],
  ])('that nothing can match is empty, and has no cursor: %j', async (query) => {
    const { asked, body } = await asksFor(query as Record<string, string>);
    expect([asked, body.data]).toEqual([[], []]);
    const after = await asksFor({ ...(query as Record<string, string>), starting_after: ID });
    expect([after.asked, after.status, after.body.code]).toEqual([[], 400, 'resource_missing']);
  });

  test.each(['type', 'object', 'resource_id'])('is refused when %s is given twice', async (name) => {
    const response = await send(dialect, 'GET /v2/events', { query: { [name]: ['a', 'b'] } });
    expect([response.status, response.body.errors[0].field]).toEqual([422, name]);
  });
});
