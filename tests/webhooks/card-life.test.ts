import { createOperations, type Operations, type Ports, type Scope } from '@onfile/core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accepted as acceptedOutcome, newIntent, newSession } from '../operations/world.js';
import { type RunningOnfile, startOnfile, type TestMerchant } from '../running-server.js';
import { idsOf, type Receiver, startReceiver } from './receivers.js';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

let now = Date.UTC(2027, 0, 10, 12);
let onfile: RunningOnfile;
let merchant: TestMerchant;
let scope: Scope;
let operations: Operations;
let receiver: Receiver;
beforeAll(async () => {
  onfile = await startOnfile({ clock: { now: () => now } });
});
afterAll(() => onfile?.stop());
afterEach(() => receiver.close());

/** A shop, and its endpoint for events of these names. */
async function openShop(events: readonly string[]): Promise<void> {
  merchant = await onfile.addMerchant('Shop');
  scope = { merchantId: merchant.merchantId, mode: 'test' };
  receiver = await startReceiver(() => 200);
  const endpoint = await onfile.webhooks.createEndpoint({ scope, url: receiver.url, dialect: 'payjp', events });
  expect(endpoint.kind).toBe('done');
  // What needs neither a card nor a processor, on the running server's own database.
  const { storage, clock, ids } = onfile;
  operations = createOperations({ storage, clock, ids } as Pick<Ports, 'storage' | 'clock' | 'ids'> as Ports);
}

const call = () => ({ scope, idempotency: null, client: { address: null, userAgent: null } });
/** Each event once: when the clock jumps, a lease ends, and what was sent under it may come again. */
const typesReceived = () => [...new Map(receiver.received.map(({ event }) => [event.id, event.type])).values()];

async function saveCard(expMonth: number, expYear: number): Promise<{ id: string }> {
  const answer = await fetch(`${onfile.apiUrl}/v2/payment_methods`, {
    method: 'POST',
    headers: { authorization: `Bearer ${merchant.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'card',
      card: { number: '4242424242424242', cvc: '123', exp_month: expMonth, exp_year: expYear },
      billing_details: { email: 'taro@example.com' },
    }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { id: string };
}

describe('a merchant is told', () => {
  test('that a saved card ends soon, and that it has ended, once each', async () => {
    await openShop(['payment_method.*']);
    const { id } = await saveCard(2, 2027);
    for (const [days, told] of [
      [0, ['payment_method.expiring']],
      [20, ['payment_method.expiring', 'payment_method.expiring']],
      [30, ['payment_method.expiring', 'payment_method.expiring', 'payment_method.expired']],
    ] as const) {
      now += days * DAY_MS;
      await operations.jobs.announceExpiries([60, 30], 100);
      await receiver.until((received) => new Set(idsOf(received)).size === told.length);
      expect(typesReceived()).toEqual(told);
    }
    const [first] = receiver.received;
    expect(first?.event.data).toMatchObject({ id, object: 'payment_method', card: { exp_month: 2, exp_year: 2027 } });
  });

  test('that a setup’s time is up', async () => {
    await openShop(['setup_flow.canceled']);
    const input = newIntent({ expiresAt: now + HOUR_MS });
    acceptedOutcome(await operations.setupIntents.create(call(), input));
    now += HOUR_MS;
    await receiver.until((received) => received.length > 0);
    expect(receiver.received[0]?.event.data).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
  });

  test('that a checkout session’s time is up, and that its setup ended with it', async () => {
    await openShop(['setup_flow.canceled', 'checkout.session.expired']);
    acceptedOutcome(await operations.checkoutSessions.create(call(), newSession()));
    now += DAY_MS;
    await receiver.until((received) => new Set(idsOf(received)).size === 2);
    expect([...typesReceived()].sort()).toEqual(['checkout.session.expired', 'setup_flow.canceled']);
  });
});
