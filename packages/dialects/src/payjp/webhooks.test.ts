import { EVENT_TYPES, type Event, type EventType } from '@onfile/core';
import { aCheckoutSession, aCustomer, aSetupIntent, NOON, SCOPE, uuid } from '@onfile/core/testing';
import { describe, expect, test } from 'vitest';
import { EVENT_NAMES } from './event.js';
import { createPayjpIds, PAYJP_ID_PREFIXES } from './ids.js';
import type { Payjp } from './settings.js';
import { payjpWebhooks } from './webhooks.js';

const ids = createPayjpIds(PAYJP_ID_PREFIXES);
const webhooks = payjpWebhooks({ ids, naming: 'both' } as unknown as Payjp);
const FACTS = { pendingCount: 2, token: 'whook_1', vaultUrl: 'https://vault.example' };

function anEvent(type: EventType, object: Event['object']): Event {
  const parts = { id: uuid(70), scope: SCOPE, sequence: 3, createdAt: NOON, objectId: uuid(10) };
  return { ...parts, type, objectType: type.split('.')[0], object } as unknown as Event;
}

const render = (event: Event) => JSON.parse(webhooks.render(event, FACTS).body);

test('a body is the event, with the object itself as its data, and tells how many endpoints still wait', () => {
  expect(render(anEvent('customer.created', aCustomer()))).toMatchObject({
    object: 'event',
    id: ids.event.render(uuid(70)),
    livemode: false,
    type: 'customer.created',
    pending_webhooks: 2,
    data: { object: 'customer', id: ids.customer.render(aCustomer()) },
    created_at: '2026-01-02T12:00:00.000Z',
  });
});

test('a body never holds a client secret', () => {
  expect(render(anEvent('setup_intent.succeeded', aSetupIntent())).data.client_secret).toBe('');
});

test('a checkout session’s address is at the vault', () => {
  const { data } = render(anEvent('checkout_session.completed', aCheckoutSession()));
  expect(data.url).toMatch(/^https:\/\/vault\.example\/setup\//);
});

test('the account’s static token is a header', () => {
  const event = anEvent('customer.created', aCustomer());
  expect(webhooks.render(event, FACTS).headers).toEqual({ 'x-payjp-webhook-token': 'whook_1' });
  expect(webhooks.render(event, { ...FACTS, token: null }).headers).toEqual({});
  expect(webhooks.renderToken('a'.repeat(43))).toBe(`whook_${'a'.repeat(32)}`);
});

test('the types are those that PAY.JP has a name for', () => {
  const named = Object.values(EVENT_TYPES)
    .flat()
    .filter((type) => EVENT_NAMES[type] !== null);
  expect(webhooks.eventTypes).toEqual(named);
});

describe('an event type is found', () => {
  // biome-ignore format: a table
  const CASES = [
    ['setup_flow.succeeded', ['setup_intent.succeeded']],
    ['checkout.session.*',   ['checkout_session.completed', 'checkout_session.expired']],
    ['customer.*',           ['customer.created', 'customer.updated', 'customer.deleted']],
    ['*',                    webhooks.eventTypes],
    ['setup_intent.created', []],
    ['setup_flow.updated',   []],
    ['setup_flow',           []],
    ['.*',                   []],
    ['',                     []],
  ] as const;
  for (const [name, types] of CASES) {
    test(`by ${JSON.stringify(name)}: ${types.length}`, () => {
      expect(webhooks.findEventTypes(name)).toEqual(types);
    });
  }
});

test('an event’s id is that of PAY.JP’s form', () => {
  expect(webhooks.renderEventId(uuid(70))).toBe(ids.event.render(uuid(70)));
});
