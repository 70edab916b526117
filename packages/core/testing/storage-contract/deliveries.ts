import { describe, expect, test } from 'vitest';
import type {
  Change,
  DeliveryAttempt,
  DeliveryRecord,
  EndpointChange,
  Scope,
  Settlement,
  Uuid,
  WebhookEndpoint,
} from '../../src/index.js';
import { RECORDS_KEPT_MAX } from '../../src/index.js';
import { aCustomer, NOON, uuid } from '../builders.js';
import { eventsOf, type World } from './world.js';

export function deliveryCases(world: () => World): void {
  describe('a webhook endpoint', () => {
    test('is read as it was written, newest first, and by its own merchant and mode alone', async () => {
      const w = world();
      const scope = await w.newScope();
      const first = await addEndpoint(w, scope, { failingSince: NOON, probeAt: NOON + 1, failures: 3 });
      const second = await addEndpoint(w, scope, {
        state: 'disabled',
        disabledReason: 'gone',
        secrets: [
          { id: uuid(1), expiresAt: null },
          { id: uuid(2), expiresAt: NOON },
        ],
      });
      expect(await w.storage.loadWebhookEndpoint(scope, first.id)).toEqual(first);
      expect(await w.storage.listWebhookEndpoints(scope)).toEqual([second, first]);
      for (const other of [await w.newScope(), { ...scope, mode: 'live' as const }]) {
        expect(await w.storage.loadWebhookEndpoint(other, first.id)).toBeNull();
        expect(await w.storage.listWebhookEndpoints(other)).toEqual([]);
      }
    });

    test('is changed by whoever knows its version, once', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const options = { at: NOON + 5, releasesWaiting: false };
      const patch = { state: 'disabled', disabledReason: 'operator' } as const;
      const changed = await w.storage.updateWebhookEndpoint(endpoint, patch, options);
      expect(changed).toEqual({ ...endpoint, ...patch, version: 2, updatedAt: NOON + 5 });
      expect(await w.storage.updateWebhookEndpoint(endpoint, patch, options)).toBeNull();
      expect(await w.storage.loadWebhookEndpoint(scope, endpoint.id)).toEqual(changed);
    });

    test('that wants everything gets the types that a release adds; one that chose keeps its choice', async () => {
      const w = world();
      const scope = await w.newScope();
      const dialect = `dialect-${w.next()}`;
      const all = await addEndpoint(w, scope, { dialect, wantsAllEvents: true, eventTypes: ['customer.created'] });
      const some = await addEndpoint(w, scope, { dialect, eventTypes: ['customer.created'] });
      const types = ['customer.created', 'customer.deleted'] as const;
      expect(await w.storage.setTypesOfEndpointsThatWantAll(dialect, types, NOON + 1)).toBe(1);
      expect(await w.storage.setTypesOfEndpointsThatWantAll(dialect, types, NOON + 2)).toBe(0);
      expect((await w.storage.loadWebhookEndpoint(scope, all.id))?.eventTypes).toEqual(types);
      expect(await w.storage.loadWebhookEndpoint(scope, some.id)).toEqual(some);
    });
  });

  describe('a commit', () => {
    test('makes a delivery of each event for each enabled endpoint that wants its type', async () => {
      const w = world();
      const scope = await w.newScope();
      const wanting = await addEndpoint(w, scope);
      const choosy = await addEndpoint(w, scope, { eventTypes: ['customer.updated'] });
      await addEndpoint(w, scope, { state: 'disabled', disabledReason: 'operator' });
      await addEndpoint(w, { ...scope, mode: 'live' });
      await addEndpoint(w, await w.newScope());
      const [created, updated] = await makeEvents(w, scope, 2);
      const pairs = (await deliveriesOf(w, scope)).map(({ eventId, endpointId }) => [eventId, endpointId]);
      expect(pairs.sort()).toEqual(
        [
          [created?.id, wanting.id],
          [updated?.id, wanting.id],
          [updated?.id, choosy.id],
        ].sort(),
      );
      expect(await w.storage.countPendingDeliveries(scope, [created?.id as Uuid, updated?.id as Uuid])).toEqual(
        new Map([
          [created?.id, 1],
          [updated?.id, 2],
        ]),
      );
    });

    test('that is stale makes none, and one that makes several events makes a delivery for each', async () => {
      const w = world();
      const scope = await w.newScope();
      await addEndpoint(w, scope);
      const insert = () => w.insert('customer', aCustomer({ id: w.next(), scope }));
      const stale = w.update('customer', w.next(), { expect: { version: 1 }, patch: { email: 'a@example.com' } });
      expect(await w.commit(scope, [insert(), stale])).toEqual({ kind: 'stale' });
      expect(await deliveriesOf(w, scope)).toEqual([]);
      await w.commitSurely(scope, [insert(), insert(), insert()], { at: NOON + 3 });
      const made = await deliveriesOf(w, scope);
      expect(made).toHaveLength(3);
      expect(made[0]).toMatchObject({
        state: 'pending',
        attempts: 0,
        dueAt: NOON + 3,
        lastAttempt: null,
        endedAt: null,
      });
    });
  });

  describe('claiming', () => {
    test('takes the earliest event of each object, and the next when that is accepted or dead', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const one = await makeEvents(w, scope, 3);
      const other = await makeEvents(w, scope, 1);
      const first = await claim(w, endpoint);
      expect(idsOf(first)).toEqual([one[0]?.id, other[0]?.id]);
      expect(first?.deliveries[0]).toMatchObject({ claim: 1, attempts: 1, isScheduled: true, pendingCount: 1 });
      expect(first?.deliveries[0]?.event).toEqual(one[0]);
      expect(idsOf(await claim(w, endpoint))).toEqual([]);

      expect(await settle(w, endpoint, one[0]?.id, { outcome: { state: 'accepted' } })).toBe('settled');
      expect(idsOf(await claim(w, endpoint))).toEqual([one[1]?.id]);
      expect(await settle(w, endpoint, one[1]?.id, { outcome: { state: 'dead' } })).toBe('settled');
      expect(idsOf(await claim(w, endpoint))).toEqual([one[2]?.id]);
    });

    test('an event whose former one waits for its next try waits too; other objects go on', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const [failing, blocked] = await makeEvents(w, scope, 2);
      await claim(w, endpoint);
      await settle(w, endpoint, failing?.id, { outcome: { state: 'pending', scheduledAt: NOON + 5_000 } });
      const [free] = await makeEvents(w, scope, 1);
      expect(idsOf(await claim(w, endpoint, { now: NOON + 4_999 }))).toEqual([free?.id]);
      const again = await claim(w, endpoint, { now: NOON + 5_000 });
      expect(idsOf(again)).toEqual([failing?.id]);
      expect(again?.deliveries[0]).toMatchObject({ claim: 2, attempts: 2, scheduledAt: NOON + 5_000 });
      expect(idsOf(again)).not.toContain(blocked?.id);
    });

    test('a lease that ran out frees the delivery, and fences off whoever had it', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const [event] = await makeEvents(w, scope, 1);
      await claim(w, endpoint, { leaseUntil: NOON + 100 });
      expect(idsOf(await claim(w, endpoint, { now: NOON + 99 }))).toEqual([]);
      const second = await claim(w, endpoint, { now: NOON + 100 });
      expect(second?.deliveries[0]).toMatchObject({ claim: 2, attempts: 2 });
      expect(await settle(w, endpoint, event?.id, { claim: 1 })).toBe('lost');
      expect((await deliveriesOf(w, scope))[0]?.state).toBe('pending');
      expect(await settle(w, endpoint, event?.id, { claim: 2 })).toBe('settled');
      expect(await settle(w, endpoint, event?.id, { claim: 2 })).toBe('lost');
    });

    test('keeps to the number that may be under way, whoever claims', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      for (let i = 0; i < 6; i += 1) await makeEvents(w, scope, 1);
      const claims = await Promise.all([1, 2, 3, 4].map(() => claim(w, endpoint, { inFlightMax: 4 })));
      const taken = claims.flatMap(idsOf);
      expect(new Set(taken).size).toBe(taken.length);
      expect(taken.length).toBe(4);
      await settle(w, endpoint, taken[0], {});
      expect(idsOf(await claim(w, endpoint, { inFlightMax: 4 }))).toHaveLength(1);
    });

    test('many at once take each delivery once, and each object in order', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      for (let i = 0; i < 8; i += 1) await makeEvents(w, scope, 4);
      const seen: { object: Uuid; sequence: number }[] = [];
      const worker = async () => {
        for (let idle = 0; idle < 20; ) {
          const claimed = await claim(w, endpoint, { inFlightMax: 3 });
          idle = (claimed?.deliveries.length ?? 0) > 0 ? 0 : idle + 1;
          for (const { event, claim: number } of claimed?.deliveries ?? []) {
            seen.push({ object: event.objectId, sequence: event.sequence });
            await settle(w, endpoint, event.id, { claim: number });
          }
        }
      };
      await Promise.all([worker(), worker(), worker()]);
      expect(seen).toHaveLength(32);
      for (const object of new Set(seen.map((each) => each.object))) {
        expect(seen.filter((each) => each.object === object).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
      }
    });

    test('an endpoint that is disabled, unknown or another’s gives nothing', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      await makeEvents(w, scope, 1);
      expect(await claim(w, { ...endpoint, id: w.next() })).toBeNull();
      expect(await claim(w, { ...endpoint, scope: await w.newScope() })).toBeNull();
      const patch = { state: 'disabled', disabledReason: 'operator' } as const;
      await w.storage.updateWebhookEndpoint(endpoint, patch, { at: NOON, releasesWaiting: false });
      expect(await claim(w, endpoint)).toBeNull();
    });

    test('finds the endpoints that have something to send, from anywhere in their order', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoints = [await addEndpoint(w, scope), await addEndpoint(w, scope)];
      const idle = await addEndpoint(w, scope, { eventTypes: [] });
      await makeEvents(w, scope, 1);
      const due = async (after: Uuid | null, now = NOON) => {
        const page = { after: after && { scope, id: after }, limit: 10_000 };
        const found = await w.storage.listEndpointsWithDueDeliveries(now, page);
        return found.filter((each) => each.scope.merchantId === scope.merchantId).map(({ id }) => id);
      };
      expect(await due(null)).toEqual(endpoints.map(({ id }) => id));
      expect(await due(endpoints[0]?.id ?? null)).toEqual([endpoints[1]?.id]);
      expect(await due(null, NOON - 1)).toEqual([]);
      expect(await due(null)).not.toContain(idle.id);
    });
  });

  describe('an open circuit', () => {
    const OPEN = {
      state: 'enabled',
      disabledReason: null,
      failures: 3,
      failingSince: NOON,
      probeAt: NOON + 9_000,
      releasesWaiting: false,
    } as const;

    test('lets one delivery through at the moment of its probe, due or not, and a good one releases the rest', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const [a] = await makeEvents(w, scope, 1);
      const [b] = await makeEvents(w, scope, 1);
      await claim(w, endpoint);
      const later = { state: 'pending', scheduledAt: NOON + 3_600_000 } as const;
      await settle(w, endpoint, b?.id, { outcome: later });
      await settle(w, endpoint, a?.id, { outcome: later, endpoint: { expectVersion: 1, change: OPEN } });
      expect(await claim(w, endpoint, { now: NOON + 8_999 })).toBeNull();

      const probe = await claim(w, endpoint, { now: NOON + 9_000, leaseUntil: NOON + 29_000 });
      expect(probe?.endpoint).toMatchObject({ failures: 3, probeAt: NOON + 9_000, version: 2 });
      expect(probe?.deliveries).toHaveLength(1);
      expect(probe?.deliveries[0]).toMatchObject({ isScheduled: false, attempts: 1, scheduledAt: NOON + 3_600_000 });
      expect(await claim(w, endpoint, { now: NOON + 28_999 })).toBeNull();

      const change = { ...OPEN, failures: 0, failingSince: null, probeAt: null, releasesWaiting: true };
      const good = { at: NOON + 9_100, claim: 2, endpoint: { expectVersion: 2, change } };
      expect(await settle(w, endpoint, idsOf(probe)[0], good)).toBe('settled');
      const released = await claim(w, endpoint, { now: NOON + 9_100 });
      expect(released?.deliveries).toHaveLength(1);
      expect(released?.deliveries[0]).toMatchObject({ isScheduled: false, attempts: 1, scheduledAt: NOON + 3_600_000 });
    });

    test('is opened by whoever knows the endpoint’s version; another writes nothing, also not of its delivery', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const [event] = await makeEvents(w, scope, 1);
      await claim(w, endpoint);
      expect(await settle(w, endpoint, event?.id, { endpoint: { expectVersion: 7, change: OPEN } })).toBe('stale');
      expect((await deliveriesOf(w, scope))[0]).toMatchObject({ state: 'pending', lastAttempt: null });
      expect(await settle(w, endpoint, event?.id, { endpoint: { expectVersion: 1, change: OPEN } })).toBe('settled');
      const { releasesWaiting: _, ...health } = OPEN;
      expect(await w.storage.loadWebhookEndpoint(scope, endpoint.id)).toMatchObject({ ...health, version: 2 });
    });

    test('settlements of many deliveries at once neither lock each other out nor lose a change', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      for (let i = 0; i < 8; i += 1) await makeEvents(w, scope, 1);
      const claimed = await claim(w, endpoint);
      const change: EndpointChange = { ...OPEN, probeAt: null, releasesWaiting: true };
      const fail = async (id: Uuid) => {
        for (let tries = 0; tries < 20; tries += 1) {
          const known = await w.storage.loadWebhookEndpoint(scope, endpoint.id);
          const version = known?.version ?? 0;
          const more = { ...change, failures: (known?.failures ?? 0) + 1 };
          const outcome = { state: 'pending', scheduledAt: NOON + 5_000 } as const;
          if (
            (await settle(w, endpoint, id, { outcome, endpoint: { expectVersion: version, change: more } })) ===
            'settled'
          )
            return;
        }
        throw new Error('never settled');
      };
      await Promise.all(idsOf(claimed).map(fail));
      expect((await w.storage.loadWebhookEndpoint(scope, endpoint.id))?.failures).toBe(8);
    });
  });

  describe('a replay', () => {
    test('makes ended deliveries pending again from the first try on, and fences off whoever still writes', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const [event] = await makeEvents(w, scope, 1);
      await claim(w, endpoint);
      await settle(w, endpoint, event?.id, { outcome: { state: 'dead' }, attempt: AN_ATTEMPT });
      expect((await deliveriesOf(w, scope))[0]).toMatchObject({
        state: 'dead',
        endedAt: NOON,
        lastAttempt: AN_ATTEMPT,
      });
      const range = { ...EVERYTHING, endpointId: endpoint.id, eventIds: [event?.id as Uuid], limit: 10 };
      expect(await w.storage.replayDeliveries(scope, range, NOON + 50)).toEqual([event?.id]);
      expect(await settle(w, endpoint, event?.id, { claim: 1 })).toBe('lost');
      const again = await claim(w, endpoint, { now: NOON + 50 });
      expect(again?.deliveries[0]).toMatchObject({ attempts: 1, claim: 3, isScheduled: true });
    });

    test('reaches events from before the endpoint, of the types that it wants, in batches', async () => {
      const w = world();
      const scope = await w.newScope();
      const [created, ...updated] = await makeEvents(w, scope, 4);
      const endpoint = await addEndpoint(w, scope, { eventTypes: ['customer.updated'] });
      const range = { ...EVERYTHING, endpointId: endpoint.id, since: NOON, limit: 2 };
      expect(await w.storage.replayDeliveries(scope, range, NOON)).toEqual(updated.slice(0, 2).map(({ id }) => id));
      const next = { ...range, after: updated[1]?.id ?? null };
      expect(await w.storage.replayDeliveries(scope, next, NOON)).toEqual([updated[2]?.id]);
      expect(await w.storage.replayDeliveries(scope, { ...range, since: NOON + 1 }, NOON)).toEqual([]);
      expect((await deliveriesOf(w, scope)).map(({ eventId }) => eventId)).not.toContain(created?.id);
      expect(idsOf(await claim(w, endpoint))).toEqual([updated[0]?.id]);
    });
  });

  describe('a replay of a part', () => {
    test('takes only events of its span of time, and of the states that are asked for', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const [accepted] = await makeEvents(w, scope, 1);
      const [dead] = await makeEvents(w, scope, 1);
      await claim(w, endpoint);
      await settle(w, endpoint, accepted?.id, {});
      await settle(w, endpoint, dead?.id, { outcome: { state: 'dead' } });
      const late = await addEndpoint(w, scope);
      const replay = (range: object, { id } = endpoint) =>
        w.storage.replayDeliveries(scope, { ...EVERYTHING, endpointId: id, limit: 10, ...range }, NOON);

      expect(await replay({ until: NOON })).toEqual([]);
      expect(await replay({ states: ['dead'] }, late)).toEqual([]);
      expect(await replay({ states: ['dead'] })).toEqual([dead?.id]);
      expect(await replay({ states: ['accepted', 'dead'] })).toEqual([accepted?.id]);
      expect(await replay({ until: NOON + 1 }, late)).toEqual([accepted?.id, dead?.id]);
    });
  });

  describe('a POST', () => {
    const record = (n: number): DeliveryRecord => ({
      at: NOON + n,
      durationMs: n,
      request: { url: 'https://shop.example/hooks', headers: { 'webhook-id': 'e' }, body: '{"あ":1}' },
      answer: n % 2 === 0 ? null : { status: 500, headers: { server: 'x' }, body: `no\n${n}` },
      fault: n % 2 === 0 ? 'timeout' : null,
    });

    test('is kept whole beside its delivery, the latest ones alone, and by its own merchant and mode', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const [event] = await makeEvents(w, scope, 1);
      const delivery = { eventId: event?.id as Uuid, endpointId: endpoint.id };
      const posts = Array.from({ length: RECORDS_KEPT_MAX + 3 }, (_, index) => index + 1);
      for (const n of posts) {
        await claim(w, endpoint);
        const outcome = { state: 'pending', scheduledAt: NOON } as const;
        expect(await settle(w, endpoint, event?.id, { claim: n, outcome, record: record(n) })).toBe('settled');
      }
      expect(await w.storage.listDeliveryRecords(scope, delivery)).toEqual(posts.slice(3).map(record));
      for (const other of [await w.newScope(), { ...scope, mode: 'live' as const }]) {
        expect(await w.storage.listDeliveryRecords(other, delivery)).toEqual([]);
      }
    });

    test('whose result is lost is not kept, and neither is one that leaves its endpoint as another found it', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const [event] = await makeEvents(w, scope, 1);
      const delivery = { eventId: event?.id as Uuid, endpointId: endpoint.id };
      await claim(w, endpoint);
      const parts = { record: record(1) };
      expect(await settle(w, endpoint, event?.id, { ...parts, claim: 7 })).toBe('lost');
      const change: EndpointChange = {
        ...{ state: 'enabled', disabledReason: null, failures: 1, failingSince: NOON, probeAt: null },
        releasesWaiting: false,
      };
      expect(await settle(w, endpoint, event?.id, { ...parts, endpoint: { expectVersion: 9, change } })).toBe('stale');
      expect(await w.storage.listDeliveryRecords(scope, delivery)).toEqual([]);
      expect(await settle(w, endpoint, event?.id, { ...parts, endpoint: { expectVersion: 1, change } })).toBe(
        'settled',
      );
      expect(await w.storage.listDeliveryRecords(scope, delivery)).toEqual([record(1)]);
    });

    test('is forgotten when it is old, in batches', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const days = [1, 2, 3].map((day) => day - 1_000_000_000);
      const events = await Promise.all(days.map(async () => (await makeEvents(w, scope, 1))[0]?.id as Uuid));
      await claim(w, endpoint);
      for (const [index, at] of days.entries()) await settle(w, endpoint, events[index], { at, record: record(1) });
      const ended = (days[2] ?? 0) as number;
      expect(await w.storage.deleteDeliveryRecords(ended, 1)).toBe(1);
      expect(await w.storage.deleteDeliveryRecords(ended, 10)).toBe(1);
      expect(await w.storage.deleteDeliveryRecords(ended, 10)).toBe(0);
      const left = events.map((eventId) => w.storage.listDeliveryRecords(scope, { eventId, endpointId: endpoint.id }));
      expect((await Promise.all(left)).map(({ length }) => length)).toEqual([0, 0, 1]);
    });
  });

  describe('an endpoint that is changed or deleted', () => {
    test('gets what waits at its new address, and other types from then on', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const patch = { url: 'https://other.example/', eventTypes: ['customer.created'], wantsAllEvents: true } as const;
      const changed = await w.storage.updateWebhookEndpoint(endpoint, patch, { at: NOON, releasesWaiting: false });
      expect(changed).toEqual({ ...endpoint, ...patch, version: 2 });
      expect(await w.storage.loadWebhookEndpoint(scope, endpoint.id)).toEqual(changed);
    });

    test('is gone with what waits for it, and what it was sent stays', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const other = await addEndpoint(w, scope);
      const [sent, waiting] = [(await makeEvents(w, scope, 1))[0], (await makeEvents(w, scope, 1))[0]];
      await claim(w, endpoint);
      await settle(w, endpoint, sent?.id, {});
      expect(await w.storage.deleteWebhookEndpoint({ ...scope, mode: 'live' }, endpoint.id)).toBeNull();
      expect(await w.storage.deleteWebhookEndpoint(scope, endpoint.id)).toEqual(endpoint);
      expect(await w.storage.deleteWebhookEndpoint(scope, endpoint.id)).toBeNull();
      expect(await w.storage.listWebhookEndpoints(scope)).toEqual([other]);
      const left = await w.storage.listDeliveries(scope, { endpointId: endpoint.id }, 10);
      expect(left.map(({ eventId, state }) => [eventId, state])).toEqual([[sent?.id, 'accepted']]);
      expect(await settle(w, endpoint, waiting?.id, {})).toBe('lost');
      expect(await w.storage.countPendingDeliveries(scope, [waiting?.id as Uuid])).toEqual(new Map([[waiting?.id, 1]]));
    });
  });

  describe('a list of deliveries', () => {
    test('is of one event, and goes on between its endpoints', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoints = [await addEndpoint(w, scope), await addEndpoint(w, scope), await addEndpoint(w, scope)];
      const [event] = await makeEvents(w, scope, 2);
      const eventId = event?.id as Uuid;
      const descending = endpoints.map(({ id }) => id).reverse();
      const list = async (filter: Parameters<typeof w.storage.listDeliveries>[1]) =>
        (await w.storage.listDeliveries(scope, filter, 10)).map(({ endpointId }) => endpointId);
      expect(await list({ eventId })).toEqual(descending);
      const [first, second] = descending as [Uuid, Uuid];
      expect(await list({ eventId, endpointId: second })).toEqual([second]);
      expect(await list({ before: eventId, beforeEndpoint: first })).toEqual(descending.slice(1));
      expect(await list({ before: eventId })).toEqual([]);
    });

    test('is latest event first, by endpoint, by state, and from any place on', async () => {
      const w = world();
      const scope = await w.newScope();
      const endpoint = await addEndpoint(w, scope);
      const other = await addEndpoint(w, scope);
      const [a, b] = await makeEvents(w, scope, 2);
      await claim(w, endpoint);
      await settle(w, endpoint, a?.id, {});
      const list = async (filter: Parameters<typeof w.storage.listDeliveries>[1], limit = 10) =>
        (await w.storage.listDeliveries(scope, filter, limit)).map(({ eventId, endpointId }) => [eventId, endpointId]);
      expect(await list({ endpointId: endpoint.id })).toEqual([
        [b?.id, endpoint.id],
        [a?.id, endpoint.id],
      ]);
      expect(await list({ endpointId: endpoint.id, state: 'accepted' })).toEqual([[a?.id, endpoint.id]]);
      expect(await list({ endpointId: endpoint.id, before: b?.id as Uuid })).toEqual([[a?.id, endpoint.id]]);
      expect(await list({})).toHaveLength(4);
      expect(await list({ state: 'pending' }, 2)).toHaveLength(2);
      expect((await list({ before: b?.id as Uuid })).sort()).toEqual(
        [
          [a?.id, endpoint.id],
          [a?.id, other.id],
        ].sort(),
      );
    });
  });
}

