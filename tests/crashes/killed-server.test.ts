import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Simulator, startSimulator } from '@onfile/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevDescription, freePorts, startDev, startServe } from '../dev-process.js';

/** Nothing may be stuck longer than this after a restart. */
const STUCK_MS_MAX = 60_000;

/** The simulator runs in this process and is not killed: its ledger tells what was really asked. */
describe('a server that is killed with -9 while the processor is asked', () => {
  let folder: string;
  let port: number;
  let simulator: Simulator;
  let dev: DevDescription;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onfile-crash-'));
    port = await freePorts();
    simulator = await startSimulator({ dataDir: join(folder, 'simulator'), port: 0 });
    const seeding = await startDev({ dataDir: join(folder, 'data'), port });
    dev = seeding.description;
    await seeding.stop();
  });
  afterAll(async () => {
    await simulator?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const moments = [
    // the processor                          scripted as    makes of it                after verifications
    ['has approved, and cannot answer', 'lose_reply', 'succeeded', 1],
    ['has not acted, and never will', 'hang', 'requires_payment_method', 0],
  ] as const;
  for (const [moment, behaviour, ending, verifications] of moments) {
    test(`and which ${moment}, finds after its restart that the setup is ${ending}`, { timeout: 150_000 }, async () => {
      const server = await serve();
      await script(behaviour);
      const flow = await createFlow();
      const unanswered = confirm(flow).catch(() => 'no answer');
      await until(async () => (await statusOf(flow.id)) === 'processing' && (await scriptIsUsed()));
      await server.kill();
      expect(await unanswered).toBe('no answer');

      const restarted = await serve();
      await until(async () => (await statusOf(flow.id)) !== 'processing');
      expect(await statusOf(flow.id)).toBe(ending);
      expect(await verificationsOnRecord()).toBe(verifications);
      if (ending !== 'succeeded') expect((await confirm(flow)).status).toBe('succeeded');
      await forget();
      expect(await restarted.stop()).toBe(0);
    });
  }

  function serve() {
    const env = { ONFILE_SIMULATOR_URL: simulator.url, ONFILE_PROCESSOR_TIMEOUT_MS: '5000' };
    return startServe({ dataDir: join(folder, 'data'), port, env });
  }

  async function script(behaviour: string): Promise<void> {
    await post(`${simulator.url}/control/next`, { operation: 'verify', behaviour, ms: 60_000 });
  }

  async function scriptIsUsed(): Promise<boolean> {
    const control = (await (await fetch(`${simulator.url}/control`)).json()) as {
      steps?: unknown[];
      script?: unknown[];
    };
    return (control.steps ?? control.script ?? []).length === 0;
  }

  /** Ends what the simulator still holds back, and starts counting anew. */
  let counted = 0;
  async function forget(): Promise<void> {
    await fetch(`${simulator.url}/control`, { method: 'DELETE' });
    counted = await requestedSoFar();
  }

  async function verificationsOnRecord(): Promise<number> {
    return (await requestedSoFar()) - counted;
  }

  async function requestedSoFar(): Promise<number> {
    const answer = await fetch(`${simulator.url}/v1/ledger?type=verification.requested`);
    return ((await answer.json()) as { total: number }).total;
  }

  async function createFlow(): Promise<Flow> {
    return (await post(`${dev.apiUrl}/v2/setup_flows`, { usage: 'on_session' }, dev.merchant.secretKey)) as Flow;
  }

  async function confirm({ id, client_secret }: Flow): Promise<Flow> {
    const card = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };
    const billing_details = { name: 'TARO YAMADA', email: 'taro@example.com' };
    const body = {
      client_secret,
      return_url: `${dev.demoUrl}/`,
      payment_method_data: { type: 'card', card, billing_details },
    };
    return (await post(`${dev.vaultUrl}/v2/setup_flows/${id}/confirm`, body, dev.merchant.publicKey)) as Flow;
  }

  async function statusOf(id: string): Promise<string> {
    const headers = { authorization: `Bearer ${dev.merchant.secretKey}` };
    const answer = await fetch(`${dev.apiUrl}/v2/setup_flows/${id}`, { headers });
    return ((await answer.json()) as Flow).status;
  }
});

interface Flow {
  readonly id: string;
  readonly status: string;
  readonly client_secret: string;
}

async function post(url: string, body: object, key?: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.json();
}

/** Asks again and again, as a caller of a server that has just restarted would. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + STUCK_MS_MAX; Date.now() < end; ) {
    if (await holds().catch(() => false)) return;
    await delay(50);
  }
  throw new Error('It did not come about in time');
}
