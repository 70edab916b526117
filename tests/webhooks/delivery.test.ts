import type { Clock, Scope, Uuid } from '@onfile/core';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RunningOnfile, startOnfile, type TestMerchant } from '../running-server.js';
import { makeCustomersWithEvents } from './customers.js';
import { type Answering, accepted, disorderly, idsOf, type Receiver, startReceiver } from './receivers.js';

let onfile: RunningOnfile;
const receivers: Receiver[] = [];
beforeAll(async () => {
  onfile = await startOnfile();
});
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});
afterAll(() => onfile?.stop());

interface Shop extends TestMerchant {
  readonly scope: Scope;
}

async function openShop(): Promise<Shop> {
  const merchant = await onfile.addMerchant('Shop');
  return { ...merchant, scope: { merchantId: merchant.merchantId, mode: 'test' } };
}

async function receive(
  { scope }: Shop,
  answering: Answering,
  events: readonly string[] | null = null,
): Promise<Receiver & { readonly id: Uuid; readonly secret: string; readonly token: string | null }> {
  const receiver = await startReceiver(answering);
  receivers.push(receiver);
  const created = await onfile.webhooks.createEndpoint({ scope, url: receiver.url, dialect: 'payjp', events });
  if (created.kind !== 'done') throw new Error(created.refusal.code);
  const { endpoint, secret, token } = created.value;
  return { ...receiver, id: endpoint.id, secret, token };
}

