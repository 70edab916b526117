import { createOperations, type Ports } from '@onfile/core';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ask, type Json, makeOperatorWorld, type OperatorWorld, payjp } from '../operator/world.js';
import { type Answering, accepted, type Received, type Receiver, startReceiver } from './receivers.js';

let world: OperatorWorld;
beforeAll(async () => {
  world = await makeOperatorWorld();
});
afterAll(() => world?.stop());

interface Endpoint extends Receiver {
  readonly id: string;
  readonly secret: string;
}

const endpoints: Endpoint[] = [];
afterEach(async () => {
  for (const { id, close } of endpoints.splice(0)) {
    await ask(world, `DELETE /webhook_endpoints/${id}`);
    await close();
  }
});

async function receive(dialect: string, answering: Answering = () => 200, events?: string[]): Promise<Endpoint> {
  const receiver = await startReceiver(answering);
  const body = { url: receiver.url, dialect, ...(events && { events }) };
  const { json } = await ask(world, 'POST /webhook_endpoints', { body });
  const endpoint = { ...receiver, id: json.id, secret: json.secret };
  endpoints.push(endpoint);
  return endpoint;
}

const CARD = { number: '4242424242424242', cvc: '123', exp_month: 12, exp_year: 2039 };
const DECLINED = { ...CARD, number: '4000000000000002' };

/** Of a usage that asks for no 3-D Secure, unless another is given. */
function createFlow(fields: object = {}): Promise<Json> {
  return payjp(world, 'POST /v2/setup_flows', { usage: 'on_session', ...fields });
}

function confirm(flow: Json, card: object): Promise<Json> {
  return payjp(world, `POST /v2/setup_flows/${flow.id}/confirm`, {
    payment_method_data: { type: 'card', card, billing_details: { name: 'TARO', email: 'taro@shop.example' } },
    return_url: 'https://shop.example/done',
  });
}

/** As the sender's bytes say it, so that both dialects can be looked into. */
const bodiesOf = (received: readonly Received[]): Json[] => received.map(({ body }) => JSON.parse(body));

/** Of those that were accepted, by the object that they are about: each event once. */
function toldOf(received: readonly Received[]): Map<string, string[]> {
  const told = new Map<string, string[]>();
  for (const { object, sequence, type } of bodiesOf(accepted(received))) {
    const line = `${sequence} ${type}`;
    const lines = told.get(object.id) ?? [];
    if (!lines.includes(line)) told.set(object.id, [...lines, line]);
  }
  return told;
}

