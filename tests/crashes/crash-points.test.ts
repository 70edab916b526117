import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createLog, type OpenWebhooks, openWebhooks, readConfig } from '@onfile/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../dev-process.js';
import { recordFact, recordFigure } from '../prove/figures.js';
import { type Installation, type ServerProcess, startInstallation } from '../prove/installation.js';
import { type Program, startProgram } from '../prove/program.js';
import { type RestartablePostgres, startRestartablePostgres } from '../prove/restartable-postgres.js';
import { listFlows, script, seeded, shopAt } from '../prove/shop.js';
import { type Receiver, startReceiver } from '../webhooks/receivers.js';
import type { ClientSettings } from './client-program.js';
import type { CompareSettings, Comparison } from './compare-program.js';

const ROUNDS = Number(process.env.ONFILE_CRASH_POINT_ROUNDS ?? 3);
const SEED = Number(process.env.ONFILE_CRASH_SEED ?? randomInt(2 ** 31));
const CLIENTS = 6;
const ACKNOWLEDGED_MIN = 50;
const REACHED_MS_MAX = 60_000;
/** Nothing may be stuck longer than this after the last restart. */
const STUCK_MS_MAX = 60_000;
const NEWLINE = 0x0a;

type Role = 'api' | 'vault' | 'worker';
const ROLES: readonly Role[] = ['api', 'vault', 'worker'];

/** Every effect on the outside, with who has it; each is a point before it and one after it. */
const EFFECTS: readonly (readonly [effect: string, role: Role])[] = [
  ['commit of a setup', 'api'],
  ['answer to create', 'api'],
  ['commit of an attempt', 'vault'],
  ['verification', 'vault'],
  ['commit of an approval', 'vault'],
  ['commit of a challenge', 'vault'],
  ['answer to confirm', 'vault'],
  ['webhook', 'worker'],
  ['commit of a delivery', 'worker'],
  ['look-up', 'worker'],
  ['commit of giving up', 'api'],
  ['void', 'worker'],
];
const POINTS = EFFECTS.flatMap(([effect, role]) => [
  { point: `before ${effect}`, role },
  { point: `after ${effect}`, role },
]);

