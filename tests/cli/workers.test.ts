import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createIds,
  createLog,
  createMerchant,
  issueApiClient,
  issueApiKey,
  openStorage,
  readConfig,
  systemClock,
} from '@onfile/server';
import { type Simulator, startSimulator } from '@onfile/simulator';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startServerForTests } from '../../packages/storage/testing/embedded-for-tests.js';
import { searchMemory } from '../fuzz/process-memory.js';
import { findPlain, needlesOfNumber } from '../leaks-search.js';
import { databaseUrl } from '../running-server.js';
import { type Line, type RunningCommand, runOnfile, startOnfileCommand } from './command.js';

// Each test starts processes, which takes its time on a machine that is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const undo: (() => Promise<unknown>)[] = [];
let directory: string;
let postgres: Awaited<ReturnType<typeof startServerForTests>>;
let simulator: Simulator;
let environment: Record<string, string>;
let merchantId: string;
let secretKey: string;
let clients: Record<'payment' | 'iframe', { clientId: string; clientSecret: string }>;
let onfile: RunningCommand;
let apiUrl: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'onfile-workers-'));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  postgres = await startServerForTests();
  undo.push(() => postgres.stop());
  simulator = await startSimulator({ dataDir: directory, port: 0 });
  undo.push(() => simulator.close());
  environment = {
    ONFILE_PORT: '0',
    ONFILE_DATA_DIR: directory,
    ONFILE_SIMULATOR_URL: simulator.url,
    DATABASE_URL: databaseUrl(postgres.connection),
  };
  onfile = startOnfileCommand(['serve', '--workers', '2'], { cwd: directory, env: environment });
  undo.push(() => onfile.end('SIGKILL'));
  apiUrl = (await onfile.until(({ event, origin }) => event === 'server.listening' && origin === 'api')).url;
  await workersOf(onfile, 2);
  await makeMerchant(databaseUrl(postgres.connection));
});

afterAll(async () => {
  for (let end = undo.pop(); end !== undefined; end = undo.pop()) await end();
});

async function makeMerchant(database: string): Promise<void> {
  const log = createLog({ level: 'error', format: 'json', writeLine: () => undefined });
  const opened = await openStorage(readConfig({ DATABASE_URL: database, ONFILE_DATA_DIR: directory }, directory), log);
  const administration = { storage: opened.storage, clock: systemClock, ids: createIds(systemClock) };
  const { id } = await createMerchant(administration, 'Shop');
  const owner = { merchantId: id, mode: 'test', name: null } as const;
  merchantId = id;
  secretKey = (await issueApiKey(administration, { ...owner, kind: 'secret' })).text;
  clients = {
    payment: await issueApiClient(administration, { ...owner, kind: 'secret' }),
    iframe: await issueApiClient(administration, { ...owner, kind: 'public' }),
  };
  await opened.close();
}

/** The pids of all that ever listened, once there are so many. */
async function workersOf(command: RunningCommand, count: number): Promise<readonly number[]> {
  const listened = () => command.lines().filter(({ event }) => event === 'worker.listening');
  await command.until(() => listened().length >= count);
  return listened().map(({ worker }) => worker);
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Line;
}

