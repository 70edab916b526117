import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CardRequest,
  type DeclineCode,
  NO_ADDRESS,
  type Scope,
  type SealedCard,
  type SendResult,
  type Uuid,
  type VerificationRequest,
} from '@onfile/core';
import { type ConnectorHarness, connectorContract } from '@onfile/core/testing';
import { startSimulator, TEST_CARDS } from '@onfile/simulator';
import { describe, expect, test } from 'vitest';
import { exchange } from '../http-exchange.js';
import { createSimulatorConnector } from './connector.js';

connectorContract('the simulator’s connector, against the simulator', async (): Promise<ConnectorHarness> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'onfile-simulator-'));
  const simulator = await startSimulator({ dataDir });
  const connect = (baseUrl: string, totalTimeoutMs?: number) =>
    createSimulatorConnector({
      baseUrl,
      vault: { send: fillInAndSend },
      ...(totalTimeoutMs ? { totalTimeoutMs } : {}),
    });
  const control = (step: object) => post(`${simulator.url}/control/next`, step);

  return {
    connector: connect(simulator.url),
    impatient: connect(simulator.url, 1_000),
    unreachable: connect(CLOSED_PORT),
    async request(issuer, authentication) {
      const request = aRequest({ issuer, authentication });
      const match = { reference: request.reference };
      // No test card is declined with this one; both authentications ask one request each.
      if (issuer === 'invalid_expiry') await control({ match, behaviour: 'decline', code: issuer });
      return request;
    },
    script: (operation, behaviour) => control({ operation, behaviour, ms: 60_000 }),
    async authenticate(url, outcome) {
      const body = new URLSearchParams({ outcome: outcome === 'leave' ? 'cancel' : outcome });
      const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' });
      expect(answer.status).toBe(303);
    },
    async verificationsOf(reference) {
      const query = new URLSearchParams({ reference, type: 'verification.requested' });
      const answer = await fetch(`${simulator.url}/v1/ledger?${query}`);
      return ((await answer.json()) as { total: number }).total;
    },
    async close() {
      await simulator.close();
      await rm(dataDir, { recursive: true });
    },
  };
});

describe('the simulator’s connector', () => {
  test('a cardholder who is named like a placeholder does not get the card number as a name', async () => {
    const sent = await requestSentFor({ name: '{{card.number}} {{{card.cvc}}}' });
    expect(JSON.parse(fillIn(sent))).toMatchObject({
      cardholder: { name: '{{card.number}} {{{card.cvc}}}' },
      card: { number: '4242424242424242', exp_month: '01', exp_year: '2099', cvc: '123' },
    });
  });

  test('the processor hears our reference, the idempotency key, the contact and the way back', async () => {
    const request = aRequest({ email: 'hanako@example.jp' });
    const sent = await requestSentFor({ email: 'hanako@example.jp' }, request);
    expect(sent.headers).toMatchObject({ 'idempotency-key': request.idempotencyKey });
    expect(JSON.parse(sent.body)).toMatchObject({
      reference: request.reference,
      amount: 0,
      authentication: 'none',
      return_url: request.returnUrl,
      cardholder: { email: 'hanako@example.jp' },
    });
  });

  test('in live mode nothing is sent and nothing is approved', async () => {
    const sent: CardRequest[] = [];
    const connector = createSimulatorConnector({ baseUrl: CLOSED_PORT, vault: { send: recordInto(sent) } });
    const request = aRequest({ mode: 'live' });
    expect(await connector.verify(request)).toMatchObject({ kind: 'rejected_before_processing' });
    expect(await connector.lookUp(request.scope, request.reference)).toMatchObject({ kind: 'unknown' });
    expect(await connector.void(request.scope, request.reference)).toBe('unknown');
    expect(sent).toEqual([]);
  });
});

/** Nobody may listen there but root, and nobody does. */
const CLOSED_PORT = 'http://127.0.0.1:1';

async function requestSentFor(
  billing: { name?: string; email?: string },
  request: VerificationRequest = aRequest(billing),
): Promise<CardRequest> {
  const sent: CardRequest[] = [];
  await createSimulatorConnector({ baseUrl: CLOSED_PORT, vault: { send: recordInto(sent) } }).verify(request);
  expect(sent).toHaveLength(1);
  return sent[0] as CardRequest;
}

function recordInto(sent: CardRequest[]): (request: CardRequest) => Promise<SendResult> {
  return async (request) => {
    sent.push(request);
    return { kind: 'not_sent', reason: 'recorded' };
  };
}

/** What the vault does, with test cards whose "seal" is their number. */
function fillInAndSend(request: CardRequest): Promise<SendResult> {
  const { url, headers, connectTimeoutMs, totalTimeoutMs, answerBytesMax } = request;
  const limits = { connectTimeoutMs, totalTimeoutMs, answerBytesMax };
  return exchange({ ...limits, method: 'POST', url, headers, body: fillIn(request) });
}

function fillIn({ body, card }: CardRequest): string {
  return body
    .replaceAll('{{card.number}}', new TextDecoder().decode(card.sealed))
    .replaceAll('{{card.exp_month}}', String(card.expMonth).padStart(2, '0'))
    .replaceAll('{{card.exp_year}}', String(card.expYear))
    .replaceAll('{{card.cvc}}', '123');
}

function aRequest({
  issuer = 'approved',
  authentication = 'none',
  mode = 'test',
  name = null,
  email = null,
}: {
  issuer?: 'approved' | DeclineCode;
  authentication?: 'required' | 'none';
  mode?: Scope['mode'];
  name?: string | null;
  email?: string | null;
} = {}): VerificationRequest {
  const scope: Scope = { merchantId: randomUUID() as Uuid, mode };
  const reference = randomUUID() as Uuid;
  const number = TEST_CARDS.find((card) => card.registration === issuer)?.number ?? '4242424242424242';
  return {
    scope,
    reference,
    idempotencyKey: randomUUID(),
    card: {
      scope,
      paymentMethodId: randomUUID() as Uuid,
      sealed: new TextEncoder().encode(number) as unknown as SealedCard,
      expMonth: 1,
      expYear: 2099,
      attemptId: reference,
    },
    billingDetails: { name, email, phone: null, address: NO_ADDRESS },
    authentication,
    returnUrl: 'https://vault.example/return',
  };
}

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
