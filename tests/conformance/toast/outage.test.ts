import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Json, startToastServer, type ToastServer } from './toast-server.js';

const START = Date.UTC(2027, 0, 2, 12);
let now = START;
let toast: ToastServer;
beforeAll(async () => {
  toast = await startToastServer({ clock: { now: () => now } });
});
afterEach(() => fetch(`${toast.onfile.simulatorUrl}/control`, { method: 'DELETE' }));
afterAll(() => toast?.onfile.stop());

async function control(path: string, body: object): Promise<void> {
  const answer = await fetch(`${toast.onfile.simulatorUrl}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
}

async function verificationsRequested(): Promise<number> {
  const ledger = await fetch(`${toast.onfile.simulatorUrl}/v1/ledger?type=verification.requested`);
  return ((await ledger.json()) as Json).records.length;
}

/** Jobs look when their time has come by the server's clock, so it goes on until the intent stands still. */
async function settled(intent: Json): Promise<Json> {
  let body: Json;
  await expect
    .poll(
      async () => {
        now += 5_000;
        ({ body } = await toast.ask(`GET /v1/setup-intents/${intent.id}`));
        return body.status;
      },
      { timeout: 15_000 },
    )
    .not.toBe('PROCESSING');
  return body;
}

describe('while the processor is out of order', () => {
  test('an intent stays PROCESSING, and succeeds by itself with the one verification that was asked for', async () => {
    const intent = await toast.newIntent();
    const { id: paymentMethodId } = (await toast.enterCard(intent)).body;
    const before = await verificationsRequested();
    await control('next', { operation: 'verify', behaviour: 'error_after' });
    await control('next', { operation: 'look_up', behaviour: 'error_before', times: 2 });

    const confirmed = await toast.confirm(intent);
    const processing = { ...intent, paymentMethodId, status: 'PROCESSING' };
    expect([confirmed.status, confirmed.body]).toEqual([200, processing]);
    expect((await toast.confirm(intent)).status).toBe(409);
    expect((await toast.enterCard(intent)).status).toBe(409);
    for (const body of [{}, { usage: 'OFF_SESSION' }, { customerId: intent.id }]) {
      expect((await toast.ask(`POST /v1/setup-intents/${intent.id}`, { body })).status).toBe(409);
    }

    expect(await settled(intent)).toEqual({ ...processing, status: 'SUCCEEDED' });
    expect((await verificationsRequested()) - before).toBe(1);
  });

  test('an intent that never reached it asks for a card again, and nothing was verified', async () => {
    const intent = await toast.newIntent();
    await toast.enterCard(intent);
    const before = await verificationsRequested();
    await control('outage', { on: true });
    expect((await toast.confirm(intent)).body.status).toBe('PROCESSING');
    now += 60_000;
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body.status).toBe('PROCESSING');
    await control('outage', { on: false });

    expect(await settled(intent)).toEqual(intent);
    expect((await verificationsRequested()) - before).toBe(0);
  });

  test('its time being up does not cut an intent off', async () => {
    const intent = await toast.newIntent();
    await toast.enterCard(intent);
    await control('next', { operation: 'verify', behaviour: 'lose_reply', ms: 0 });
    await control('next', { operation: 'look_up', behaviour: 'error_before' });
    expect((await toast.confirm(intent)).body.status).toBe('PROCESSING');
    now += 31 * 60_000;
    expect((await settled(intent)).status).toBe('SUCCEEDED');
  });
});

describe('many at once', () => {
  test('64 confirmations of one intent make one attempt, and every answer is its success or a conflict', async () => {
    const intent = await toast.newIntent();
    await toast.enterCard(intent);
    const before = await verificationsRequested();
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, each) =>
        toast.ask(`POST /v1/setup-intents/${intent.id}/confirm`, {
          token: each % 2 === 0 ? toast.tokens.payment : toast.tokens.iframe,
          at: each % 3 === 0 ? 'vault' : 'api',
          body: { sessionSecret: intent.sessionSecret },
        }),
      ),
    );
    const told = answers.map(({ status, body }) => (status === 200 ? body.status : body.code));
    expect(told).toContain('SUCCEEDED');
    expect(told.filter((each) => each !== 'SUCCEEDED' && each !== 40901)).toEqual([]);
    expect((await verificationsRequested()) - before).toBe(1);
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body.status).toBe('SUCCEEDED');
  });

  test('16 cards entered for one intent leave one, and no number of another', async () => {
    const intent = await toast.newIntent();
    const entered = await Promise.all(Array.from({ length: 16 }, () => toast.enterCard(intent)));
    const kept = (await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body.paymentMethodId;
    const taken = entered.filter(({ status }) => status === 200).map(({ body }) => body.id);
    expect(taken).toContain(kept);
    const { storage, merchantId } = toast.onfile;
    const sealed = taken.map((id) => storage.loadSealedCard({ merchantId, mode: 'test' }, id));
    expect((await Promise.all(sealed)).filter((card) => card !== null)).toHaveLength(1);
    expect(entered.filter(({ status, body }) => status !== 200 && body.code !== 40901)).toEqual([]);
  });
});
