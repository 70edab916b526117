import type {
  Connector,
  LookUpAnswer,
  Scope,
  SendResult,
  Uuid,
  Vault,
  VerificationAnswer,
  VerificationRequest,
} from '@onfile/core';
import { exchange } from '../http-exchange.js';
import { readLookUp, readVerification, readVoid } from './answers.js';

export interface SimulatorConnectorOptions {
  /** Where the simulator answers; `…/v1/verifications` follows it. */
  readonly baseUrl: string;
  readonly vault: Pick<Vault, 'send'>;
  /** The simulator takes any. */
  readonly secret?: string;
  /** Default 5 seconds, in milliseconds; it counts towards the total. */
  readonly connectTimeoutMs?: number;
  /** For one request with its whole answer, in milliseconds; default 30 seconds. */
  readonly totalTimeoutMs?: number;
  /** Default 10 seconds, in milliseconds. On one machine a request that was sent has arrived. */
  readonly settlingMs?: number;
}

const ANSWER_BYTES_MAX = 64 * 1024;

/** The connector for the test processor. It refuses everything in live mode: no real issuer is behind it. */
export function createSimulatorConnector(options: SimulatorConnectorOptions): Connector {
  const { vault, connectTimeoutMs = 5_000, totalTimeoutMs = 30_000, settlingMs = 10_000 } = options;
  const verificationsUrl = `${options.baseUrl.replace(/\/+$/, '')}/v1/verifications`;
  const limits = { connectTimeoutMs, totalTimeoutMs, answerBytesMax: ANSWER_BYTES_MAX };
  const authorization = { authorization: `Bearer ${options.secret ?? 'simulator'}` };

  async function verify(request: VerificationRequest): Promise<VerificationAnswer> {
    if (request.scope.mode !== 'test') return { kind: 'rejected_before_processing', reason: ONLY_TEST_MODE };
    const result = await vault.send({
      ...limits,
      card: request.card,
      method: 'POST',
      url: verificationsUrl,
      headers: { ...authorization, ...JSON_BODY, 'idempotency-key': request.idempotencyKey },
      body: renderVerification(request),
    });
    return readVerification(result, request.reference);
  }

  async function lookUp(scope: Scope, reference: Uuid): Promise<LookUpAnswer> {
    if (scope.mode !== 'test') return { kind: 'unknown', reason: ONLY_TEST_MODE };
    const url = `${verificationsUrl}?reference=${encodeURIComponent(reference)}`;
    return readLookUp(await exchange({ ...limits, method: 'GET', url, headers: authorization }), reference);
  }

  async function voidVerification(scope: Scope, reference: Uuid): Promise<'done' | 'unknown'> {
    if (scope.mode !== 'test') return 'unknown';
    const result: SendResult = await exchange({
      ...limits,
      method: 'POST',
      url: `${verificationsUrl}/void`,
      headers: { ...authorization, ...JSON_BODY },
      body: JSON.stringify({ reference }),
    });
    return readVoid(result, reference);
  }

  return { name: 'simulator', settlingMs, verifyTimeoutMs: totalTimeoutMs, verify, lookUp, void: voidVerification };
}

const ONLY_TEST_MODE = 'the simulator answers in test mode only';
const JSON_BODY = { 'content-type': 'application/json' };

/** The vault fills these in. An empty security code means that there is none. */
const CARD_TEMPLATE = [
  '"number":"{{card.number}}"',
  '"exp_month":"{{card.exp_month}}"',
  '"exp_year":"{{card.exp_year}}"',
  '"cvc":"{{card.cvc}}"',
].join();

function renderVerification(request: VerificationRequest): string {
  const { name, email, phone } = request.billingDetails;
  const known = JSON.stringify({
    reference: request.reference,
    amount: 0,
    currency: 'jpy',
    authentication: request.authentication,
    return_url: request.returnUrl,
    cardholder: { name, email, phone },
  });
  // A cardholder whose name is a placeholder must not get the card number as their name. Two opening braces in a row
  // stand in JSON only within a string, where the second can be escaped.
  return `${known.replaceAll('{{', '{\\u007b').slice(0, -1)},"card":{${CARD_TEMPLATE}}}`;
}
