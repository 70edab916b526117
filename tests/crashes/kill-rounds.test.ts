import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Simulator, startSimulator } from '@onfile/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevDescription, freePorts, startDev, startServe } from '../dev-process.js';
import { recordFigure } from '../prove/figures.js';
import { type Acknowledgement, contradictions, type LedgerLine, type SettledFlow } from './acknowledged.js';

const ROUNDS = Number(process.env.ONFILE_CRASH_ROUNDS ?? 3);
const CLIENTS = 6;
/** A round ends somewhere after the least; where, is drawn. */
const ACKNOWLEDGEMENTS_MIN = 50;
const ACKNOWLEDGEMENTS_MORE_MAX = 50;
/** Nothing may be stuck longer than this after the last restart. */
const STUCK_MS_MAX = 60_000;
const START_MS_MAX = 30_000;

describe(`a server that is killed with -9 at random, ${ROUNDS} times, under ${CLIENTS} clients`, () => {
  let folder: string;
  let port: number;
  let simulator: Simulator;
  let dev: DevDescription;
  let running: Awaited<ReturnType<typeof startServe>> | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onfile-kill-rounds-'));
    port = await freePorts();
    simulator = await startSimulator({ dataDir: join(folder, 'simulator'), port: 0 });
    const seeding = await startDev({ dataDir: join(folder, 'data'), port });
    dev = seeding.description;
    await seeding.stop();
  });
  afterAll(async () => {
    await running?.kill();
    await simulator?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('has lost nothing that it acknowledged, and asked for nothing twice', { timeout: testTimeout() }, async () => {
    const log: Acknowledgement[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) await killUnderLoad(log);
    expect(log.length).toBeGreaterThanOrEqual(ROUNDS * ACKNOWLEDGEMENTS_MIN);

    const server = await serve();
    const flows = await settled();
    const ledger = await readLedger();
    expect(await server.stop()).toBe(0);
    expect(contradictions(log, flows, ledger)).toEqual([]);
    expect([...flows.values()].some(({ status }) => status === 'succeeded')).toBe(true);
    recordFigure('crashes.rounds', ROUNDS);
    recordFigure('crashes.acknowledged', log.length);
    recordFigure('crashes.verifications', ledger.filter(({ type }) => type === 'verification.requested').length);
  });

  async function serve() {
    const env = {
      ONFILE_SIMULATOR_URL: simulator.url,
      ONFILE_PROCESSOR_TIMEOUT_MS: '5000',
      ONFILE_LOG_LEVEL: 'info',
      ONFILE_TEST_MODE_LIMIT_FACTOR: '0',
    };
    running = await startServe({ dataDir: join(folder, 'data'), port, env });
    return running;
  }

  async function killUnderLoad(log: Acknowledgement[]): Promise<void> {
    const server = await serve();
    const enough = log.length + ACKNOWLEDGEMENTS_MIN + Math.floor(Math.random() * ACKNOWLEDGEMENTS_MORE_MAX);
    const state = { isKilled: false };
    let reached = () => {};
    const isEnough = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const acknowledge = (told: Acknowledgement) => {
      log.push(told);
      if (log.length >= enough) reached();
    };
    const clients = Array.from({ length: CLIENTS }, () => saveCards(acknowledge, state));
    // A client that finds a fault before the kill ends the round at once.
    await Promise.race([isEnough, ...clients]).catch((error: Error) => {
      throw new Error(`${error.message}\n${errorsLoggedBy(server)}`, { cause: error });
    });
    state.isKilled = true;
    await server.kill();
    await Promise.all(clients);
  }

  /** One client: a setup after another, until the server is gone. Only what was answered whole is acknowledged. */
  async function saveCards(acknowledge: (told: Acknowledgement) => void, state: { isKilled: boolean }): Promise<void> {
    try {
      for (;;) {
        const flow = await create();
        acknowledge({ told: 'created', flow: flow.id });
        const confirmed = await confirm(flow);
        if (confirmed.status !== 'succeeded') throw new Error(`${flow.id} is ${confirmed.status}`);
        const paymentMethod = confirmed.payment_method_id ?? 'none';
        acknowledge({ told: 'succeeded', flow: flow.id, paymentMethod });
      }
    } catch (error) {
      if (!state.isKilled) throw error;
    }
  }

  const create = () => call('POST', `${dev.apiUrl}/v2/setup_flows`, { usage: 'on_session' }) as Promise<Flow>;

  function confirm({ id }: Flow): Promise<Flow> {
    const card = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };
    const billing_details = { name: 'TARO YAMADA', email: 'taro@example.com' };
    const body = { return_url: `${dev.demoUrl}/`, payment_method_data: { type: 'card', card, billing_details } };
    return call('POST', `${dev.vaultUrl}/v2/setup_flows/${id}/confirm`, body) as Promise<Flow>;
  }

  /** All flows, once none is processing any more or the time for it is over. */
  async function settled(): Promise<ReadonlyMap<string, SettledFlow>> {
    for (const end = Date.now() + STUCK_MS_MAX; ; ) {
      const flows = await listFlows();
      const isSettled = [...flows.values()].every(({ status }) => status !== 'processing');
      if (isSettled || Date.now() >= end) return flows;
      await delay(250);
    }
  }

  async function listFlows(): Promise<ReadonlyMap<string, SettledFlow>> {
    const flows = new Map<string, SettledFlow>();
    for (let after = ''; ; ) {
      const url = `${dev.apiUrl}/v2/setup_flows?limit=100${after}`;
      const page = (await call('GET', url)) as { data: readonly Flow[]; has_more: boolean };
      for (const { id, status, payment_method_id } of page.data) {
        flows.set(id, { status, paymentMethod: payment_method_id });
      }
      if (!page.has_more) return flows;
      after = `&starting_after=${page.data.at(-1)?.id}`;
    }
  }

  async function readLedger(): Promise<readonly LedgerLine[]> {
    const text = await readFile(simulator.ledgerFile, 'utf8');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LedgerLine);
  }

  async function call(method: string, url: string, body?: object): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${dev.merchant.secretKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
});

