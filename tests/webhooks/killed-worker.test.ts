import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Scope } from '@onfile/core';
import {
  createIds,
  createLog,
  createMerchant,
  type OpenWebhooks,
  openWebhooks,
  readConfig,
  systemClock,
} from '@onfile/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServerForTests } from '../../packages/storage/testing/embedded-for-tests.js';
import { databaseUrl } from '../running-server.js';
import { makeCustomersWithEvents } from './customers.js';
import { accepted, disorderly, idsOf, type Receiver, startReceiver } from './receivers.js';

const LONG = 20_000;
/** `ONFILE_TEST_DELIVERIES=20000` for the long form, which kills more often and takes minutes. */
const DELIVERIES = Number(process.env.ONFILE_TEST_DELIVERIES ?? 3_000);
const KILLS = DELIVERIES < LONG ? 1 : 3;
const ENDPOINTS = 20;
const EVENTS_EACH = 5;

const ids = createIds(systemClock);
const undo: (() => Promise<unknown>)[] = [];
let environment: Record<string, string>;
let opened: OpenWebhooks;
let scope: Scope;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'onfile-killed-worker-'));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  const postgres = await startServerForTests();
  undo.push(() => postgres.stop());
  environment = {
    ONFILE_ROLE: 'worker',
    ONFILE_PORT: '0',
    ONFILE_DATA_DIR: directory,
    ONFILE_LOG_LEVEL: 'warn',
    DATABASE_URL: databaseUrl(postgres.connection),
  };
  const log = createLog({ level: 'error', format: 'json', writeLine: () => undefined });
  opened = await openWebhooks(readConfig(environment, directory), log);
  undo.push(() => opened.close());
  const merchant = await createMerchant({ storage: opened.storage, clock: systemClock, ids }, 'Shop');
  scope = { merchantId: merchant.id, mode: 'test' };
});
afterAll(async () => {
  for (let end = undo.pop(); end !== undefined; end = undo.pop()) await end();
});

test(`a worker killed with -9 in the middle of ${DELIVERIES} deliveries (killed: ${KILLS}) loses none, keeps each object’s order, and doubles under the same id only`, {
  timeout: 150_000 + DELIVERIES * 20,
}, async () => {
  const receivers = await startEndpoints();
  const events = Math.ceil(DELIVERIES / ENDPOINTS);
  await makeCustomersWithEvents(
    { storage: opened.storage, ids },
    { scope, customers: Math.ceil(events / EVENTS_EACH), eventsEach: EVENTS_EACH },
  );
  const total = Math.ceil(events / EVENTS_EACH) * EVENTS_EACH;

  // At equal parts of what has to arrive, so that some deliveries are under way each time.
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const worker = startWorker();
    await arrived(receivers, Math.floor((kill * total * ENDPOINTS) / (KILLS + 1)));
    await endWith(worker, 'SIGKILL');
  }
  const last = startWorker();
  await Promise.all(receivers.map((receiver) => receiver.until((got) => idsOf(accepted(got)).size === total)));
  expect(await endWith(last, 'SIGTERM')).toBe(0);

  for (const { received } of receivers) {
    expect(disorderly(received)).toEqual([]);
    for (const id of idsOf(received)) {
      const copies = received.filter(({ event }) => event.id === id);
      expect(new Set(copies.map(({ event }) => JSON.stringify(event.data))).size).toBe(1);
      expect(copies.length).toBeLessThanOrEqual(KILLS + 1);
    }
  }
  const unfinished = await opened.webhooks.listDeliveries(scope, { state: 'pending' }, 10);
  expect(unfinished).toEqual([]);
});

async function startEndpoints(): Promise<readonly Receiver[]> {
  const receivers: Receiver[] = [];
  for (let i = 0; i < ENDPOINTS; i += 1) {
    const receiver = await startReceiver(() => new Promise((answer) => setImmediate(answer, 200)));
    undo.push(() => receiver.close());
    const input = { scope, url: receiver.url, dialect: 'payjp', events: null };
    const created = await opened.webhooks.createEndpoint(input);
    if (created.kind !== 'done') throw new Error(created.refusal.code);
    receivers.push(receiver);
  }
  return receivers;
}

/** Resolves when so many requests have arrived at all of them together. */
async function arrived(receivers: readonly Receiver[], count: number): Promise<void> {
  const isEnough = () => receivers.reduce((sum, { received }) => sum + received.length, 0) >= count;
  await Promise.race(receivers.map((receiver) => receiver.until(isEnough)));
}

function startWorker(): ChildProcess {
  const command = resolve(import.meta.dirname, '../../apps/cli/dist/main.js');
  return spawn(process.execPath, [command, 'serve'], { env: { ...process.env, ...environment }, stdio: 'ignore' });
}

async function endWith(worker: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const gone = once(worker, 'exit');
  worker.kill(signal);
  const [code] = await gone;
  return code as number | null;
}
