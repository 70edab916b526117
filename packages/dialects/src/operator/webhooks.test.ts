import { EVENT_TYPES, type Event, type EventType } from '@onfile/core';
import { aCheckoutSession, aCustomer, aPaymentMethod, aSetupIntent, NOON, SCOPE, uuid } from '@onfile/core/testing';
import { describe, expect, test } from 'vitest';
import { createPayjpIds, PAYJP_ID_PREFIXES } from '../payjp/ids.js';
import { eventRenderer } from './event-renderer.js';
import { objectNames } from './object-names.js';
import { onfileWebhooks } from './webhooks.js';

const names = objectNames(createPayjpIds(PAYJP_ID_PREFIXES));
const webhooks = onfileWebhooks(names);
const FACTS = { pendingCount: 2, token: null, vaultUrl: 'https://vault.example' };
const ALL = Object.values(EVENT_TYPES).flat();

function anEvent(type: EventType, object: Event['object']): Event {
  const parts = { id: uuid(70), scope: SCOPE, sequence: 3, createdAt: NOON, objectId: object.id };
  return { ...parts, type, objectType: type.split('.')[0], object } as unknown as Event;
}

// biome-ignore format: a table
const EVENTS = [
  anEvent('setup_intent.succeeded',     aSetupIntent()),
  anEvent('payment_method.expiring',    aPaymentMethod()),
  anEvent('customer.created',           aCustomer()),
  anEvent('checkout_session.completed', aCheckoutSession()),
];

test('a body is the event, with the object as the operator API shows it', () => {
  const customer = aCustomer();
  expect(JSON.parse(webhooks.render(anEvent('customer.created', customer), FACTS).body)).toMatchObject({
    id: uuid(70),
    dialect_ids: names.render('event', { id: uuid(70) }),
    mode: 'test',
    type: 'customer.created',
    object: { kind: 'customer', id: customer.id, dialect_ids: names.render('customer', customer) },
    sequence: 3,
    occurred_at: '2026-01-02T12:00:00.000Z',
    data: { kind: 'customer', id: customer.id, email: customer.email },
  });
});

for (const event of EVENTS) {
  test(`${event.type} is what the operator API answers, whoever else still waits for it`, () => {
    const { body, headers } = webhooks.render(event, FACTS);
    expect(JSON.parse(body)).toEqual(eventRenderer(names)(event));
    expect(webhooks.render(event, { ...FACTS, pendingCount: 1 }).body).toBe(body);
    expect(headers).toEqual({});
  });
}

test('there is no static token', () => {
  expect(webhooks.renderToken('a'.repeat(43))).toBeNull();
});

test('every event is announced, by its own name and under its own id', () => {
  expect(webhooks.eventTypes).toEqual(ALL);
  for (const type of ALL) expect(webhooks.nameOf(type)).toBe(type);
  expect(webhooks.renderEventId(uuid(70))).toBe(uuid(70));
});

describe('an event type is found', () => {
  // biome-ignore format: a table
  const CASES = [
    ['setup_intent.processing', ['setup_intent.processing']],
    ['mandate.*',               ['mandate.created', 'mandate.updated']],
    ['payment_method.*',        EVENT_TYPES.payment_method],
    ['*',                       ALL],
    ['setup_flow.succeeded',    []],
    ['checkout.session.*',      []],
    ['setup_intent',            []],
    ['.*',                      []],
    ['',                        []],
  ] as const;
  for (const [name, types] of CASES) {
    test(`by ${JSON.stringify(name)}: ${types.length}`, () => {
      expect(webhooks.findEventTypes(name)).toEqual(types);
    });
  }
});
