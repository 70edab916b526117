import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type Answer,
  authenticate,
  cardData,
  type Json,
  type PayjpServer,
  startPayjpServer,
} from '../conformance/payjp/payjp-server.js';
import type { TestMerchant } from '../running-server.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const START = Date.UTC(2027, 0, 2, 12);

/** Published for testing: the simulator's issuers decline these. */
const DECLINED = [
  ...['4000000000000002', '4000000000000069', '4000000000000127', '4000000000000119', '4000003720000278'],
  ...['4111111111111111', '5454545454545454', '2222400070000005', '5200828282828210', '2223003122003222'],
];
/** And approve these. */
const APPROVED = [
  ...['4242424242424242', '4012888888881881', '5555555555554444', '5105105105105100', '3530111333300000'],
  ...['3566002020360505', '38520000023237', '30569309025904', '6011111111111117', '6011000990139424'],
  ...['4000000900000003', '4000000000080319', '4000000000080202'],
];
const CARDS = [...DECLINED, ...APPROVED];

// Dozens of requests each, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let server: PayjpServer;
let merchant: TestMerchant;
let now = START;
let addresses = 0;
beforeAll(async () => {
  const environment = { ONFILE_TEST_MODE_LIMIT_FACTOR: '1', ONFILE_TRUSTED_PROXIES: '127.0.0.1' };
  server = await startPayjpServer({ environment, clock: { now: () => now } });
});
afterAll(() => server?.onfile.stop());

/** A shop of its own, on a day of its own. */
async function newShop(): Promise<void> {
  now += 2 * DAY_MS;
  merchant = await server.onfile.addMerchant('A shop that is tried');
}

function newAddress(): string {
  addresses += 1;
  return `203.0.${Math.floor(addresses / 250)}.${1 + (addresses % 250)}`;
}

async function aFlow(parts: object = {}): Promise<Json> {
  const body = { usage: 'on_session', ...parts };
  return (await server.ask('POST /v2/setup_flows', { key: merchant.secretKey, body })).body;
}

interface Try {
  readonly card: string;
  /** As the proxy says it; whatever stands before the last address, the client has said. */
  readonly forwardedFor?: string;
  readonly flow?: Json;
}

/** What a page does, and a program that pretends to be one. */
async function tryCard({ card, forwardedFor = newAddress(), flow }: Try): Promise<Answer> {
  const { id, client_secret } = flow ?? (await aFlow());
  return server.ask(`POST /v2/setup_flows/${id}/confirm`, {
    at: 'vault',
    key: merchant.publicKey,
    headers: { 'x-forwarded-for': forwardedFor },
    body: { client_secret, return_url: 'https://shop.example/done', payment_method_data: cardData(card) },
  });
}

async function tryCards(count: number, tryOf: (n: number) => Try): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let n = 0; n < count; n += 1) answers.push(await tryCard(tryOf(n)));
  return answers;
}

/** Side by side, each on a flow of its own and from an address of its own. */
async function tryAtOnce(count: number, cardOf: (n: number) => string): Promise<readonly Answer[]> {
  const flows = await Promise.all(Array.from({ length: count }, () => aFlow()));
  return Promise.all(flows.map((flow, n) => tryCard({ card: cardOf(n), flow })));
}

/** From how many tries the program learned whether a card is good. */
function learned(answers: readonly Answer[]): number {
  return answers.filter(({ status }) => status === 200 || status === 402).length;
}

const cardAt = (n: number) => CARDS[n % CARDS.length] as string;
const approvedAt = (n: number) => APPROVED[n % APPROVED.length] as string;
const declinedAt = (n: number) => DECLINED[n % DECLINED.length] as string;