interface Ask {
  /** A new connection for this request alone, unless given. */
  readonly agent?: Agent;
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

function ask(target: string, { agent, token = secretKey, headers = {}, body }: Ask = {}): Promise<Answer> {
  const [method = '', path = ''] = target.split(' ');
  return new Promise((answered, failed) => {
    const asked = request(
      `${apiUrl}${path}`,
      {
        method,
        agent: agent ?? false,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        const isJson = response.headers['content-type']?.startsWith('application/json');
        const { statusCode: status = 0, headers: answeredHeaders } = response;
        answered({ status, headers: answeredHeaders, body: isJson ? JSON.parse(text) : text });
      },
    );
    asked.once('error', failed).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function pidThatAnswered({ headers }: Answer): Promise<number> {
  const id = headers['request-id'];
  return (await onfile.until(({ event, requestId }) => event === 'request.ended' && requestId === id)).pid;
}

/** A connection to each worker, by the worker's pid: requests over it are all answered there. */
async function connectionsToBoth(): Promise<ReadonlyMap<number, Agent>> {
  const connections = new Map<number, Agent>();
  for (let tries = 0; connections.size < 2 && tries < 50; tries += 1) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const pid = await pidThatAnswered(await ask('GET /healthz', { agent }));
    if (connections.has(pid)) agent.destroy();
    else connections.set(pid, agent);
  }
  undo.push(async () => connections.forEach((agent) => void agent.destroy()));
  return connections;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('onfile serve --workers 2', () => {
  test('tells of its start once, and each line says which process wrote it', () => {
    const startLines = onfile.lines().filter(({ event }) => event.startsWith('server.'));
    expect(startLines.filter(({ event }) => event === 'server.starting')).toHaveLength(1);
    expect(startLines.filter(({ event }) => event === 'server.listening')).toHaveLength(2);
    expect(onfile.lines().every(({ pid }) => Number.isInteger(pid))).toBe(true);
  });

  test('answers on one port from both processes', async () => {
    const connections = await connectionsToBoth();
    expect([...connections.keys()].sort()).toEqual([...(await workersOf(onfile, 2))].sort());
  });

  test('a setup that one process made is confirmed, authenticated and read in the other', async () => {
    const [here, there] = [...(await connectionsToBoth()).values()] as [Agent, Agent];
    const made = await ask('POST /v2/setup_flows', { agent: here, body: { payment_method_types: ['card'] } });
    expect(made.status).toBe(200);
    const card = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };
    const billing = { name: 'TARO YAMADA', email: 'taro@example.com' };
    const confirmed = await ask(`POST /v2/setup_flows/${made.body.id}/confirm`, {
      agent: there,
      body: {
        payment_method_type: 'card',
        payment_method_data: { type: 'card', card, billing_details: billing },
        return_url: 'https://shop.example/back',
      },
    });
    expect(confirmed.body.status).toBe('requires_action');
    for (const agent of [here, there]) {
      expect((await ask(`GET /v2/setup_flows/${made.body.id}`, { agent })).body.status).toBe('requires_action');
    }
  });

  test('a card entered at one process and confirmed at the other goes to the processor with its security code', async () => {
    const [here, there] = [...(await connectionsToBoth()).values()] as [Agent, Agent];
    const tokenOf = async (set: 'payment' | 'iframe') =>
      (
        await ask('POST /authentication/v1/authentication/login', {
          body: { ...clients[set], userAccessType: 'TOAST_MACHINE_CLIENT' },
        })
      ).body.token.accessToken;
    const tokens = { payment: await tokenOf('payment'), iframe: await tokenOf('iframe') };
    const customer = await ask('POST /v1/customers', {
      token: tokens.payment,
      headers: { 'Toast-Restaurant-External-ID': merchantId },
      body: { externalReferenceId: randomUUID(), description: 'Taro Yamada' },
    });
    const { body: intent } = await ask('POST /v1/setup-intents', {
      token: tokens.payment,
      body: { customerId: customer.body.id, usage: 'ON_SESSION' },
    });
    const entered = await ask('POST /v1/payment-methods', {
      agent: here,
      token: tokens.iframe,
      headers: { 'Toast-Session-Secret': intent.sessionSecret, 'Toast-Idempotency-Key': randomUUID() },
      body: {
        type: 'CARD',
        card: { number: '4242424242424242', cvv: '123', expiry: { month: '12', year: '39' } },
        billingDetails: { postalCode: '02118' },
        usage: 'ON_SESSION',
      },
    });
    expect(entered.status).toBe(200);
    const confirmed = await ask(`POST /v1/setup-intents/${intent.id}/confirm`, {
      agent: there,
      token: tokens.payment,
      body: { sessionSecret: intent.sessionSecret },
    });
    expect(confirmed.body.status).toBe('SUCCEEDED');
    expect(await latestChecks()).toMatchObject({ cvc: 'pass' });
  });

  /** What the processor found out about the card that it verified last. */
  async function latestChecks(): Promise<unknown> {
    const asProcessor = (path: string) =>
      fetch(`${simulator.url}${path}`, { headers: { authorization: 'Bearer any' } }).then(
        (answer) => answer.json() as Promise<Line>,
      );
    const { records } = await asProcessor('/v1/ledger');
    const reference = records.findLast((record: Line) => typeof record.reference === 'string').reference;
    return (await asProcessor(`/v1/verifications?reference=${reference}`)).checks;
  }

  test('no process holds a card that was taken, the first one included', { timeout: 240_000 }, async ({ skip }) => {
    const number = '5105105105105100';
    const card = { number, exp_month: 12, exp_year: 2034, cvc: '123' };
    const billing = { name: 'TARO YAMADA', email: 'taro@example.com' };
    for (const agent of (await connectionsToBoth()).values()) {
      const body = { type: 'card', card, billing_details: billing };
      expect((await ask('POST /v2/payment_methods', { agent, body })).status).toBe(200);
    }
    const search = findPlain(needlesOfNumber(number));
    for (const pid of [onfile.pid, ...(await workersOf(onfile, 2))]) {
      // The parser's buffer is overwritten a little later.
      const memory = await vi.waitFor(
        async () => {
          const read = await searchMemory(pid, search);
          if (read.kind === 'read') expect(read.found).toEqual([]);
          return read;
        },
        // One look goes through all memory of a process, which takes seconds by itself.
        { timeout: 60_000 },
      );
      if (memory.kind === 'forbidden') return skip(memory.reason);
    }
  });

  test('its metrics are those of both processes together, whichever answers', async () => {
    const countOf = async (agent: Agent) => {
      const { body } = await ask('GET /metrics', { agent });
      expect(body.endsWith('# EOF\n')).toBe(true);
      const [, count] = /^onfile_http_requests_total\{[^}]*route="\/readyz"[^}]*\} (\d+)$/m.exec(body) ?? [];
      return Number(count);
    };
    const [here, there] = [...(await connectionsToBoth()).values()] as [Agent, Agent];
    for (const agent of [here, there, there]) await pidThatAnswered(await ask('GET /readyz', { agent }));
    expect([await countOf(here), await countOf(there)]).toEqual([3, 3]);
  });

  test('a process that is killed is started again, and the other answers meanwhile', async () => {
    const [killed = 0, left] = await workersOf(onfile, 2);
    process.kill(killed, 'SIGKILL');
    expect(await onfile.until(({ event }) => event === 'worker.ended')).toMatchObject({
      worker: killed,
      signal: 'SIGKILL',
    });
    expect((await ask('GET /readyz')).status).toBe(200);
    const [, , added] = await workersOf(onfile, 3);
    expect([...(await connectionsToBoth()).keys()].sort()).toEqual([left, added].sort());
    expect(onfile.lines().filter(({ event }) => event === 'server.starting')).toHaveLength(1);
  });

  test('SIGTERM ends all of it in order, with 0', async () => {
    const pids = await workersOf(onfile, 3);
    const { code } = await onfile.end('SIGTERM');
    expect(code).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
    const ends = onfile.lines().filter(({ event }) => /^server\.stop/.test(event));
    expect(ends.map(({ event }) => event)).toEqual(['server.stopping', 'server.stopped']);
    expect(onfile.stderr()).toBe('');
  });

  test('kill -9 of the first process leaves nobody behind', async () => {
    const place = { cwd: directory, env: { ...environment, ONFILE_WORKERS: '2', ONFILE_ROLE: 'worker' } };
    const command = startOnfileCommand(['serve'], place);
    undo.push(() => command.end('SIGKILL'));
    const pids = await workersOf(command, 2);
    expect(pids.every(isRunning)).toBe(true);
    process.kill(command.pid, 'SIGKILL');
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 10_000 });
  });

  test('a port that is in use ends it with 3, and is told of once', async () => {
    const taken = createServer();
    await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
    const { port } = taken.address() as { port: number };
    const ended = await runOnfile(['serve', '--workers', '2'], {
      cwd: directory,
      env: { ...environment, ONFILE_PORT: String(port) },
    });
    await new Promise((closed) => taken.close(closed));
    expect([ended.code, ended.stderr]).toEqual([3, 'onfile: A port is in use by another program: set ONFILE_PORT\n']);
  });

  test('without a database server to share it is refused with 2, and says what to set', async () => {
    const ended = await runOnfile(['serve', '--workers', '2'], { cwd: directory, env: {} });
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toContain('set DATABASE_URL');
  });

  test('with no worker left and none that can start it gives up, with 1', async () => {
    const place = { cwd: directory, env: { ...environment, ONFILE_WORKERS: '2', ONFILE_ROLE: 'worker' } };
    const command = startOnfileCommand(['serve'], place);
    undo.push(() => command.end('SIGKILL'));
    const pids = await workersOf(command, 2);
    await postgres.stop();
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    expect((await command.ended).code).toBe(1);
    const { reason } = await command.until(({ event }) => event === 'server.stopping');
    expect(reason).toContain('no worker is left');
  });
});
