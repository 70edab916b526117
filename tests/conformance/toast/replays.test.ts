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

describe('a request that is sent again under its key is answered as before, and told so, long after its session was over', () => {
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
      expect([first, again].map(({ headers: told }) => told.get('idempotent-replayed'))).toEqual([null, 'true']);

      // A new request finds it as it is by now.
      const { status, body: latest, headers: told } = await askUnder(randomUUID());
      expect(told.has('idempotent-replayed')).toBe(false);
      expect(status === 404 ? latest.code : latest.status).toBe(later);
    });
  }
});

test('a decline that is answered again says so', async () => {
  now = START;
  const intent = await toast.newIntent();
  await toast.enterCard(intent, { number: '4000000000000002' });
  const headers = { 'Toast-Idempotency-Key': randomUUID() };
  const body = { sessionSecret: intent.sessionSecret };
  const confirm = () => toast.ask(`POST /v1/setup-intents/${intent.id}/confirm`, { body, headers });
  const answers = [await confirm(), await confirm()];
  const told = answers.map(({ body, headers }) => [body.code, headers.get('idempotent-replayed')]);
  expect(told).toEqual([
    [40004, null],
    [40004, 'true'],
  ]);
});