async function createCustomer({ secretKey }: Shop, body: object = {}) {
  const answer = await fetch(`${onfile.apiUrl}/v2/customers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as { id: string };
}

describe('an event', () => {
  test('arrives signed, with the account’s token, as the API shows it', async () => {
    const shop = await openShop();
    const endpoint = await receive(shop, () => 200);
    const customer = await createCustomer(shop, { email: 'あ@example.com' });
    await endpoint.until((received) => accepted(received).length === 1);

    const [{ headers, body, event }] = endpoint.received as [Receiver['received'][number]];
    expect(new Webhook(endpoint.secret).verify(body, { ...headers })).toEqual(event);
    expect(headers['x-payjp-webhook-token']).toBe(endpoint.token);
    expect(endpoint.token).toMatch(/^whook_[A-Za-z0-9]{32}$/);
    expect(headers['webhook-id']).toBe(event.id);
    expect(event).toMatchObject({ type: 'customer.created', pending_webhooks: 1, data: { id: customer.id } });

    await untilEnded(shop.scope, 1);
    const headersOfShop = { authorization: `Bearer ${shop.secretKey}` };
    const shown = await fetch(`${onfile.apiUrl}/v2/events/${event.id}`, { headers: headersOfShop });
    expect(await shown.json()).toEqual({ ...event, pending_webhooks: 0 });
  });

  test('arrives at those endpoints of its own merchant that want its type', async () => {
    const shop = await openShop();
    const wanting = await receive(shop, () => 204, ['customer.*']);
    const other = await receive(shop, () => 204, ['setup_flow.succeeded']);
    const stranger = await receive(await openShop(), () => 204);
    await createCustomer(shop);
    await wanting.until((received) => accepted(received).length === 1);
    expect([other.received, stranger.received]).toEqual([[], []]);
    expect(await onfile.webhooks.listDeliveries(shop.scope, { endpointId: other.id }, 10)).toEqual([]);
  });

  test('after a roll is signed with both secrets until the old one ends', async () => {
    const shop = await openShop();
    const endpoint = await receive(shop, () => 200);
    const rolled = await onfile.webhooks.rollSecret(shop.scope, endpoint.id, 60_000);
    if (rolled.kind !== 'done') throw new Error(rolled.refusal.code);
    await createCustomer(shop);
    await endpoint.until((received) => received.length === 1);
    const again = await onfile.webhooks.rollSecret(shop.scope, endpoint.id, 0);
    if (again.kind !== 'done') throw new Error(again.refusal.code);
    await createCustomer(shop);
    await endpoint.until((received) => received.length === 2);

    const verifies = (secret: string, index: number) => {
      const { body, headers } = endpoint.received[index] as Receiver['received'][number];
      try {
        return new Webhook(secret).verify(body, { ...headers }) !== null;
      } catch {
        return false;
      }
    };
    const secrets = [endpoint.secret, rolled.value.secret, again.value.secret];
    expect(secrets.map((secret) => verifies(secret, 0))).toEqual([true, true, false]);
    expect(secrets.map((secret) => verifies(secret, 1))).toEqual([false, false, true]);
  });

  test('that was accepted is delivered again when it is replayed, under the same id', async () => {
    const shop = await openShop();
    const endpoint = await receive(shop, () => 200);
    await createCustomer(shop);
    await endpoint.until((received) => accepted(received).length === 1);
    const [delivery] = await untilEnded(shop.scope, 1);
    const replayed = await onfile.webhooks.replayEvent(shop.scope, delivery?.eventId as Uuid, null);
    expect(replayed).toEqual({ kind: 'done', value: 1 });
    await endpoint.until((received) => accepted(received).length === 2);
    expect(idsOf(endpoint.received).size).toBe(1);
  });

  test('waits at a disabled endpoint, and goes out when it is enabled', async () => {
    const shop = await openShop();
    let isWell = false;
    const endpoint = await receive(shop, () => (isWell ? 200 : 410));
    await createCustomer(shop);
    await endpoint.until((received) => received.length === 1);
    await eventually(async () => (await onfile.webhooks.listEndpoints(shop.scope))[0]?.disabledReason === 'gone');
    isWell = true;
    await onfile.webhooks.enableEndpoint(shop.scope, endpoint.id);
    await endpoint.until((received) => accepted(received).length === 1);
    expect(onfile.logs.join('\n')).toContain('webhook.endpoint_disabled');
  });
});

describe('beside endpoints that misbehave', () => {
  test('a healthy one gets everything, in order per object', async () => {
    const shop = await openShop();
    const hostile: Record<string, Answering> = {
      hangs: () => null,
      'drips its headers': (_, { request }) => {
        const { socket } = request;
        const drip = setInterval(() => socket.write('HTTP/1.1 200 OK\r\nx-drip: 1\r\n'), 100);
        socket.once('close', () => clearInterval(drip));
        return null;
      },
      'never ends its body': (_, { response }) => {
        response.writeHead(500);
        const more = () => {
          while (response.write('x'.repeat(65_536)));
          response.once('drain', more);
        };
        more();
        return null;
      },
      redirects: (_, { response }) => {
        response.writeHead(307, { location: '/hooks' }).end();
        return null;
      },
      'breaks off': (_, { request }) => {
        request.socket.destroy();
        return null;
      },
      'is no HTTP': (_, { request }) => {
        request.socket.end('hello\r\n');
        return null;
      },
    };
    for (const answering of Object.values(hostile)) await receive(shop, answering);
    const healthy = await receive(shop, () => 200);
    await makeCustomersWithEvents(onfile, { scope: shop.scope, customers: 40, eventsEach: 4 });
    await healthy.until((received) => accepted(received).length === 160);
    expect(idsOf(healthy.received).size).toBe(160);
    expect(disorderly(healthy.received)).toEqual([]);
    const deliveries = await onfile.webhooks.listDeliveries(shop.scope, { state: 'accepted' }, 1_000);
    expect(new Set(deliveries.map(({ endpointId }) => endpointId))).toEqual(new Set([healthy.id]));
  });

  test('a refused URL says why, and nothing is registered', async () => {
    const { scope } = await openShop();
    // biome-ignore format: a table
    const urls = [
      ['http://10.0.0.1/hooks',        'url_not_https'],
      ['https://10.0.0.1/hooks',       'url_host_is_address'],
      ['https://shop.internal/hooks',  'url_host_not_public'],
      ['https://a:b@shop.example/',    'url_has_user'],
      ['shop.example/hooks',           'url_malformed'],
    ] as const;
    for (const [url, code] of urls) {
      const refused = await onfile.webhooks.createEndpoint({ scope, url, dialect: 'payjp', events: null });
      expect(refused).toEqual({ kind: 'refused', refusal: { code } });
    }
    const unknown = await onfile.webhooks.createEndpoint({
      ...{ scope, url: 'https://shop.example/', dialect: 'payjp' },
      events: ['setup_flow.done'],
    });
    expect(unknown).toMatchObject({ refusal: { code: 'event_unknown', name: 'setup_flow.done' } });
    expect(await onfile.webhooks.listEndpoints(scope)).toEqual([]);
  });
});

describe('with time running twenty times as fast', () => {
  const startedAt = Date.now();
  const clock: Clock = { now: () => startedAt + (Date.now() - startedAt) * 20 };
  let usual: RunningOnfile;
  beforeAll(async () => {
    usual = onfile;
    onfile = await startOnfile({ clock });
  });
  afterAll(async () => {
    await onfile.stop();
    onfile = usual;
  });

  test('every endpoint gets every event in order per object, be it healthy, slow or failing now and then', async () => {
    const shop = await openShop();
    const healthy = await receive(shop, () => 200);
    const slow = await receive(shop, () => new Promise((answer) => setTimeout(answer, 15, 200)));
    const tries = new Map<string, number>();
    const flaky = await receive(shop, ({ event }) => {
      const tried = (tries.get(event.id) ?? 0) + 1;
      tries.set(event.id, tried);
      return tries.size % 4 === 0 && tried === 1 ? 500 : 200;
    });
    await makeCustomersWithEvents(onfile, { scope: shop.scope, customers: 30, eventsEach: 5 });
    for (const { until, received } of [healthy, slow, flaky]) {
      await until((now) => idsOf(accepted(now)).size === 150);
      expect(disorderly(received)).toEqual([]);
    }
    expect(flaky.received.some(({ status }) => status === 500)).toBe(true);
  });
});

async function untilEnded(scope: Scope, count: number) {
  let ended: Awaited<ReturnType<typeof onfile.webhooks.listDeliveries>> = [];
  await eventually(async () => {
    ended = await onfile.webhooks.listDeliveries(scope, { state: 'accepted' }, 100);
    return ended.length === count;
  });
  return ended;
}

/** What is written after the receiver has its answer is looked for until it is there. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 500; looks += 1) {
    if (await holds()) return;
    await new Promise((next) => setTimeout(next, 10));
  }
  throw new Error('It did not come about in time');
}
