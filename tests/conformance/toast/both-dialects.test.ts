import type { SetupIntentStatus } from '@onfile/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPayjpIds, PAYJP_ID_PREFIXES } from '../../../packages/dialects/src/payjp/ids.js';
import { type Answer, type Json, startToastServer, type ToastServer } from './toast-server.js';

let toast: ToastServer;
beforeAll(async () => {
  toast = await startToastServer();
});
afterAll(() => toast?.onfile.stop());

const payjpIds = createPayjpIds(PAYJP_ID_PREFIXES);

/** A request in PAY.JP's words, with its key. */
function payjp(target: string, body?: object): Promise<Answer> {
  return toast.ask(target, { token: toast.onfile.secretKey, body });
}

function flowOf(intent: Json): Promise<Answer> {
  return payjp(`GET /v2/setup_flows/${payjpIds.setupFlow.render(intent.id)}`);
}

function intentOf(flow: Json): Promise<Answer> {
  return toast.ask(`GET /v1/setup-intents/${payjpIds.setupFlow.parse(flow.id)}`);
}

/** Passes the issuer's page, and comes back to the server as far as its own addresses go. */
async function authenticate(url: string): Promise<void> {
  const body = new URLSearchParams({ outcome: 'pass' });
  const answered = await fetch(url, { method: 'POST', body, redirect: 'manual' });
  const back = await fetch(answered.headers.get('location') ?? '', { redirect: 'manual' });
  expect([answered.status, back.status]).toEqual([303, 303]);
}

const CARD = { type: 'card', card: { number: '4242424242424242', exp_month: 12, exp_year: 2039, cvc: '123' } };
const CARD_DATA = { ...CARD, billing_details: { email: 'taro@example.com' } };

describe('a setup intent of this API', () => {
  test("is a setup flow of PAY.JP's, in every step", async () => {
    const intent = await toast.newIntent();
    const seen = async () => {
      const { body } = await flowOf(intent);
      return [body.status, body.payment_method_id];
    };
    expect(await seen()).toEqual(['requires_payment_method', null]);
    const { id } = (await toast.enterCard(intent)).body;
    // A card that is not saved is nobody's to see.
    expect(await seen()).toEqual(['requires_confirmation', null]);
    await toast.confirm(intent);
    expect(await seen()).toEqual(['succeeded', payjpIds.paymentMethod.render(id)]);
    expect((await payjp(`GET /v2/payment_methods/${payjpIds.paymentMethod.render(id)}`)).body.card.last4).toBe('4242');
  });

  test("that is canceled through PAY.JP's API is gone here, with the card that was entered", async () => {
    const intent = await toast.newIntent();
    const { id } = (await toast.enterCard(intent)).body;
    const flow = payjpIds.setupFlow.render(intent.id);
    expect((await payjp(`POST /v2/setup_flows/${flow}/cancel`, {})).body.status).toBe('canceled');
    for (const answer of [
      await toast.ask(`GET /v1/setup-intents/${intent.id}`),
      await toast.enterCard(intent),
      await toast.confirm(intent),
      await toast.ask(`POST /v1/setup-intents/${intent.id}`, { body: {} }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 40402]);
    }
    const scope = { merchantId: toast.onfile.merchantId, mode: 'test' } as const;
    expect(await toast.onfile.storage.loadSealedCard(scope, id)).toBeNull();
  });

  test("may be confirmed through PAY.JP's API: with the entered card, or with another in its place", async () => {
    const scope = { merchantId: toast.onfile.merchantId, mode: 'test' } as const;
    for (const body of [{}, { payment_method_data: CARD_DATA }]) {
      const intent = await toast.newIntent();
      const { id } = (await toast.enterCard(intent, { number: '5555555555554444' })).body;
      const flow = payjpIds.setupFlow.render(intent.id);
      const confirmed = await payjp(`POST /v2/setup_flows/${flow}/confirm`, body);
      expect([confirmed.status, confirmed.body.status]).toEqual([200, 'succeeded']);
      const isReplaced = 'payment_method_data' in body;
      const saved = (await toast.ask(`GET /v1/setup-intents/${intent.id}`)).body;
      expect([saved.status, saved.paymentMethodId === id]).toEqual(['SUCCEEDED', !isReplaced]);
      expect((await toast.onfile.storage.loadSealedCard(scope, id)) === null).toBe(isReplaced);
    }
  });

  test('may be confirmed ten times in all, in whichever words', async () => {
    const intent = await toast.newIntent();
    const declined = { ...CARD_DATA, card: { ...CARD.card, number: '4000000000000002' } };
    const flow = payjpIds.setupFlow.render(intent.id);
    const confirm = () => payjp(`POST /v2/setup_flows/${flow}/confirm`, { payment_method_data: declined });
    for (let attempt = 1; attempt <= 10; attempt += 1) expect((await confirm()).status).toBe(402);
    expect((await confirm()).status).toBe(429);
    await toast.enterCard(intent);
    expect((await toast.confirm(intent)).status).toBe(429);
  });
});

