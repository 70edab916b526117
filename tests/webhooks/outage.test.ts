import { createWebhooks, type EndpointPlace, type Scope, type SentWebhook, type Webhooks } from '@onfile/core';
import { createPayjpDialect } from '@onfile/dialects';
import { createIds } from '@onfile/server';
import { createPostgresStorage, migrate, type PostgresStorage } from '@onfile/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServerForTests } from '../../packages/storage/testing/embedded-for-tests.js';
import { makeCustomersWithEvents } from './customers.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let storage: PostgresStorage;
const undo: (() => Promise<unknown>)[] = [];
const ids = createIds({ now: () => Date.now() });

beforeAll(async () => {
  const postgres = await startServerForTests();
  undo.push(() => postgres.stop());
  await migrate({ connection: postgres.connection }, { log: () => {} });
  storage = createPostgresStorage({ connection: postgres.connection, log: () => {} });
  undo.push(() => storage.close());
});
afterAll(async () => {
  for (let end = undo.pop(); end !== undefined; end = undo.pop()) await end();
});

interface Post {
  readonly at: number;
  readonly id: string;
  readonly change: number;
  readonly object: string;
  readonly isAccepted: boolean;
}

type Answering = (
  sinceMs: number,
  event: Pick<Post, 'object' | 'change'>,
) => number | { readonly status: number; readonly retryAfterMs: number };

/** Webhooks on real storage, with a receiver that is a function and a clock that the test moves. */
async function aShop(answer: Answering) {
  const scope: Scope = { merchantId: ids.next(), mode: 'test' };
  const startedAt = Date.now();
  let sinceMs = 0;
  const posts: Post[] = [];
  const webhooks = createWebhooks({
    storage,
    sender: {
      checkUrl: () => null,
      async send({ id, body }): Promise<SentWebhook> {
        const { data } = JSON.parse(body) as { data: { id: string; description: string } };
        const event = { object: data.id, change: Number(data.description) };
        const given = answer(sinceMs, event);
        const { status, retryAfterMs } = typeof given === 'number' ? { status: given, retryAfterMs: null } : given;
        posts.push({ at: sinceMs, id, ...event, isAccepted: status < 300 });
        const trace = { sentHeaders: {}, received: null };
        return { kind: 'answered', status, retryAfterMs, reply: '', durationMs: 1, trace };
      },
    },
    dialects: [createPayjpDialect({ apiUrl: () => 'http://localhost' }).webhooks],
    derivedSecrets: { derive: () => 'a'.repeat(43) },
    clock: { now: () => startedAt + sinceMs },
    ids,
    random: { fraction: () => 0.5 },
    vaultUrl: () => 'http://localhost',
  });
  const created = await webhooks.createEndpoint({ scope, url: 'http://localhost/', dialect: 'payjp', events: null });
  if (created.kind !== 'done') throw new Error(created.refusal.code);
  const place = { scope, id: created.value.endpoint.id };
  return {
    scope,
    posts,
    accepted: () => new Set(posts.filter(({ isAccepted }) => isAccepted).map(({ id }) => id)),
    endpoint: async () => (await webhooks.listEndpoints(scope))[0],
    deliveries: () => webhooks.listDeliveries(scope, {}, 1_000),
    makeEvents: (customers: number, eventsEach: number) =>
      makeCustomersWithEvents({ storage, ids }, { scope, customers, eventsEach }),
    /** Lets so much time go by, in steps, and everything happen that is due at each. */
    async pass(durationMs: number, stepMs = SECOND) {
      for (const end = sinceMs + durationMs; sinceMs < end; ) {
        sinceMs += stepMs;
        await deliverAllDue(webhooks, place);
      }
    },
  };
}

async function deliverAllDue(webhooks: Webhooks, place: EndpointPlace): Promise<void> {
  for (;;) {
    const claimed = await webhooks.claim(place, 10);
    const deliveries = claimed?.deliveries ?? [];
    if (claimed === null || deliveries.length === 0) return;
    await Promise.allSettled(deliveries.map((delivery) => webhooks.deliver({ endpoint: claimed.endpoint, delivery })));
  }
}

