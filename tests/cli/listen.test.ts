import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type DevProcess, freePorts, startDev } from '../dev-process.js';
import { type Answering, accepted, type Received, type Receiver, startReceiver } from '../webhooks/receivers.js';
import { linesOf, type Place, type RunningCommand, runOnfile, startOnfileCommand } from './command.js';

// Each test starts processes, which takes its time on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const EVENTS_WHILE_ASLEEP = 1_000;

let folder: string;
let port: number;
let dev: DevProcess;
let place: Place;
const running: RunningCommand[] = [];
const receivers: Receiver[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onfile-listen-'));
  port = await freePorts();
  dev = await startDev({ dataDir: folder, port });
  place = { cwd: folder, env: { ONFILE_DATA_DIR: folder } };
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.end('SIGKILL')));
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});
afterAll(async () => {
  await dev?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function receive(answering: Answering = () => 200): Promise<Receiver> {
  const receiver = await startReceiver(answering);
  receivers.push(receiver);
  return receiver;
}

/** A listener that is ready: events from now on are its. */
async function listen(name: string, url: string, ...options: readonly string[]): Promise<RunningCommand> {
  const command = startOnfileCommand(['listen', '--forward-to', url, '--name', name, ...options], place);
  running.push(command);
  await command.until(({ kind }) => kind === 'listening');
  return command;
}

/** Answers the customer's id. */
async function makeCustomer(description = '0'): Promise<string> {
  const { apiUrl, merchant } = dev.description;
  const answer = await fetch(`${apiUrl}/v2/customers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${merchant.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ description }),
  });
  return ((await answer.json()) as { id: string }).id;
}

async function makeCustomers(count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const batch = Math.min(20, count - ids.length);
    ids.push(...(await Promise.all(Array.from({ length: batch }, () => makeCustomer()))));
  }
  return ids;
}

const objectsOf = (received: readonly Received[]) => received.map(({ event }) => event.data.id);

/** How often each was taken, as text, so that a difference can be read. */
function countsOf(ids: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

const once = (ids: readonly string[]) => countsOf(ids);

describe('onfile listen', () => {
  test('forwards what a webhook carries, signed as in production', async () => {
    const receiver = await receive();
    const printed = await runOnfile(['listen', '--print-secret', '--name', 'signed'], place);
    const [{ secret, webhookToken }] = linesOf(printed);
    const listener = await listen('signed', receiver.url);
    const customer = await makeCustomer();
    await receiver.until((received) => received.length === 1);

    const [{ headers, body, event }] = receiver.received as [Received];
    expect(new Webhook(secret).verify(body, { ...headers })).toEqual(event);
    expect(event).toMatchObject({ object: 'event', type: 'customer.created', data: { id: customer } });
    expect(headers['webhook-id']).toBe(event.id);
    expect(headers['x-payjp-webhook-token']).toBe(webhookToken);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    const line = await listener.until(({ kind }) => kind === 'forwarded');
    expect(line).toMatchObject({ id: event.id, type: 'customer.created', object: customer, status: 200, try: 1 });
    expect(await listener.end('SIGINT')).toMatchObject({ code: 0, stderr: '' });
  });

  test('forwards everything that happens in Onfile’s own dialect, without the static token', async () => {
    const receiver = await receive();
    const [{ secret }] = linesOf(await runOnfile(['listen', '--print-secret', '--name', 'own'], place));
    const listener = await listen('own', receiver.url, '--dialect', 'onfile');
    const customer = await makeCustomer();
    await receiver.until((received) => received.length === 1);

    const [{ headers, body }] = receiver.received as [Received];
    const event = new Webhook(secret).verify(body, { ...headers });
    expect(event).toMatchObject({
      type: 'customer.created',
      object: { kind: 'customer', dialect_ids: { payjp: customer } },
      sequence: 1,
    });
    expect(headers).not.toHaveProperty('x-payjp-webhook-token');
    const { id } = event as { readonly id: string };
    expect(headers['webhook-id']).toBe(id);
    expect(await listener.until(({ kind }) => kind === 'forwarded')).toMatchObject({ id, status: 200 });
    const shown = linesOf(await runOnfile(['get', id], place))[0];
    const { deliveries: _, ...told } = shown;
    expect(event).toEqual(told);
  });

  test('of a dialect that there is not, is refused with 4, and those that there are get named', async () => {
    const refused = await runOnfile(['listen', '--forward-to', 'http://localhost:1/', '--dialect', 'esperanto'], place);
    expect([refused.code, refused.stdout]).toEqual([4, '']);
    expect(refused.stderr).toContain('payjp, onfile');
  });

  test(`asleep for ${EVENTS_WHILE_ASLEEP} events, loses and doubles none`, async () => {
    const receiver = await receive();
    await (await listen('asleep', receiver.url)).end('SIGINT');
    const customers = await makeCustomers(EVENTS_WHILE_ASLEEP);
    const awake = await listen('asleep', receiver.url);
    await receiver.until((received) => received.length >= customers.length);
    const last = await makeCustomer();
    await receiver.until((received) => objectsOf(received).includes(last));
    await awake.end('SIGTERM');
    expect(countsOf(objectsOf(receiver.received))).toEqual(once([...customers, last]));
  });

  test('killed with -9 in the middle, loses none, and sends at most one again, with the same id', async () => {
    const receiver = await receive();
    await (await listen('killed', receiver.url)).end('SIGINT');
    const customers = await makeCustomers(300);
    const kills = [50, 130, 220];
    for (const count of kills) {
      const listener = await listen('killed', receiver.url);
      await receiver.until((received) => received.length >= count);
      await listener.end('SIGKILL');
    }
    await listen('killed', receiver.url);
    await receiver.until((received) => new Set(objectsOf(received)).size === customers.length);

    const again = receiver.received.length - customers.length;
    expect(new Set(objectsOf(receiver.received))).toEqual(new Set(customers));
    expect(again).toBeLessThanOrEqual(kills.length);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(customers.length);
  });

  test('an event that the target refuses is tried three times, then the next ones come; it can be sent again', async () => {
    let isBroken = true;
    const receiver = await receive(({ event }) => (isBroken && event.data.description === 'bad' ? 500 : 200));
    const listener = await listen('refused', receiver.url);
    const bad = await makeCustomer('bad');
    const good = await makeCustomer('good');
    await receiver.until((received) => objectsOf(accepted(received)).includes(good));
    expect(objectsOf(receiver.received)).toEqual([bad, bad, bad, good]);
    const tries = listener.lines().filter(({ kind, object }) => kind === 'forwarded' && object === bad);
    expect(tries.map(({ status, givenUp }) => [status, givenUp])).toEqual([
      [500, false],
      [500, false],
      [500, true],
    ]);
    await listener.end('SIGINT');

    isBroken = false;
    const again = await listen('refused', receiver.url, '--retry-failed');
    await receiver.until((received) => objectsOf(accepted(received)).includes(bad));
    expect(again.lines()[0]).toMatchObject({ kind: 'listening', failed: 1 });
    await again.end('SIGINT');
    const afterwards = await listen('refused', receiver.url);
    expect(afterwards.lines()[0]).toMatchObject({ failed: 0 });
  });

  test('waits for a target that is not there, and forwards in order once it is', async () => {
    const first = await receive();
    const listener = await listen('absent', first.url);
    await first.close();
    const customers = [await makeCustomer(), await makeCustomer()];
    const absent = await listener.until(({ kind }) => kind === 'target_absent');
    expect(absent).toMatchObject({ forwardTo: first.url, fault: 'ECONNREFUSED' });

    const arrived: string[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      arrived.push(JSON.parse(Buffer.concat(chunks).toString()).data.id);
      response.end();
    });
    await new Promise<void>((done) => server.listen(Number(new URL(first.url).port), '127.0.0.1', done));
    await listener.until(({ object }) => object === customers[1]);
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    expect(arrived).toEqual(customers);
  });

  test('forwards only the events that were asked for', async () => {
    const receiver = await receive();
    await listen('choosy', receiver.url, '--events', 'customer.deleted,setup_flow.*');
    const customer = await makeCustomer();
    const { apiUrl, merchant } = dev.description;
    const headers = { authorization: `Bearer ${merchant.secretKey}` };
    await fetch(`${apiUrl}/v2/customers/${customer}`, { method: 'DELETE', headers });
    await receiver.until((received) => received.length === 1);
    expect(receiver.received.map(({ event }) => [event.type, event.data.id])).toEqual([['customer.deleted', customer]]);
  });

  test('refuses a name that stands for no event of the dialect, and tells those that there are', async () => {
    const started = ['listen', '--name', 'mistaken', '--forward-to', 'http://localhost:1/', '--json'];
    const refusedBy = async (...more: string[]) => {
      const { code, stderr } = await runOnfile([...started, ...more], place);
      return [code, stderr];
    };
    expect(await refusedBy('--events', 'customer.created,setup_flow.paid')).toEqual([
      4,
      expect.stringContaining('setup_flow.succeeded'),
    ]);
    expect(await refusedBy('--dialect', 'onfile', '--events', 'setup_flow.*')).toEqual([
      4,
      expect.stringContaining('setup_intent.succeeded'),
    ]);
  });

  test('begins at an event that is named, and does not move another listener', async () => {
    const receiver = await receive();
    await (await listen('from', receiver.url)).end('SIGINT');
    const customers = [await makeCustomer(), await makeCustomer(), await makeCustomer()];
    const second = await eventAbout(customers[1] as string);
    await listen('from there', receiver.url, '--from', second);
    await receiver.until((received) => received.length === 2);
    expect(objectsOf(receiver.received)).toEqual(customers.slice(1));
    await listen('from', receiver.url);
    await receiver.until((received) => received.length === 5);
    expect(objectsOf(receiver.received).slice(2)).toEqual(customers);
  });

  test('two of one name are refused with 3, since they would move one cursor', async () => {
    const receiver = await receive();
    await listen('twice', receiver.url);
    const second = await runOnfile(['listen', '--forward-to', receiver.url, '--name', 'twice'], place);
    expect([second.code, second.stdout]).toEqual([3, '']);
    expect(second.stderr).toContain('--name second');
  });

  test('outlives a server that is killed and started again', async () => {
    const receiver = await receive();
    const listener = await listen('patient', receiver.url);
    const before = await makeCustomer();
    await receiver.until((received) => received.length === 1);
    await dev.kill();
    await listener.until(({ kind }) => kind === 'disconnected');
    dev = await startDev({ dataDir: folder, port });
    await listener.until(({ kind }) => kind === 'connected');
    const after = await makeCustomer();
    await receiver.until((received) => received.length >= 2);
    expect(objectsOf(receiver.received)).toEqual([before, after]);
    expect((await listener.end('SIGINT')).code).toBe(0);
  });

  test('asked for certain events while the server is away, begins once it is there', async () => {
    await dev.kill();
    const only = ['--events', 'customer.deleted'];
    const listener = startOnfileCommand(
      ['listen', '--forward-to', 'http://localhost:1/', '--name', 'early', ...only],
      place,
    );
    running.push(listener);
    await listener.until(({ kind }) => kind === 'disconnected');
    dev = await startDev({ dataDir: folder, port });
    await listener.until(({ kind }) => kind === 'listening');
  });

  async function eventAbout(object: string): Promise<string> {
    const [event] = linesOf(await runOnfile(['get', `/v2/events?resource_id=${object}`], place))[0].data;
    return event.id;
  }
});