describe("a setup flow of PAY.JP's", () => {
  const STATUSES = {
    requires_payment_method: 'REQUIRES_PAYMENT_METHOD',
    requires_confirmation: 'REQUIRES_PAYMENT_METHOD',
    requires_action: 'PROCESSING',
    processing: 'PROCESSING',
    succeeded: 'SUCCEEDED',
    canceled: undefined,
  } as const satisfies Record<SetupIntentStatus, string | undefined>;

  test('is a setup intent here, with its status in the words of this API', async () => {
    const flow = (await payjp('POST /v2/setup_flows', { usage: 'off_session' })).body;
    const step = async (shown: Json) => {
      const { body } = await intentOf(flow);
      expect([shown.status, body.status]).toEqual([shown.status, STATUSES[shown.status as SetupIntentStatus]]);
      return body;
    };
    expect(await step(flow)).toMatchObject({ usage: 'OFF_SESSION', standingInstructionType: null, customerId: null });

    const confirm = { payment_method_data: CARD_DATA, return_url: 'https://shop.example/done' };
    const challenged = (await payjp(`POST /v2/setup_flows/${flow.id}/confirm`, confirm)).body;
    expect(challenged.status).toBe('requires_action');
    await step(challenged);
    await authenticate(challenged.next_action.redirect_to_url.url);
    expect((await step((await payjp(`GET /v2/setup_flows/${flow.id}`)).body)).status).toBe('SUCCEEDED');

    const { mandateId, paymentMethodId } = (await intentOf(flow)).body;
    const { body: mandate } = await toast.ask(`GET /v1/mandates/${mandateId}`);
    expect(mandate).toMatchObject({ paymentMethodId, status: 'ACTIVE', standingInstructionType: 'UNSCHEDULED' });
  });

  test('that is canceled reads as one that has expired', async () => {
    const flow = (await payjp('POST /v2/setup_flows', { usage: 'on_session' })).body;
    await payjp(`POST /v2/setup_flows/${flow.id}/cancel`, {});
    const read = await intentOf(flow);
    expect([read.status, read.body.code]).toEqual([404, 40402]);
  });
});

test("a customer of PAY.JP's has their saved cards here", async () => {
  const customer = (await payjp('POST /v2/customers', { email: 'taro@example.com' })).body;
  const flow = (await payjp('POST /v2/setup_flows', { usage: 'on_session', customer_id: customer.id })).body;
  await payjp(`POST /v2/setup_flows/${flow.id}/confirm`, { payment_method_data: CARD_DATA });
  const { customerId } = (await intentOf(flow)).body;
  const listed = await toast.ask(`GET /v1/customers/${customerId}/payment-methods`, { headers: toast.location });
  expect([listed.status, listed.body.results, listed.body.paymentMethods[0].lastFour]).toEqual([200, 1, '4242']);
});
