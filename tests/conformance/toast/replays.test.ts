import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardBody, type Json, startToastServer, type ToastServer } from './toast-server.js';

const START = Date.UTC(2027, 0, 2, 12);
const HOUR_MS = 60 * 60_000;
let now = START;
let toast: ToastServer;
beforeAll(async () => {
  toast = await startToastServer({ clock: { now: () => now } });
});
afterAll(() => toast?.onfile.stop());

interface Case {
  readonly target: string;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

describe('a request that is sent again under its key is answered as before, long after its session was over', () => {
  const secretOf = ({ sessionSecret }: Json) => ({ 'Toast-Session-Secret': sessionSecret });
  // biome-ignore format: a table, a line for each case
  const cases: readonly [what: string, prepare: (intent: Json) => Promise<Case>, later: number | string][] = [
    ['creating an intent', async ({ customerId }) => ({ target: 'POST /v1/setup-intents', body: { customerId } }), 'REQUIRES_PAYMENT_METHOD'],
    ['updating it',        async ({ id }) => ({ target: `POST /v1/setup-intents/${id}`, body: { usage: 'ON_SESSION' } }), 40402],
    ['entering a card',    async (intent) => ({ target: 'POST /v1/payment-methods', body: cardBody(), headers: secretOf(intent) }), 40402],
    ['confirming',         async (intent) => {
      await toast.enterCard(intent);
      return { target: `POST /v1/setup-intents/${intent.id}/confirm`, body: { sessionSecret: intent.sessionSecret } };
    }, 'SUCCEEDED'],
  ];
  for (const [what, prepare, later] of cases) {
    test(what, async () => {
      now = START;
      const { target, body, headers = {} } = await prepare(await toast.newIntent());
      const askUnder = (key: string) =>
        toast.ask(target, { at: 'api', body, headers: { ...headers, 'Toast-Idempotency-Key': key } });
      const key = randomUUID();
      const first = await askUnder(key);
      expect([200, 201]).toContain(first.status);
      now += HOUR_MS;
      const again = await askUnder(key);
      expect([again.status, again.body]).toEqual([first.status, first.body]);

      // A new request finds it as it is by now.
      const { status, body: latest } = await askUnder(randomUUID());
      expect(status === 404 ? latest.code : latest.status).toBe(later);
    });
  }
});
