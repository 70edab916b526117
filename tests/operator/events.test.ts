import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, type Json, makeOperatorWorld, type OperatorWorld, payjp } from './world.js';

let world: OperatorWorld;
let start: string;
beforeAll(async () => {
  world = await makeOperatorWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  start = (await ask(world, 'GET /events?cursor=latest')).json.next_cursor;
});

const namesOf = ({ data }: Json): string[] => data.map(({ type, sequence }: Json) => `${type} ${sequence}`);

describe('following events', () => {
  test('goes on from where it came to, oldest first', async () => {
    const customer = await payjp(world, 'POST /v2/customers', { email: 'a@shop.example' });
    await payjp(world, `POST /v2/customers/${customer.id}`, { email: 'b@shop.example' });
    const first = await ask(world, `GET /events?cursor=${start}&limit=1&wait_ms=5000`);
    expect(namesOf(first.json)).toEqual(['customer.created 1']);
    expect(first.json.data[0]).toMatchObject({
      dialect_ids: { payjp: expect.stringMatching(/^evnt_/) },
      object: { kind: 'customer', dialect_ids: { payjp: customer.id } },
      data: { kind: 'customer', email: 'a@shop.example' },
    });
    const second = await ask(world, `GET /events?cursor=${first.json.next_cursor}&wait_ms=5000`);
    expect(namesOf(second.json)).toEqual(['customer.updated 2']);
    const third = await ask(world, `GET /events?cursor=${second.json.next_cursor}`);
    expect(third.json).toEqual({ data: [], next_cursor: second.json.next_cursor, has_more: false });
  });

  test('waits, and is answered as soon as there is one', async () => {
    const waiting = ask(world, `GET /events?cursor=${start}&wait_ms=30000`);
    await payjp(world, 'POST /v2/customers', {});
    expect(namesOf((await waiting).json)).toEqual(['customer.created 1']);
  });

  test('that waits for others is not answered by what it did not ask for', async () => {
    const waiting = ask(world, `GET /events?cursor=${start}&type=setup_intent.*&wait_ms=30000`);
    await payjp(world, 'POST /v2/customers', {});
    await payjp(world, 'POST /v2/setup_flows', {});
    expect(namesOf((await waiting).json)).toEqual(['setup_intent.created 1']);
  });

  test('in vain ends with the same cursor when its time is up', async () => {
    const answer = await ask(world, `GET /events?cursor=${start}&wait_ms=200`);
    expect(answer.json).toEqual({ data: [], next_cursor: start, has_more: false });
  });

  test('shows the exact body of a webhook, and nothing of what a dialect does not tell', async () => {
    const flow = await payjp(world, 'POST /v2/setup_flows', {});
    await payjp(world, `POST /v2/setup_flows/${flow.id}`, { description: 'a change' });
    const path = `/events?cursor=${start}&body=payjp&object_id=${flow.id}&wait_ms=5000`;
    const { json } = await ask(world, `GET ${path}`);
    const [created] = json.data;
    expect(JSON.parse(created.body)).toMatchObject({ type: 'setup_flow.created', data: { id: flow.id } });
    const updated = (await ask(world, `GET /events?cursor=${json.next_cursor}&body=payjp&wait_ms=5000`)).json.data;
    for (const event of [...json.data.slice(1), ...updated])
      expect([event.type, event.body]).toEqual(['setup_intent.updated', null]);
  });
});

describe('a request that cannot be answered', () => {
  // biome-ignore format: a table
  const refused = [
    ['cursor=nothing',      'cursor_unknown',  'cursor'],
    ['limit=0',             'invalid_request', 'limit'],
    ['limit=101',           'invalid_request', 'limit'],
    ['limit=1&limit=2',     'invalid_request', 'limit'],
    ['wait_ms=30001',       'invalid_request', 'wait_ms'],
    ['type=nothing',        'invalid_request', 'type'],
    ['since=yesterday',     'invalid_request', 'since'],
    ['object_id=pm_x',      'invalid_request', 'object_id'],
    ['body=stripe',         'invalid_request', 'body'],
    ['unknown=1',           'invalid_request', 'unknown'],
  ] as const;
  for (const [query, code, param] of refused) {
    test(`?${query} is refused as ${code}`, async () => {
      const { status, json } = await ask(world, `GET /events?${query}`);
      expect([status, json.error.code, json.error.param]).toEqual([400, code, param]);
    });
  }

  test('is not kept waiting where too many wait already', async () => {
    const over = new AbortController();
    const waiting = Array.from({ length: 120 }, () =>
      ask(world, `GET /events?cursor=${start}&wait_ms=30000&type=mandate.created`, { signal: over.signal }).catch(
        () => null,
      ),
    );
    try {
      for (;;) {
        const { status, json } = await ask(world, `GET /events?cursor=${start}&wait_ms=1&type=mandate.created`);
        if (status === 429) {
          expect(json.error.code).toBe('too_many_waiting');
          break;
        }
      }
      expect((await ask(world, `GET /events?cursor=${start}`)).status).toBe(200);
    } finally {
      over.abort();
      await Promise.all(waiting);
    }
  });
});

test('a server that stops ends the requests that wait', async () => {
  const other = await makeOperatorWorld();
  const { next_cursor: cursor } = (await ask(other, 'GET /events?cursor=latest')).json;
  const waiting = ask(other, `GET /events?cursor=${cursor}&wait_ms=30000`);
  await ask(other, 'GET /requests');
  const [answer] = await Promise.all([waiting, other.stop()]);
  expect(answer.json.data).toEqual([]);
}, 30_000);