describe('with an endpoint of each dialect', () => {
  test('that of Onfile is told of everything that happens to a card, each object’s in its sequence', async () => {
    const { next_cursor: start } = (await ask(world, 'GET /events?cursor=latest')).json;
    const own = await receive('onfile');
    const theirs = await receive('payjp');
    await liveTheLifeOfACard();
    const listed = await allEventsAfter(start);

    await own.until((received) => idsIn(accepted(received)).size === listed.length);
    expect(toldOf(own.received)).toEqual(listedByObject(listed));
    for (const lines of toldOf(own.received).values()) {
      expect(lines.map((line) => Number.parseInt(line, 10))).toEqual(lines.map((_, index) => index + 1));
    }
    expect(new Set(listed.map(({ type }) => type))).toEqual(new Set(LIFE_OF_A_CARD));
    for (const { body, headers } of own.received) {
      expect(new Webhook(own.secret).verify(body, { ...headers })).toEqual(JSON.parse(body));
      expect(headers['webhook-id']).toBe(JSON.parse(body).id);
      expect(headers).not.toHaveProperty('x-payjp-webhook-token');
    }

    const shown = (await payjp(world, 'GET /v2/events?limit=100')).data.map(({ id }: Json) => id);
    const announced = listed.map(({ dialect_ids }) => dialect_ids.payjp).filter((id) => shown.includes(id));
    expect(announced.length).toBeLessThan(listed.length);
    await theirs.until((received) => idsIn(accepted(received)).size === announced.length);
    expect(idsIn(theirs.received)).toEqual(new Set(announced));
    for (const { body, headers } of theirs.received) {
      expect(new Webhook(theirs.secret).verify(body, { ...headers })).toEqual(JSON.parse(body));
      expect(headers['x-payjp-webhook-token']).toMatch(/^whook_/);
    }
  });

  test('a body of Onfile’s is what the operator API tells of the event, to the letter', async () => {
    const own = await receive('onfile');
    const flow = await createFlow();
    await confirm(flow, CARD);
    await own.until((received) => bodiesOf(received).some(({ type }) => type === 'setup_intent.succeeded'));
    for (const { body } of own.received) {
      const told = JSON.parse(body);
      const { json } = await ask(world, `GET /events/${told.id}?body=onfile`);
      const { deliveries, body: webhook, ...event } = json;
      expect(told).toEqual(event);
      expect(webhook).toBe(body);
      expect(deliveries).toMatchObject([{ endpoint_id: own.id, event: { id: told.id } }]);
      expect(body).not.toContain(flow.client_secret);
    }
  });

  test('one that does not answer holds up its own events, in order, and counts as waiting at the other', async () => {
    const gate = openable();
    const own = await receive('onfile', () => gate.opened.then(() => 200), ['setup_intent.*']);
    const theirs = await receive('payjp', () => 200, ['setup_flow.*']);
    const flow = await createFlow();
    await confirm(flow, CARD);

    await theirs.until((received) => accepted(received).length === 2);
    await own.until((received) => received.length > 0);
    expect(theirs.received.map(({ event }) => [event.type, event.pending_webhooks])).toEqual([
      ['setup_flow.created', 2],
      ['setup_flow.succeeded', 2],
    ]);
    const [created, succeeded] = theirs.received.map(({ event }) => event.id);
    await waitsAt(1, created);
    await waitsAt(1, succeeded);
    expect(new Set(bodiesOf(own.received).map(({ type }) => type))).toEqual(new Set(['setup_intent.created']));

    gate.open();
    await own.until((received) => idsIn(accepted(received)).size === 3);
    expect([...toldOf(own.received).values()]).toEqual([
      ['1 setup_intent.created', '2 setup_intent.processing', '3 setup_intent.succeeded'],
    ]);
    await waitsAt(0, created);
    await waitsAt(0, succeeded);
  });

  test('an event that PAY.JP does not show is replayed to that of Onfile alone', async () => {
    const own = await receive('onfile');
    const theirs = await receive('payjp');
    const flow = await createFlow();
    await payjp(world, `POST /v2/setup_flows/${flow.id}`, { description: 'a change' });
    await own.until((received) => accepted(received).length === 2);
    await theirs.until((received) => accepted(received).length === 1);

    const [created, updated] = bodiesOf(own.received);
    expect([created.type, updated.type]).toEqual(['setup_intent.created', 'setup_intent.updated']);
    await expect(payjp(world, `GET /v2/events/${updated.dialect_ids.payjp}`)).rejects.toThrow('not_found');
    expect((await ask(world, `POST /events/${updated.id}/replay`, { body: {} })).json).toEqual({ replayed: 1 });
    expect((await ask(world, `POST /events/${created.id}/replay`, { body: {} })).json).toEqual({ replayed: 2 });
    await own.until((received) => accepted(received).length === 4);
    await theirs.until((received) => accepted(received).length === 2);
    expect(theirs.received.map(({ event }) => event.id)).toEqual(Array(2).fill(created.dialect_ids.payjp));
  });
});

describe('an endpoint of Onfile’s dialect', () => {
  test('has its events by their own names, and no static token', async () => {
    const body = { url: 'https://shop.example/hooks', dialect: 'onfile', events: ['mandate.*', 'customer.created'] };
    const { status, json } = await ask(world, 'POST /webhook_endpoints', { body });
    expect(status).toBe(201);
    const events = ['mandate.created', 'mandate.updated', 'customer.created'];
    expect(json).toMatchObject({ dialect: 'onfile', events, token: null });
    await ask(world, `DELETE /webhook_endpoints/${json.id}`);
  });

  // biome-ignore format: a table
  const refused = [
    [{ dialect: 'esperanto' },                             'dialect', 'payjp, onfile'],
    [{ dialect: 'onfile', events: ['setup_flow.*'] },      'events',  'setup_intent.processing'],
    [{ dialect: 'payjp', events: ['setup_intent.*'] },     'events',  'setup_flow.created'],
  ] as const;
  for (const [body, param, named] of refused) {
    test(`is not made of ${JSON.stringify(body)}, and what there is gets named`, async () => {
      const { status, json } = await ask(world, 'POST /webhook_endpoints', {
        body: { url: 'https://shop.example/hooks', ...body },
      });
      expect([status, json.error.param]).toEqual([400, param]);
      expect(json.error.message).toContain(named);
    });
  }
});