/** What a server says of its own faults. */
function errorsLoggedBy(server: { output(): string }): string {
  const lines = server.output().split('\n');
  return lines.filter((line) => line.includes('"event":"request.fault"')).join('\n');
}

describe('the comparison', () => {
  const good = {
    log: [
      { told: 'created', flow: 'a' },
      { told: 'succeeded', flow: 'a', paymentMethod: 'pm' },
    ] as const,
    flows: new Map([['a', { status: 'succeeded', paymentMethod: 'pm' }]]),
    ledger: [{ type: 'verification.requested', reference: '1', status: 'approved' }],
  };
  const planted = [
    // what is planted                 in place of what is right                                         what it finds
    ['nothing', {}, []],
    ['a loss', { flows: new Map() }, ['lost', 'lost', 'miscounted']],
    ['another ending', { flows: flow('canceled', 'pm') }, ['changed', 'miscounted']],
    ['another card', { flows: flow('succeeded', 'pm2') }, ['changed']],
    ['a setup that never ends', { flows: flow('processing', null) }, ['changed', 'stuck', 'miscounted']],
    ['a double', { ledger: [...good.ledger, ...good.ledger] }, ['doubled']],
    ['an approval of nothing', { ledger: [...good.ledger, { ...good.ledger[0], reference: '2' }] }, ['miscounted']],
  ] as const;
  for (const [what, instead, findings] of planted) {
    test(`with ${what} planted, finds ${findings.join(', ') || 'nothing'}`, () => {
      const { log, flows, ledger } = { ...good, ...instead } as typeof good;
      expect(contradictions(log, flows, ledger).map((sentence) => sentence.split(':')[0])).toEqual(findings);
      if (what !== 'nothing') recordFigure('crashes.controls', 1);
    });
  }

  function flow(status: string, paymentMethod: string | null) {
    return new Map([['a', { status, paymentMethod }]]);
  }
});

interface Flow {
  readonly id: string;
  readonly status: string;
  readonly payment_method_id: string | null;
}

function testTimeout(): number {
  return (ROUNDS + 1) * START_MS_MAX + STUCK_MS_MAX;
}
