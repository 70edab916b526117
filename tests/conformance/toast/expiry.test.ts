import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, startToastServer, type ToastServer } from './toast-server.js';

/** The clock stands still unless a test moves it: tokens, intents and jobs all live by it. */
const START = Date.UTC(2027, 0, 2, 12);
const LIFETIME_MS = 30 * 60_000;
let now = START;
let toast: ToastServer;
beforeAll(async () => {
  toast = await startToastServer({ clock: { now: () => now } });
});
afterAll(() => toast?.onfile.stop());

async function intentBornNow(): Promise<Json> {
  const intent = await toast.newIntent();
  now = Date.parse(intent.creationDate);
  return intent;
}

describe('thirty minutes after it was created', () => {
  // biome-ignore format: a table, a line for each case
  const requests: readonly [what: string, ask: (intent: Json) => Promise<{ status: number; body: Json }>, before: number][] = [
    ['reading',        ({ id }) => toast.ask(`GET /v1/setup-intents/${id}`),                            200],
    ['updating',       ({ id }) => toast.ask(`POST /v1/setup-intents/${id}`, { body: {} }),             200],
    ['entering a card', (intent) => toast.enterCard(intent),                                            200],
    ['confirming',     (intent) => toast.confirm(intent),                                               200],
  ];
  for (const [what, ask, before] of requests) {
    test(`${what} an intent ends with 404, and not a moment before`, async () => {
      const [early, late] = [await intentBornNow(), await intentBornNow()];
      for (const intent of [early, late]) await toast.enterCard(intent);
      now += LIFETIME_MS - 1;
      expect((await ask(early)).status).toBe(before);
      now += 1;
      const answer = await ask(late);
      expect([answer.status, answer.body.code]).toEqual([404, 40402]);
      expect((await ask(late)).status).toBe(404);
    });
  }

  test('an update has not made its life longer', async () => {
    const intent = await intentBornNow();
    now += LIFETIME_MS - 1;
    expect((await toast.ask(`POST /v1/setup-intents/${intent.id}`, { body: {} })).status).toBe(200);
    now += 1;
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).status).toBe(404);
  });

  test('one that succeeded is still there', async () => {
    const intent = await intentBornNow();
    await toast.enterCard(intent);
    const { body: confirmed } = await toast.confirm(intent);
    now += 10 * LIFETIME_MS;
    const read = await toast.ask(`GET /v1/setup-intents/${intent.id}`);
    expect([read.status, read.body]).toEqual([200, confirmed]);
  });

  test('the session secret of one that succeeded lets no page list its customer’s cards any more', async () => {
    const intent = await intentBornNow();
    await toast.enterCard(intent);
    await toast.confirm(intent);
    const list = async (token: string) => {
      const headers = { ...toast.location, 'Toast-Session-Secret': intent.sessionSecret };
      const answer = await toast.ask(`GET /v1/customers/${intent.customerId}/payment-methods`, { token, headers });
      return answer.body.results ?? [answer.status, answer.body.code];
    };
    now += LIFETIME_MS - 1;
    expect(await list(toast.tokens.iframe)).toBe(1);
    now += 1;
    expect(await list(toast.tokens.iframe)).toEqual([403, 40303]);
    expect(await list(toast.tokens.payment)).toBe(1);
  });

  test('a card that was entered for it and never confirmed is deleted, with its number', async () => {
    const intent = await intentBornNow();
    const { id } = (await toast.enterCard(intent)).body;
    const { storage, merchantId } = toast.onfile;
    const scope = { merchantId, mode: 'test' } as const;
    expect(await storage.loadSealedCard(scope, id)).not.toBeNull();
    now += LIFETIME_MS;
    await expect.poll(() => storage.loadSealedCard(scope, id), { timeout: 15_000 }).toBeNull();
    expect((await storage.loadSetupIntent(scope, intent.id))?.intent.status).toBe('canceled');
    expect((await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body.code).toBe(40402);
  });
});