// biome-ignore format: a table
const LIFE_OF_A_CARD = [
  'customer.created', 'setup_intent.created', 'setup_intent.updated', 'setup_intent.processing', 'setup_intent.setup_failed',
  'setup_intent.succeeded', 'payment_method.attached', 'mandate.created',
  'payment_method.expiring', 'payment_method.updated', 'mandate.updated', 'payment_method.detached',
  'setup_intent.requires_action', 'setup_intent.canceled', 'checkout_session.created', 'checkout_session.expired',
  'customer.deleted',
];

async function liveTheLifeOfACard(): Promise<void> {
  const customer = await payjp(world, 'POST /v2/customers', { email: 'taro@shop.example' });
  const flow = await createFlow({ customer_id: customer.id });
  await payjp(world, `POST /v2/setup_flows/${flow.id}`, { description: 'a card for later' });
  await expect(confirm(flow, DECLINED)).rejects.toThrow('card_declined');
  const { payment_method_id: method } = await confirm(flow, soonToExpire());
  await announceExpiries();
  const billing_details = { name: 'HANAKO', email: 'hanako@shop.example' };
  await payjp(world, `POST /v2/payment_methods/${method}`, { type: 'card', billing_details });
  await payjp(world, `POST /v2/payment_methods/${method}/detach`);
  const authenticated = await createFlow({ usage: 'off_session' });
  await confirm(authenticated, CARD);
  await payjp(world, `POST /v2/setup_flows/${authenticated.id}/cancel`);
  const session = await payjp(world, 'POST /v2/checkout/sessions', { mode: 'setup', customer_id: customer.id });
  await payjp(world, `POST /v2/checkout/sessions/${session.id}/expire`);
  await payjp(world, `DELETE /v2/customers/${customer.id}`);
}

/** It ends with its month, which is nearer than the first notice. */
function soonToExpire(): object {
  const now = new Date(world.onfile.clock.now());
  return { ...CARD, exp_month: now.getUTCMonth() + 1, exp_year: now.getUTCFullYear() };
}

async function announceExpiries(): Promise<void> {
  const { storage, clock, ids } = world.onfile;
  const operations = createOperations({ storage, clock, ids } as Pick<Ports, 'storage' | 'clock' | 'ids'> as Ports);
  await operations.jobs.announceExpiries([60, 30], 100);
}

/** Up to the last one of a life, which can be held back for a moment. */
async function allEventsAfter(start: string): Promise<Json[]> {
  const events: Json[] = [];
  let cursor = start;
  while (!events.some(({ type }) => type === 'customer.deleted')) {
    const { json } = await ask(world, `GET /events?cursor=${cursor}&limit=100&wait_ms=5000`);
    events.push(...json.data);
    cursor = json.next_cursor;
  }
  return events;
}

function listedByObject(events: readonly Json[]): Map<string, string[]> {
  const listed = new Map<string, string[]>();
  for (const { object, sequence, type } of events) {
    listed.set(object.id, [...(listed.get(object.id) ?? []), `${sequence} ${type}`]);
  }
  return listed;
}

function idsIn(received: readonly Received[]): Set<string> {
  return new Set(bodiesOf(received).map(({ id }) => id));
}

function openable(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** So many endpoints, as PAY.JP's API tells; what is written after the receiver has its answer is looked for until it is there. */
async function waitsAt(count: number, eventId: string | undefined): Promise<void> {
  for (let looks = 0; looks < 1_000; looks += 1) {
    if ((await payjp(world, `GET /v2/events/${eventId}`)).pending_webhooks === count) return;
  }
  throw new Error(`${eventId} never waited at ${count} endpoints`);
}