describe(`api, vault, worker and PostgreSQL, killed with -9 ${ROUNDS} times under ${CLIENTS} clients (seed ${SEED})`, () => {
  const undo: (() => Promise<unknown>)[] = [];
  const random = seeded(SEED);
  const servers = new Map<Role, ServerProcess>();
  let ports: Readonly<Record<Role, number>>;
  let postgres: RestartablePostgres;
  let installation: Installation;
  let webhooks: OpenWebhooks;
  let receiver: Receiver;
  let client: Program;
  let logFile: string;
  const counted = { bytes: 0, lines: 0 };
  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'onfile-crash-points-'));
    undo.push(() => rm(directory, { recursive: true, force: true }));
    // A folder by itself: the database's own user has to get there.
    const data = await mkdtemp(join(tmpdir(), 'onfile-crash-points-data-'));
    undo.push(() => rm(data, { recursive: true, force: true }));
    postgres = await startRestartablePostgres(data);
    undo.push(() => postgres.stop());
    const simulator = await startSimulatorProgram(join(directory, 'simulator'));
    undo.push(() => end(simulator.child));
    installation = await startInstallation({
      postgres,
      simulator,
      environment: {
        ONFILE_PROCESSOR_TIMEOUT_MS: '2000',
        ONFILE_PROCESSOR_CONNECT_TIMEOUT_MS: '2000',
        ONFILE_TEST_SETTLING_MS: '1000',
      },
    });
    undo.push(() => installation.stop());
    ports = { api: await freePorts(), vault: await freePorts(), worker: await freePorts() };
    // One after another: the first makes the key files.
    for (const role of ROLES) await start(role);
    receiver = await startReceiver(() => 200);
    undo.push(() => receiver.close());
    webhooks = await makeEndpoint(installation, receiver);
    undo.push(() => webhooks.close());
    logFile = join(directory, 'acknowledged.jsonl');
    client = await startClient(directory);
    undo.push(() => end(client.child));
  }, 240_000);
  afterAll(async () => {
    for (let finish = undo.pop(); finish !== undefined; finish = undo.pop()) await finish();
  });

  test('have lost nothing that was acknowledged, asked for nothing twice, and told of everything', {
    timeout: 180_000 + ROUNDS * 60_000,
  }, async () => {
    const met = new Set<string>();
    const first = Math.floor(random() * POINTS.length);
    for (let round = 0; round < ROUNDS; round += 1) {
      await acknowledgedMore(ACKNOWLEDGED_MIN);
      // Every fifth time at no point at all.
      const isAtRandom = round % 5 === 4;
      if (isAtRandom) await killAtRandom();
      else met.add(await killAt(POINTS[(first + round) % POINTS.length] as (typeof POINTS)[number]));
    }
    await acknowledgedMore(ACKNOWLEDGED_MIN);
    client.child.kill('SIGTERM');
    await client.answer;
    await cancelChallenged();
    await installation.settledBooks(STUCK_MS_MAX);
    const comparison = await compare();
    expect(comparison.found).toEqual([]);
    expect(comparison.acknowledged).toBeGreaterThanOrEqual((ROUNDS + 1) * ACKNOWLEDGED_MIN);
    await everythingIsDelivered();
    recordFact('crashes.seed', String(SEED));
    recordFigure('crashes.rounds', ROUNDS);
    recordFigure('crashes.points', met.size);
    recordFigure('crashes.acknowledged', comparison.acknowledged);
    recordFigure('crashes.verifications', comparison.verifications);
    recordFigure('crashes.contradictions', comparison.found.length);
    recordFigure('crashes.unfinished after 60 s', comparison.unfinished);
  });

  test('with an API that acknowledges before it writes, have lost something and are found out', {
    timeout: 120_000,
  }, async () => {
    await servers.get('api')?.kill();
    const api = await start('api', { ONFILE_TEST_PLANTED: 'acknowledges before it writes' });
    const { reached } = await api.arm('before what was acknowledged is written');
    const before = acknowledged();
    // One client, so that what it is told first is what is not written yet.
    client = await startClient(installation.directory, 1);
    await reached;
    await acknowledgedMore(1, before);
    await api.kill();
    client.child.kill('SIGKILL');
    await client.answer.catch(() => undefined);
    await start('api');
    await installation.settledBooks(STUCK_MS_MAX);
    const { found } = await compare();
    expect(found.map((sentence) => sentence.split(':')[0])).toContain('lost');
    recordFigure('crashes.controls', 1);
  });

  async function start(role: Role, more: Record<string, string> = {}): Promise<ServerProcess> {
    const server = await installation.startServer({
      ONFILE_ROLE: role,
      ONFILE_PORT: String(ports[role]),
      ONFILE_PUBLIC_API_URL: `http://127.0.0.1:${ports.api}`,
      ONFILE_PUBLIC_VAULT_URL: `http://127.0.0.1:${ports.vault + 1}`,
      ...more,
    });
    servers.set(role, server);
    return server;
  }

  function startClient(directory: string, clients = CLIENTS): Promise<Program> {
    const settings: ClientSettings = { ...addresses(), secretKey: installation.secretKey, logFile, clients };
    return startProgram(resolve(import.meta.dirname, 'client-program.ts'), directory, settings);
  }

  async function compare(): Promise<Comparison> {
    const { secretKey, database, ledgerFile, directory } = installation;
    const settings: CompareSettings = { ...addresses(), secretKey, database, logFile, ledgerFile };
    const { answer } = await startProgram(resolve(import.meta.dirname, 'compare-program.ts'), directory, settings);
    return JSON.parse(await answer) as Comparison;
  }

  function addresses() {
    return { apiUrl: `http://127.0.0.1:${ports.api}`, vaultUrl: `http://127.0.0.1:${ports.vault + 1}` };
  }

  /** Lines so far. Only what is new is read: by and by the log has many. */
  function acknowledged(): number {
    if (!existsSync(logFile)) return 0;
    const log = openSync(logFile, 'r');
    try {
      const piece = Buffer.alloc(64 * 1024);
      for (let bytes = readSync(log, piece, 0, piece.length, counted.bytes); bytes > 0; ) {
        counted.bytes += bytes;
        counted.lines += piece.subarray(0, bytes).filter((byte) => byte === NEWLINE).length;
        bytes = readSync(log, piece, 0, piece.length, counted.bytes);
      }
      return counted.lines;
    } finally {
      closeSync(log);
    }
  }

  async function acknowledgedMore(count: number, than = acknowledged()): Promise<void> {
    const wanted = than + count;
    for (const end = Date.now() + REACHED_MS_MAX; acknowledged() < wanted; await delay(20)) {
      if (client.child.exitCode !== null) await client.answer;
      if (Date.now() > end) throw new Error(`${acknowledged()} of ${wanted} were acknowledged:\n${outputs()}`);
    }
  }

  /** Holds the next operation exactly there, and kills: whoever holds it, the database under it, or everything. */
  async function killAt({ point, role }: (typeof POINTS)[number]): Promise<string> {
    const server = servers.get(role) as ServerProcess;
    const { reached } = await server.arm(point);
    const provoked = provoke(point);
    await within(REACHED_MS_MAX, reached, point);
    const victim = (['holder', 'holder', 'postgres', 'all'] as const)[Math.floor(random() * 4)];
    if (victim === 'holder') await restart([role]);
    else if (victim === 'all') await restart([...ROLES], { postgres: true });
    else {
      await restart([], { postgres: true });
      await server.release();
    }
    await provoked;
    return point;
  }

  /** What clients do that save cards leads to most points; some need more. */
  async function provoke(point: string): Promise<void> {
    if (point.endsWith('look-up')) {
      await script(installation.simulatorUrl, { operation: 'verify', behaviour: 'reset_after' });
    }
    if (!/challenge|giving up|void/.test(point)) return;
    // Whoever is killed meanwhile does not answer, and the setup is canceled in the end.
    const shop = shopAt(addresses(), installation);
    const options = { card: { request_three_d_secure: 'any' } };
    try {
      const { body } = await shop.create({ usage: 'on_session', payment_method_options: options });
      await shop.confirm(body.id);
      await shop.cancel(body.id);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Nobody authenticates here, so that what still waits for a cardholder is given up. */
  async function cancelChallenged(): Promise<void> {
    const shop = shopAt(addresses(), installation);
    for (const end = Date.now() + STUCK_MS_MAX; Date.now() < end; await delay(250)) {
      const waiting = [...(await listFlows(addresses(), installation))].filter(
        ([, { status }]) => status === 'processing' || status === 'requires_action',
      );
      if (waiting.length === 0) return;
      for (const [flow, { status }] of waiting) if (status === 'requires_action') await shop.cancel(flow);
    }
  }

  async function killAtRandom(): Promise<void> {
    await delay(random() * 300);
    const victims = [['api'], ['vault'], ['worker'], [], ROLES] as const;
    const drawn = victims[Math.floor(random() * victims.length)] as readonly Role[];
    await restart(drawn, { postgres: drawn.length !== 1 });
  }

  async function restart(roles: readonly Role[], { postgres: alsoPostgres = false } = {}): Promise<void> {
    await Promise.all([...roles.map((role) => servers.get(role)?.kill()), ...(alsoPostgres ? [postgres.kill()] : [])]);
    if (alsoPostgres) await postgres.start();
    await Promise.all(roles.map((role) => start(role)));
  }

  async function everythingIsDelivered(): Promise<void> {
    const scope = { merchantId: installation.merchantId, mode: 'test' } as const;
    const pending = () => webhooks.webhooks.listDeliveries(scope, { state: 'pending' }, 5);
    let deliveredAt = Date.now();
    for (let [left, received] = [await pending(), 0]; left.length > 0; left = await pending()) {
      if (receiver.received.length > received) deliveredAt = Date.now();
      received = receiver.received.length;
      if (Date.now() > deliveredAt + STUCK_MS_MAX) throw new Error(`Not delivered: ${JSON.stringify(left)}`);
      await delay(250);
    }
    const told = new Set(
      receiver.received.filter(({ event }) => event.type === 'setup_flow.succeeded').map(({ event }) => event.data.id),
    );
    const untold = readFileSync(logFile, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"succeeded"') && !told.has((JSON.parse(line) as { flow: string }).flow));
    expect(untold).toEqual([]);
    recordFigure('crashes.webhooks', receiver.received.length);
  }

  function outputs(): string {
    return [...servers].map(([role, server]) => `${role}:\n${server.output().slice(-2_000)}`).join('\n');
  }
});

async function makeEndpoint({ environment, directory, merchantId }: Installation, { url }: Receiver) {
  const quiet = createLog({ level: 'error', format: 'json', writeLine: () => undefined });
  const opened = await openWebhooks(readConfig({ ...environment, ONFILE_PORT: '0' }, directory), quiet);
  const input = { scope: { merchantId, mode: 'test' } as const, url, dialect: 'payjp', events: null };
  const made = await opened.webhooks.createEndpoint(input);
  if (made.kind !== 'done') throw new Error(made.refusal.code);
  return opened;
}

/** The simulator as a program of its own, with its ledger. */
async function startSimulatorProgram(dataDir: string) {
  const program = resolve(import.meta.dirname, '../../apps/simulator/dist/main.js');
  const child = spawn(process.execPath, [program, '--data', dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { url } = JSON.parse(line as string) as { url: string };
  return { child, url, ledgerFile: join(dataDir, 'simulator-ledger.jsonl') };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function within(ms: number, reached: Promise<void>, what: string): Promise<void> {
  const timer = new AbortController();
  const late = delay(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`Nothing came to the point "${what}" in ${ms} ms`);
  });
  try {
    await Promise.race([reached, late]);
  } finally {
    timer.abort();
    await late.catch(() => undefined);
  }
}