const EVERYTHING = { eventIds: null, since: null, until: null, states: null, after: null };
const AN_ATTEMPT: DeliveryAttempt = { at: NOON - 20, durationMs: 20, status: 500, fault: null, reply: 'no' };

async function addEndpoint(w: World, scope: Scope, parts: Partial<WebhookEndpoint> = {}): Promise<WebhookEndpoint> {
  const endpoint: WebhookEndpoint = {
    id: w.next(),
    scope,
    version: 1,
    url: 'https://shop.example/hooks',
    dialect: 'payjp',
    eventTypes: ['customer.created', 'customer.updated'],
    wantsAllEvents: false,
    secrets: [{ id: w.next(), expiresAt: null }],
    state: 'enabled',
    disabledReason: null,
    failures: 0,
    failingSince: null,
    probeAt: null,
    createdAt: NOON,
    updatedAt: NOON,
    ...parts,
  };
  await w.storage.insertWebhookEndpoint(endpoint);
  return endpoint;
}

/** So many events of one new customer, in order. */
async function makeEvents(w: World, scope: Scope, count: number) {
  const customer = aCustomer({ id: w.next(), scope });
  await w.commitSurely(scope, [w.insert('customer', customer)]);
  for (let version = 1; version < count; version += 1) {
    const update: Change = w.update('customer', customer.id, {
      expect: { version },
      patch: { description: `version ${version + 1}` },
    });
    await w.commitSurely(scope, [update]);
  }
  return eventsOf(w, scope, customer.id);
}

function claim(
  w: World,
  { scope, id }: WebhookEndpoint,
  { now = NOON, leaseUntil, inFlightMax = 10 }: { now?: number; leaseUntil?: number; inFlightMax?: number } = {},
) {
  return w.storage.claimDeliveries({
    ...{ scope, endpointId: id, now, inFlightMax },
    leaseUntil: leaseUntil ?? now + 20_000,
  });
}

function idsOf(claimed: Awaited<ReturnType<typeof claim>>): readonly Uuid[] {
  return claimed?.deliveries.map(({ event }) => event.id) ?? [];
}

function settle(w: World, { scope, id }: WebhookEndpoint, eventId: Uuid | undefined, parts: Partial<Settlement>) {
  return w.storage.settleDelivery({
    scope,
    endpointId: id,
    eventId: eventId as Uuid,
    claim: 1,
    at: NOON,
    outcome: { state: 'accepted' },
    attempt: AN_ATTEMPT,
    record: null,
    endpoint: null,
    ...parts,
  });
}

function deliveriesOf(w: World, scope: Scope) {
  return w.storage.listDeliveries(scope, {}, 100);
}