describe('a program that tries many cards out', () => {
  test('on one flow learns about three, and the flow is over', async () => {
    await newShop();
    const flow = await aFlow();
    const answers = await tryCards(20, (n) => ({ card: declinedAt(n), flow }));
    expect(learned(answers)).toBe(3);
    expect(answers[3]).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
    expect(answers[4]).toMatchObject({ status: 400, body: { code: 'invalid_status' } });
    expect(await flowNow(flow)).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
  });

  test('with one card on one flow learns five times', async () => {
    await newShop();
    const flow = await aFlow();
    expect(learned(await tryCards(8, () => ({ card: '4000000000000002', flow })))).toBe(5);
  });

  test('from one address, for one customer, on a flow for each, learns about ten in ten minutes', async () => {
    await newShop();
    const { body: customer } = await server.ask('POST /v2/customers', { key: merchant.secretKey, body: {} });
    const tryAll = async () => {
      const flows = await Promise.all(Array.from({ length: 13 }, () => aFlow({ customer_id: customer.id })));
      return tryCards(13, (n) => ({ card: cardAt(n), flow: flows[n], forwardedFor: '198.51.100.7' }));
    };
    const answers = await tryAll();
    expect(learned(answers)).toBe(10);
    expect(answers.at(-1)).toMatchObject({ status: 429, body: { code: 'over_capacity' } });
    expect(answers.at(-1)?.headers.get('retry-after')).toBe('600');
    expect(JSON.stringify(answers.at(-1)?.body)).not.toContain('address');
    now += 10 * MINUTE_MS;
    expect(learned(await tryAll())).toBe(10);
  });

  test('is not believed who it is: the address that our proxy saw counts', async () => {
    await newShop();
    const answers = await tryCards(13, (n) => ({ card: cardAt(n), forwardedFor: `${newAddress()}, 198.51.100.8` }));
    expect(learned(answers)).toBe(10);
  });

  test('with one card, from many addresses on many flows, learns five times a day', async () => {
    await newShop();
    const answers = await tryCards(12, () => ({ card: '4242424242424242' }));
    expect(learned(answers)).toBe(5);
    expect(answers.at(-1)?.headers.get('retry-after')).toBe(String(DAY_MS / 1_000));
  });

  test('from many addresses on many flows, all at once, is slowed to ten a minute after sixty', async () => {
    await newShop();
    expect(learned(await tryAtOnce(65, cardAt))).toBe(60);
    now += MINUTE_MS;
    expect(learned(await tryAtOnce(14, cardAt))).toBe(10);
  });

  test('whose cards are mostly declined raises the alarm, and then meets 3-D Secure', async () => {
    await newShop();
    const answers = await tryAtOnce(50, (n) => (n < 30 ? declinedAt(n) : approvedAt(n)));
    expect(learned(answers)).toBe(50);
    const alarm = () => server.onfile.logs.find((line) => line.includes('merchant.under_attack'));
    await vi.waitFor(() => expect(alarm()).toContain(merchant.merchantId), { timeout: 15_000, interval: 100 });
    now += MINUTE_MS;
    const { body } = await tryCard({ card: '4242424242424242' });
    expect(body).toMatchObject({ status: 'requires_action' });
    await authenticate(body, 'pass');
    expect(await flowNow(body)).toMatchObject({ status: 'succeeded' });
  });
});

describe('a shopper', () => {
  test('who mistypes twice, and is declined once, saves the card all the same', async () => {
    await newShop();
    const flow = await aFlow();
    const address = newAddress();
    const mistyped = await tryCards(2, () => ({ card: '4242424242424241', flow, forwardedFor: address }));
    expect(mistyped.map(({ status }) => status)).toEqual([422, 422]);
    expect((await tryCard({ card: '4000000000000002', flow, forwardedFor: address })).status).toBe(402);
    expect((await tryCard({ card: '5555555555554444', flow, forwardedFor: address })).body.status).toBe('succeeded');
  });

  test('saves a card while a program at another address is stopped', async () => {
    await newShop();
    await tryCards(13, (n) => ({ card: cardAt(n), forwardedFor: '198.51.100.9' }));
    expect((await tryCard({ card: '4000000000080319' })).body.status).toBe('succeeded');
  });
});

async function flowNow({ id }: Json): Promise<Json> {
  return (await server.ask(`GET /v2/setup_flows/${id}`, { key: merchant.secretKey })).body;
}
