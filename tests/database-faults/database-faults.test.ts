import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Acknowledgement, contradictions } from '../crashes/acknowledged.js';
import { contradictions as disagreements, succeeded } from '../prove/books.js';
import { recordFact, recordFigure } from '../prove/figures.js';
import { type Installation, startInstallation } from '../prove/installation.js';
import { type RestartablePostgres, startRestartablePostgres } from '../prove/restartable-postgres.js';
import { type Answer, listFlows, type Shop, seeded, shopAt } from '../prove/shop.js';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.js';
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from './small-disk.js';

const ROUNDS = Number(process.env.ONFILE_DATABASE_ROUNDS ?? 5);
const OUTAGE_MS = Number(process.env.ONFILE_DATABASE_OUTAGE_MS ?? 2_000);
const SILENCE_MS = Math.min(OUTAGE_MS, 20_000);
const SEED = Number(process.env.ONFILE_DATABASE_SEED ?? randomInt(2 ** 31));
const CLIENTS = 6;
const RESETS = 6;
/** How many answers of 503 show that the disk is really full for the database. */
const FULL_ENOUGH = 6;
/** The database writes into what it has for a while. */
const FULL_MS_MAX = 30_000;
const BACK_MS_MAX = 5_000;
/** So many setups are saved between two faults. */
const SAVED_BETWEEN = 10;
/** Little is saved while a fault lasts, so that the small disk is full only when it is meant to be. */
const PAUSE_MS = 50;
const DISK_MEGABYTES = 512;

const noDisk = whyNoSmallDisk();
const FAULTS = ['resets in COMMIT', 'silence', 'restart', 'outage', ...(noDisk ? [] : ['full disk'])] as const;

describe(`a database that fails ${ROUNDS} times under ${CLIENTS} clients (seed ${SEED})`, () => {
  const undo: (() => Promise<unknown>)[] = [];
  let disk: SmallDisk | null = null;
  let postgres: RestartablePostgres;
  let proxy: FaultyProxy;
  let installation: Installation;
  beforeAll(async () => {
    if (noDisk) console.log(`Not tried: a full disk, since ${noDisk}`);
    disk = noDisk ? null : await mountSmallDisk(DISK_MEGABYTES);
    const directory = await mkdtemp(join(tmpdir(), 'onfile-database-faults-'));
    undo.push(() => rm(directory, { recursive: true, force: true }));
    if (disk) undo.push(() => disk?.remove() ?? Promise.resolve());
    // Little of it is kept, so that the small disk is full when it is meant to be.
    const settings = { max_wal_size: '64MB', min_wal_size: '32MB' };
    postgres = await startRestartablePostgres(disk ? join(disk.directory, 'data') : directory, settings);
    undo.push(() => postgres.stop());
    installation = await startInstallation({
      postgres,
      environment: {
        ONFILE_PROCESSOR_CONNECT_TIMEOUT_MS: '2000',
        ONFILE_PROCESSOR_TIMEOUT_MS: '2000',
        ONFILE_TEST_SETTLING_MS: '1000',
      },
      through: async (database) => {
        proxy = await startFaultyProxy(database);
        return proxy;
      },
    });
    undo.push(() => installation.stop());
  }, 180_000);
  afterAll(async () => {
    for (let end = undo.pop(); end !== undefined; end = undo.pop()) await end();
  });

  test('is told of by 503 alone, is back within 5 s, and has lost and doubled nothing', {
    timeout: 240_000 + ROUNDS * (OUTAGE_MS + 60_000),
  }, async () => {
    const random = seeded(SEED);
    const server = await installation.startServer();
    const shop = shopAt(server, installation);
    const clients = new Clients(shop);
    onTestFinished(() => clients.abandon());
    const backMs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await clients.saved(SAVED_BETWEEN);
      await fail(FAULTS[round % FAULTS.length] as (typeof FAULTS)[number], clients, random);
      backMs.push(await back(shop));
    }
    await clients.saved(SAVED_BETWEEN);
    await clients.stop();
    expect(clients.unavailable).toBeGreaterThan(ROUNDS);

    const books = await installation.settledBooks(90_000);
    const flows = await listFlows(server, installation);
    const found = [...contradictions(clients.log, flows, books.ledger), ...disagreements(books)];
    expect(found).toEqual([]);
    expect(succeeded(books)).toBeGreaterThanOrEqual(ROUNDS * SAVED_BETWEEN);
    expect(await server.stop()).toBe(0);
    recordFact('database.seed', String(SEED));
    if (noDisk) recordFact('database.not tried', `a full disk: ${noDisk}`);
    recordFigure('database.rounds', ROUNDS);
    recordFigure('database.acknowledged', clients.log.length);
    recordFigure('database.answers of 503', clients.unavailable);
    recordFigure('database.commits reset', proxy.resets);
    recordFigure('database.longest way back in ms', Math.max(...backMs));
    recordFigure('database.lost or doubled', found.length);
  });

  test('under a server that acknowledges before it writes, has lost something and is found out', {
    timeout: 120_000,
  }, async () => {
    const server = await installation.startServer({ ONFILE_TEST_PLANTED: 'acknowledges before it writes' });
    const shop = shopAt(server, installation);
    await back(shop);
    await server.arm('before what was acknowledged is written');
    const { status, body } = await shop.create();
    expect(status).toBe(200);
    proxy.setLine('gone');
    await server.release();
    const log: Acknowledgement[] = [{ told: 'created', flow: body.id }];
    // Longer than the commit takes to find out that there is no database.
    await expect.poll(async () => (await shop.create()).status, { timeout: 20_000 }).toBe(503);
    proxy.setLine('whole');
    await back(shop);
    await server.stop();
    const healthy = await installation.startServer();
    const flows = await listFlows(healthy, installation);
    expect(contradictions(log, flows, []).filter((sentence) => sentence.startsWith('lost'))).toHaveLength(1);
    recordFigure('database.controls', 1);
  });

  async function fail(fault: (typeof FAULTS)[number], clients: Clients, random: () => number): Promise<void> {
    switch (fault) {
      case 'resets in COMMIT': {
        const wanted = proxy.resets + RESETS;
        proxy.resetCommits(RESETS, () => random() < 0.5);
        while (proxy.resets < wanted) await clients.saved(1);
        return;
      }
      case 'silence':
        proxy.setLine('silent');
        await delay(SILENCE_MS);
        return proxy.setLine('whole');
      case 'restart':
        await (random() < 0.5 ? postgres.stop() : postgres.kill());
        return postgres.start();
      case 'outage':
        proxy.setLine('gone');
        await delay(OUTAGE_MS);
        return proxy.setLine('whole');
      case 'full disk': {
        const before = clients.unavailable;
        await disk?.fill();
        for (const end = Date.now() + FULL_MS_MAX; Date.now() < end; await delay(50)) {
          if (clients.unavailable >= before + FULL_ENOUGH) break;
        }
        expect(clients.unavailable).toBeGreaterThan(before);
        await disk?.empty();
        // Where it could not write its log it gave itself up, and whoever looks after it starts it again.
        if (postgres.hasEnded) await postgres.start();
        return;
      }
    }
  }

  /** How long it takes until a setup is created again. */
  async function back(shop: Shop): Promise<number> {
    const startedAt = performance.now();
    for (;;) {
      const { status } = await shop.create();
      const ms = Math.round(performance.now() - startedAt);
      if (status === 200) return ms;
      if (ms > BACK_MS_MAX) throw new Error(`Not back after ${ms} ms`);
      await delay(50);
    }
  }
});

