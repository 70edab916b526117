import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type RunningOnfile, startOnfile } from '../running-server.js';
import { makeCustomersWithEvents } from '../webhooks/customers.js';
import { accepted, type Receiver, startReceiver } from '../webhooks/receivers.js';
import { type Ended, type Line, linesOf, runOnfile } from './command.js';

// Each test starts processes, which takes its time on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const EVENTS = 3;

let folder: string;
let onfile: RunningOnfile;
let receiver: Receiver;
let isAccepting = true;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onfile-webhooks-cli-'));
  onfile = await startOnfile();
  receiver = await startReceiver(() => (isAccepting ? 200 : 503));
  const scope = { merchantId: onfile.merchantId, mode: 'test' } as const;
  await makeCustomersWithEvents(onfile, { scope, customers: 1, eventsEach: EVENTS });
});
afterAll(async () => {
  await receiver?.close();
  await onfile?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function onfileCommand(...args: readonly string[]): Promise<Ended & { readonly lines: readonly Line[] }> {
  const env = { ONFILE_API_URL: onfile.apiUrl, ONFILE_API_KEY: onfile.secretKey };
  const ended = await runOnfile(args, { cwd: folder, env });
  return { ...ended, lines: linesOf(ended) };
}

const webhooks = (...args: readonly string[]) => onfileCommand('webhooks', ...args);
const AN_ID = '019b7e1a-0000-7000-8000-000000000001';

describe('onfile webhooks', () => {
  let endpointId: string;

  test('create tells the secret and the token, list never does', async () => {
    const { code, lines } = await webhooks('create', '--url', receiver.url, '--events', 'customer.*');
    expect(code).toBe(0);
    const [{ id, secret, webhookToken }] = lines;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhookToken).toMatch(/^whook_[A-Za-z0-9]{32}$/);
    endpointId = id;

    const listed = await webhooks('list');
    expect(listed.lines).toMatchObject([
      { id, state: 'enabled', events: ['customer.created', 'customer.updated', 'customer.deleted'] },
    ]);
    expect(JSON.stringify(listed)).not.toMatch(/whsec_|whook_/);
  });

  // biome-ignore format: a table
  const refused = [
    [['create', '--url', 'http://10.0.0.1/'],                                   4, 'has to begin with https://'],
    [['create', '--url', 'https://10.0.0.1/'],                                  4, 'address'],
    [['create', '--url', 'https://intranet.corp/'],                             4, 'not a public one'],
    [['create', '--url', 'https://u:p@shop.example/'],                          4, 'user name or password'],
    [['create', '--url', 'hooks'],                                              4, 'https://shop.example/hooks'],
    [['create', '--url', 'https://shop.example/', '--events', 'order.paid'],    4, 'setup_flow.created'],
    [['create', '--url', 'https://shop.example/', '--dialect', 'esperanto'],    4, 'payjp, onfile'],
    [['create'],                                                                2, '--url'],
    [['edit', AN_ID],                                                           2, '--all-events'],
    [['edit', AN_ID, '--url', 'https://shop.example/'],                         4, 'no such object'],
    [['disable', AN_ID],                                                        4, 'no such object'],
    [['disable', 'x'],                                                          2, 'has to be a UUID'],
    [['delete', AN_ID, '--yes'],                                                4, 'no such object'],
    [['roll-secret', AN_ID, '--overlap-hours', 'ten'],                          2, 'whole number from 0 to 720'],
    [['deliveries', '--limit', '0'],                                            2, 'whole number from 1 to 1000'],
    [['replay'],                                                                2, '--since with --endpoint'],
    [['replay', '--since', '2026-01-01'],                                       2, '--endpoint together with --since'],
    [['replay', '--endpoint', AN_ID, '--since', 'noon'],                        2, '2026-01-31T09:00:00Z'],
    [['replay', 'evnt_00000000000000000000000000'],                             4, 'There is no event'],
  ] as const;
  for (const [args, code, words] of refused) {
    test(`${args.join(' ')} ends with ${code} and says what to do`, async () => {
      const ended = await webhooks(...args);
      expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(words)]);
    });
  }

  test('replay --since sends what an endpoint never got, and deliveries lists it', async () => {
    const since = new Date(Date.now() - 3_600_000 * 3).toISOString();
    const replayed = await webhooks('replay', '--endpoint', endpointId, '--since', since);
    expect(replayed.lines).toEqual([{ replayed: EVENTS }]);
    await receiver.until((received) => accepted(received).length === EVENTS);
    expect(receiver.received.map(({ event }) => event.type)).toEqual([
      'customer.created',
      'customer.updated',
      'customer.updated',
    ]);

    await settled(EVENTS);
    const { lines } = await webhooks('deliveries', '--endpoint', endpointId);
    expect(lines.map(({ type, state, attempts }) => [type, state, attempts])).toEqual([
      ['customer.updated', 'accepted', 1],
      ['customer.updated', 'accepted', 1],
      ['customer.created', 'accepted', 1],
    ]);
    const [latest] = lines;
    expect(latest).toMatchObject({ eventId: expect.stringMatching(/^evnt_/), lastAttempt: { status: 200 } });
    expect((await webhooks('deliveries', '--before', latest.eventId)).lines).toEqual(lines.slice(1));
    expect((await webhooks('deliveries', '--limit', '2')).lines).toEqual(lines.slice(0, 2));
  });

  test('replay sends events that are named again, under their ids', async () => {
    const [first, second] = (await webhooks('deliveries')).lines;
    const before = receiver.received.length;
    expect((await onfileCommand('replay', first.eventId, second.eventId)).lines).toEqual([{ replayed: 2 }]);
    await receiver.until((received) => accepted(received).length === before + 2);
    const again = receiver.received.slice(before).map(({ headers }) => headers['webhook-id']);
    expect(again.sort()).toEqual([first.eventId, second.eventId].sort());
  });

  test('what waits goes to where an edited endpoint is, and an unknown event is none of its', async () => {
    const elsewhere = await startReceiver(() => 204);
    try {
      isAccepting = false;
      const made = await onfileCommand('post', '/v2/customers', '-d', 'description=waiting');
      await receiver.until((received) =>
        received.some(({ status, event }) => status === 503 && event.data.id === made.lines[0].id),
      );
      const edited = await webhooks('edit', endpointId, '--url', elsewhere.url, '--all-events');
      expect(edited.lines).toMatchObject([{ id: endpointId, url: elsewhere.url, events: null }]);
      await elsewhere.until((received) => received.some(({ event }) => event.data.id === made.lines[0].id));
    } finally {
      isAccepting = true;
      await webhooks('edit', endpointId, '--url', receiver.url, '--events', 'customer.*');
      await elsewhere.close();
    }
  });

  test('of Onfile’s dialect has no token, and deliveries to it are told by the id that it sees', async () => {
    const own = await startReceiver(() => 200);
    const [{ id, secret, webhookToken }] = (
      await webhooks('create', '--url', own.url, '--dialect', 'onfile', '--events', 'payment_method_configuration.*')
    ).lines;
    try {
      expect([secret, webhookToken]).toEqual([expect.stringMatching(/^whsec_/), null]);
      const [{ data }] = (await onfileCommand('get', '/v2/payment_method_configurations')).lines;
      await onfileCommand('post', `/v2/payment_method_configurations/${data[0].id}`, '-d', 'name=cards');
      await own.until((received) => received.length === 1);
      const seen = own.received[0]?.headers['webhook-id'];
      expect(seen).toMatch(/^[0-9a-f-]{36}$/);
      const { lines } = await webhooks('deliveries', '--endpoint', id);
      expect(lines).toMatchObject([{ eventId: seen, type: 'payment_method_configuration.updated' }]);
      expect((await onfileCommand('replay', seen ?? '')).lines).toEqual([{ replayed: 1 }]);
    } finally {
      await webhooks('delete', id, '--yes');
      await own.close();
    }
  });

  test('disable, enable and roll-secret do what they say', async () => {
    expect((await webhooks('disable', endpointId)).lines).toMatchObject([
      { state: 'disabled', disabledReason: 'operator' },
    ]);
    expect((await webhooks('enable', endpointId)).lines).toMatchObject([{ state: 'enabled', disabledReason: null }]);
    const [first] = (await webhooks('roll-secret', endpointId)).lines;
    const [second] = (await webhooks('roll-secret', endpointId, '--overlap-hours', '0')).lines;
    expect(first.secret).not.toBe(second.secret);
    expect(first.webhookToken).toBe(second.webhookToken);
  });

  test('delete asks, and where nobody can answer wants --yes', async () => {
    const unsure = await webhooks('delete', endpointId);
    expect([unsure.code, unsure.stdout, unsure.stderr]).toEqual([2, '', expect.stringContaining('--yes')]);
    expect((await webhooks('delete', endpointId, '--yes')).lines).toEqual([{ id: endpointId, deleted: true }]);
    expect((await webhooks('list')).lines).toEqual([]);
  });

  /** A delivery is written down a moment after the receiver has answered. */
  async function settled(count: number): Promise<void> {
    const scope = { merchantId: onfile.merchantId, mode: 'test' } as const;
    for (;;) {
      const list = await onfile.webhooks.listDeliveries(
        scope,
        { endpointId: endpointId as never, state: 'accepted' },
        10,
      );
      if (list.length === count) return;
      await new Promise((again) => setImmediate(again));
    }
  }
});