describe('an endpoint that is away for a minute', () => {
  for (const [what, customers, eventsEach] of [
    ['one event', 1, 1],
    ['a hundred and fifty events', 50, 3],
  ] as const) {
    test(`gets ${what} within half a minute of its return, in order, and is spared meanwhile`, async () => {
      const shop = await aShop((sinceMs) => (sinceMs < MINUTE ? 503 : 200));
      await shop.makeEvents(customers, eventsEach);
      await shop.pass(MINUTE - SECOND);
      expect(shop.accepted().size).toBe(0);
      expect(shop.posts.length).toBeLessThanOrEqual(10 + 8);

      await shop.pass(30 * SECOND);
      expect(shop.accepted().size).toBe(customers * eventsEach);
      for (const object of new Set(shop.posts.map((post) => post.object))) {
        const order = shop.posts
          .filter((post) => post.object === object && post.isAccepted)
          .map(({ change }) => change);
        expect(order).toEqual(Array.from({ length: eventsEach }, (_, change) => change));
      }
      expect(await shop.endpoint()).toMatchObject({ failures: 0, failingSince: null, probeAt: null });
      expect((await shop.deliveries()).every(({ state }) => state === 'accepted')).toBe(true);
    });
  }

  test('is probed at least every ten seconds while its circuit is open, with one delivery at a time', async () => {
    const shop = await aShop(() => 500);
    await shop.makeEvents(20, 1);
    await shop.pass(2 * MINUTE);
    const probes = shop.posts.filter(({ at }) => at > SECOND).map(({ at }) => at);
    const gaps = probes.slice(1).map((at, index) => at - (probes[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10 * SECOND);
    expect(Math.min(...gaps)).toBeGreaterThan(SECOND);
  });
});

test('an endpoint that asks for time with Retry-After is left alone for so long', async () => {
  const shop = await aShop((sinceMs) => (sinceMs < 5 * SECOND ? { status: 429, retryAfterMs: 2 * MINUTE } : 200));
  await shop.makeEvents(3, 1);
  await shop.pass(2 * MINUTE);
  const before = shop.posts.length;
  expect(shop.posts.every(({ at }) => at <= SECOND)).toBe(true);
  await shop.pass(5 * SECOND);
  expect(shop.posts.length).toBeGreaterThan(before);
  expect(shop.accepted().size).toBe(3);
});

test('an event that its endpoint never accepts is a dead letter after its thirteenth try, and its object goes on', async () => {
  const shop = await aShop((_, { change }) => (change === 0 ? 500 : 200));
  await shop.makeEvents(1, 2);
  await shop.pass(3 * DAY, 10 * MINUTE);
  expect(shop.accepted().size).toBe(0);
  await shop.pass(DAY, 10 * MINUTE);
  const [later, first] = await shop.deliveries();
  expect(first).toMatchObject({ sequence: 1, state: 'dead', attempts: 13, lastAttempt: { status: 500 } });
  expect(later).toMatchObject({ sequence: 2, state: 'accepted' });
});

test('an endpoint that accepts nothing for five days is disabled, and what waits is kept', async () => {
  const shop = await aShop(() => 500);
  await shop.makeEvents(1, 1);
  await shop.pass(3 * DAY, 10 * MINUTE);
  await shop.makeEvents(1, 1);
  await shop.pass(2 * DAY + HOUR, 10 * MINUTE);
  expect(await shop.endpoint()).toMatchObject({ state: 'disabled', disabledReason: 'failing', probeAt: null });
  const count = shop.posts.length;
  await shop.pass(DAY, HOUR);
  expect(shop.posts).toHaveLength(count);
  expect((await shop.deliveries())[0]).toMatchObject({ state: 'pending' });
});

test('an event that brings its worker down at every try is given up at last, and its object goes on', async () => {
  let downfalls = 0;
  const shop = await aShop((_, { change }) => {
    if (change > 0) return 200;
    downfalls += 1;
    throw new Error('as if the process had ended');
  });
  await shop.makeEvents(1, 2);
  await shop.pass(10 * MINUTE, 5 * SECOND);
  expect(downfalls).toBe(13);
  const [later, first] = await shop.deliveries();
  expect(first).toMatchObject({ state: 'dead', lastAttempt: { status: null, fault: 'interrupted' } });
  expect(later).toMatchObject({ state: 'accepted' });
});