/** Clients that save one card after another, and write down what they were told. */
class Clients {
  readonly log: Acknowledgement[] = [];
  unavailable = 0;
  #saved = 0;
  #isStopped = false;
  #fault: unknown = null;
  readonly #running: Promise<unknown>;

  constructor(shop: Shop) {
    this.#running = Promise.all(Array.from({ length: CLIENTS }, () => this.#run(shop))).catch((fault) => {
      this.#fault = fault;
    });
  }

  /** Resolves after so many more. */
  async saved(count: number): Promise<void> {
    const wanted = this.#saved + count;
    for (const end = Date.now() + 60_000; this.#saved < wanted; await delay(20)) {
      if (this.#fault) throw this.#fault;
      if (Date.now() > end) throw new Error(`Saved ${this.#saved} of ${wanted}`);
    }
  }

  /** Whatever they found: a test that failed leaves nobody behind. */
  async abandon(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async stop(): Promise<void> {
    await this.abandon();
    if (this.#fault) throw this.#fault;
  }

  async #run(shop: Shop): Promise<void> {
    while (!this.#isStopped) {
      const created = await shop.create();
      if (!(await this.#isDone(created))) continue;
      const flow = created.body.id;
      this.log.push({ told: 'created', flow });
      const confirmed = await shop.confirm(flow);
      if (!(await this.#isDone(confirmed)) || confirmed.body.status !== 'succeeded') continue;
      this.log.push({ told: 'succeeded', flow, paymentMethod: confirmed.body.payment_method_id ?? 'none' });
      this.#saved += 1;
      await delay(PAUSE_MS);
    }
  }

  /** Everything that is no success has to be a 503 in the dialect's own shape, with when to come back. */
  async #isDone({ status, body, headers }: Answer): Promise<boolean> {
    if (status === 200) return true;
    const problem = body as unknown as { status: number; code: string };
    const isUnavailable = status === 503 && problem.status === 503 && typeof problem.code === 'string';
    if (!isUnavailable || headers.get('retry-after') === null) {
      throw new Error(`Answered ${status} ${JSON.stringify(body)} while the database failed`);
    }
    this.unavailable += 1;
    await delay(PAUSE_MS);
    return false;
  }
}
