import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueApiKey } from '@onfile/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  authenticate,
  cardData,
  confirmAsPage,
  type Json,
  type PayjpServer,
  startPayjpServer,
} from './payjp-server.js';

let server: PayjpServer;
let liveKey: string;
beforeAll(async () => {
  server = await startPayjpServer();
  const { merchantId } = server.onfile;
  liveKey = (await issueApiKey(server.onfile, { merchantId, mode: 'live', kind: 'secret', name: null })).text;
});
afterAll(() => server?.onfile.stop());

const post = (path: string, body: unknown = {}) => server.ask(`POST ${path}`, { body });
const made = async (path: string, body: object = {}): Promise<Json> => {
  const answer = await post(path, body);
  expect(answer.status).toBe(200);
  return answer.body;
};
const aCustomer = (body: object = {}) => made('/v2/customers', body);
const aMethod = (body: object = {}) => made('/v2/payment_methods', { ...cardData(), ...body });
const aFlow = (body: object = {}) => made('/v2/setup_flows', body);
const aSession = () => made('/v2/checkout/sessions', { mode: 'setup' });
const detached = async () => {
  const method = await aMethod({ customer_id: (await aCustomer()).id });
  return made(`/v2/payment_methods/${method.id}/detach`);
};
const KEYS_21 = Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`key_${n}`, n]));
const withKey = (key: string, path: string, body: object = {}) =>
  server.ask(`POST ${path}`, { body, headers: { 'idempotency-key': key } });
const decline = async (number: string) =>
  confirmAsPage(server, await aFlow(), { payment_method_data: cardData(number) });
const badCard = async (card: object) =>
  confirmAsPage(server, await aFlow(), { payment_method_data: cardData(undefined, card) });

/** Every way to each error, by its status and code. */
const PROVOKED: readonly (readonly [status: number, code: string, how: string, provoke: () => Promise<Answer>])[] = [
  [
    400,
    'invalid_status',
    'a canceled flow is updated',
    async () => {
      const { id } = await aFlow();
      await made(`/v2/setup_flows/${id}/cancel`);
      return post(`/v2/setup_flows/${id}`, { description: 'x' });
    },
  ],
  [
    400,
    'invalid_status',
    'a canceled flow is confirmed',
    async () => {
      const { id } = await aFlow();
      await made(`/v2/setup_flows/${id}/cancel`);
      return post(`/v2/setup_flows/${id}/confirm`, { payment_method_data: cardData() });
    },
  ],
  [
    400,
    'invalid_status',
    'an expired session is expired',
    async () => {
      const { id } = await aSession();
      await made(`/v2/checkout/sessions/${id}/expire`);
      return post(`/v2/checkout/sessions/${id}/expire`);
    },
  ],
  [
    400,
    'detached_payment_method_not_usable',
    'a flow is created with a detached method',
    async () => post('/v2/setup_flows', { payment_method: (await detached()).id }),
  ],
  [
    400,
    'detached_payment_method_not_usable',
    'a flow is updated with a detached method',
    async () => post(`/v2/setup_flows/${(await aFlow()).id}`, { payment_method: (await detached()).id }),
  ],
  [
    400,
    'detached_payment_method_not_usable',
    'a flow is confirmed with a detached method',
    async () => post(`/v2/setup_flows/${(await aFlow()).id}/confirm`, { payment_method: (await detached()).id }),
  ],
  [
    400,
    'unsupported_payment_method_type',
    'a method is created from PayPay',
    () => post('/v2/payment_methods', { type: 'paypay' }),
  ],
  [
    400,
    'unsupported_payment_method_type',
    'a raw card is sent in live mode',
    () => server.ask('POST /v2/payment_methods', { key: liveKey, body: cardData() }),
  ],
  [
    400,
    'invalid_payment_method_types',
    'a flow is for a type that cannot be saved',
    () => post('/v2/setup_flows', { payment_method_types: ['apple_pay'] }),
  ],
  [
    400,
    'invalid_payment_method_types',
    'a session is for a type that cannot be saved',
    () => post('/v2/checkout/sessions', { mode: 'setup', payment_method_types: ['paypay'] }),
  ],
  ...['/v2/customers', '/v2/setup_flows'].map(
    (path) =>
      [400, 'metadata_limit_exceeded', `21 keys are sent to ${path}`, () => post(path, { metadata: KEYS_21 })] as const,
  ),
  [
    400,
    'metadata_limit_exceeded',
    '21 keys are sent to a payment method',
    () => post('/v2/payment_methods', { ...cardData(), metadata: KEYS_21 }),
  ],
  [
    400,
    'metadata_limit_exceeded',
    'an update makes it 21 keys',
    async () => {
      const { key_0, ...twenty } = KEYS_21;
      const { id } = await aCustomer({ metadata: twenty });
      return post(`/v2/customers/${id}`, { metadata: { key_0 } });
    },
  ],
  [400, 'resource_missing', 'a cursor names nothing', () => server.ask('GET /v2/customers?starting_after=nobody')],
  [
    400,
    'already_exists_id',
    'a chosen id is taken',
    async () => {
      await aCustomer({ id: 'hanako' });
      return post('/v2/customers', { id: 'hanako' });
    },
  ],
  [
    400,
    'payment_method_already_attached',
    'a customer is created with the method of another',
    async () =>
      post('/v2/customers', { payment_method_id: (await aMethod({ customer_id: (await aCustomer()).id })).id }),
  ],
  [
    400,
    'payment_method_unattached',
    'a method of nobody is detached',
    async () => post(`/v2/payment_methods/${(await aMethod()).id}/detach`),
  ],
  [
    400,
    'payment_method_already_detached',
    'a method is detached twice',
    async () => post(`/v2/payment_methods/${(await detached()).id}/detach`),
  ],
  [
    400,
    'missing_payment_method',
    'there is nothing to confirm with',
    async () => post(`/v2/setup_flows/${(await aFlow()).id}/confirm`),
  ],
  [
    400,
    'payment_method_not_owned_by_customer',
    "a flow is given somebody else's method",
    async () => {
      const method = await aMethod({ customer_id: (await aCustomer()).id });
      return post('/v2/setup_flows', { customer: (await aCustomer()).id, payment_method: method.id });
    },
  ],
  [
    400,
    'customer_required_for_payment_method',
    "a flow of nobody is given a customer's method",
    async () => {
      const method = await aMethod({ customer_id: (await aCustomer()).id });
      return post('/v2/setup_flows', { payment_method: method.id });
    },
  ],
  [
    400,
    'processor_missing',
    'a card is to be verified in live mode',
    async () => {
      const flow = await server.ask('POST /v2/setup_flows', { key: liveKey, body: {} });
      return server.ask(`POST /v2/setup_flows/${flow.body.id}/confirm`, { key: liveKey, body: {} });
    },
  ],
  [400, 'invalid_idempotency_key', 'an idempotency key has a space', () => withKey('a b', '/v2/customers')],
  [400, 'invalid_idempotency_key', 'an idempotency key is too long', () => withKey('k'.repeat(256), '/v2/customers')],
  [400, 'malformed_body', 'the body is no JSON', () => server.ask('POST /v2/customers', { body: '{"a":' })],
  [400, 'malformed_query', 'the query is not UTF-8', () => server.ask('GET /v2/customers?limit=%ff')],
  [
    400,
    'sensitive_data_not_allowed',
    'a card number is noted in metadata',
    () => post('/v2/customers', { metadata: { card: '4242 4242 4242 4242' } }),
  ],
  [401, 'unauthorized', 'there is no key', () => server.ask('GET /v2/customers', { key: null })],
  [401, 'unauthorized', 'the key is wrong', () => server.ask('GET /v2/customers', { key: 'sk_test_nobody' })],
  [402, 'card_declined', 'the issuer declines', () => decline('4000000000000002')],
  [402, 'expired_card', 'the issuer finds the card expired', () => decline('4000000000000069')],
  [402, 'expired_card', 'the card has expired', () => badCard({ exp_year: 2020 })],
  [402, 'invalid_cvc', 'the issuer finds the code wrong', () => decline('4000000000000127')],
  [402, 'invalid_cvc', 'the code has two digits', () => badCard({ cvc: '12' })],
  [402, 'invalid_expiration_date', 'the expiry is too far away', () => badCard({ exp_year: 2099 })],
  [402, 'processing_error', 'the processor fails', () => decline('4000000000000119')],
  [402, 'test_mode_live_card', 'a number is no test card', () => decline('4000000000000010')],
  [403, 'forbidden', 'the public key is used', () => server.ask('GET /v2/customers', { key: server.onfile.publicKey })],
  [404, 'not_found', 'an endpoint does not exist', () => server.ask('GET /v2/nothing')],
  [404, 'not_found', 'payments are looked for', () => server.ask('POST /v2/payment_flows', { body: {} })],
  [405, 'method_not_allowed', 'an endpoint has no such method', () => server.ask('DELETE /v2/setup_flows')],
  [
    409,
    'idempotency_conflict',
    'a key is used for two requests',
    async () => {
      await withKey('conflict-1', '/v2/customers', { description: 'one' });
      return withKey('conflict-1', '/v2/customers', { description: 'two' });
    },
  ],
  [413, 'body_too_large', 'the body is too large', () => post('/v2/customers', { description: 'd'.repeat(70_000) })],
  [
    414,
    'url_too_long',
    'the URL is too long',
    () => server.ask(`GET /v2/customers?starting_after=${'a'.repeat(5_000)}`),
  ],
  [
    415,
    'unsupported_media_type',
    'the body is a form',
    () =>
      server.ask('POST /v2/customers', {
        body: 'a=1',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
  ],
  [422, 'validation_error', 'a required body is missing', () => server.ask('POST /v2/customers')],
  [422, 'validation_error', 'a field is not as it has to be', () => post('/v2/customers', { email: 'nobody' })],
  [422, 'validation_error', 'a session is to take a payment', () => post('/v2/checkout/sessions', { mode: 'payment' })],
  [422, 'validation_error', 'the brand is not accepted', () => decline('36227206271667')],
];

test.each(PROVOKED)('%i %s: %s', async (status, code, _, provoke) => {
  const answer = await provoke();
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test('400 payment_method_already_attached: a method is attached twice', async () => {
  const customer = await aCustomer();
  const method = await aMethod({ customer_id: customer.id });
  const { body } = await post(`/v2/payment_methods/${method.id}/attach`, { customer_id: customer.id });
  expect(body.code).toBe('payment_method_already_attached');
});

test('402 three_d_secure_failed is told by the flow, since no request waits for it', async () => {
  const flow = await aFlow();
  const { body } = await confirmAsPage(server, flow, { payment_method_data: cardData() });
  await authenticate(body, 'fail');
  const failed = await server.ask(`GET /v2/setup_flows/${flow.id}`);
  expect(failed.body.last_setup_error).toMatchObject({ type: 'payment_error', code: 'three_d_secure_failed' });
});

/** Codes of this dialect that a running server in one process, undisturbed, does not answer with. */
const NOT_HERE: Readonly<Record<string, string>> = {
  three_d_secure_failed: 'told by the flow: see above',
  idempotency_timeout: 'in idempotency.test.ts, where a processor is held up',
  test_card_on_livemode: 'needs a processor in live mode',
  too_many_attempts: 'needs a flow of a dialect that counts them',
  payment_method_not_of_setup_flow: 'needs a flow of a dialect where cards are entered ahead of the confirmation',
  payment_method_usage_mismatch: 'as above',
  payment_method_not_to_be_kept: 'as above',
  too_many_changes_at_once: 'needs others to win the same row over and over',
  card_route_elsewhere: 'needs roles that run apart',
  request_timeout: 'needs a body that takes 20 seconds',
  headers_too_large: 'refused before a route is known, and the client in use sends no such headers',
  repeated_header: 'in bad-input.test.ts: the client in use joins what is sent twice',
  over_capacity: 'needs a limit in front of the server',
  internal_server_error: 'would be a defect',
  storage_unavailable: 'needs a database that is down',
  idempotency_infrastructure_error: 'needs a database that is down',
};

test('every code that the dialect’s page lists is provoked here, or it is said why not', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/dialects/payjp.md'), 'utf8');
  const listed = [...page.matchAll(/^\| \d{3} \| `([a-z0-9_]+)` \|/gm)].map(([, code]) => code);
  const provoked = PROVOKED.map(([, code]) => code);
  expect(new Set([...provoked, ...Object.keys(NOT_HERE)])).toEqual(new Set(listed));
});

describe('one and the same 404', () => {
  const TAIL = '01kdz1m000e00800000000000a';
  const TARGETS = [
    ['setfw_', 'GET /v2/setup_flows/:id'],
    ['setfw_', 'POST /v2/setup_flows/:id'],
    ['setfw_', 'POST /v2/setup_flows/:id/cancel'],
    ['setfw_', 'POST /v2/setup_flows/:id/confirm'],
    ['cus_', 'GET /v2/customers/:id'],
    ['cus_', 'POST /v2/customers/:id'],
    ['cus_', 'DELETE /v2/customers/:id'],
    ['cus_', 'GET /v2/customers/:id/payment_methods'],
    ['pm_', 'GET /v2/payment_methods/:id'],
    ['pm_', 'POST /v2/payment_methods/:id'],
    ['pm_', 'POST /v2/payment_methods/:id/attach'],
    ['pm_', 'POST /v2/payment_methods/:id/detach'],
    ['pmc_', 'GET /v2/payment_method_configurations/:id'],
    ['pmc_', 'POST /v2/payment_method_configurations/:id'],
    ['cs_', 'GET /v2/checkout/sessions/:id'],
    ['cs_', 'POST /v2/checkout/sessions/:id'],
    ['cs_', 'POST /v2/checkout/sessions/:id/expire'],
    ['cs_', 'GET /v2/checkout/sessions/:id/line_items'],
    ['evnt_', 'GET /v2/events/:id'],
  ] as const;

  test.each(TARGETS)('%s: %s for unknown and malformed ids', async (prefix, target) => {
    const customer = await aCustomer();
    const body = target.includes('attach') ? { customer_id: customer.id } : { type: 'card' };
    for (const id of [prefix + TAIL, `${prefix}1`, 'a.b', encodeURIComponent('../x'), 'x'.repeat(300)]) {
      const answer = await server.ask(target.replace(':id', id), target.startsWith('POST') ? { body } : {});
      expect([id, answer.status, answer.body.code]).toEqual([id, 404, 'not_found']);
    }
  });

  test('for an object of the other mode', async () => {
    const { id } = await aFlow();
    const answer = await server.ask(`GET /v2/setup_flows/${id}`, { key: liveKey });
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  });

  test('for a customer or method that a body names', async () => {
    for (const body of [{ customer_id: `cus_${TAIL}` }, { customer_id: 'nobody' }, { payment_method: `pm_${TAIL}` }]) {
      const answer = await post('/v2/setup_flows', body);
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    }
  });
});

test('live mode has objects of its own', async () => {
  const flow = await server.ask('POST /v2/setup_flows', { key: liveKey, body: {} });
  expect(flow.body.livemode).toBe(true);
});

test('no answer repeats a card number', async () => {
  const number = '4242424242424242';
  const answers = await Promise.all([
    post('/v2/customers', { id: number }),
    post('/v2/customers', { [number]: 'x', metadata: { [number]: 1.5 } }),
    post('/v2/setup_flows', { payment_method_data: cardData(number) }),
    server.ask(`GET /v2/customers/${number}`),
    server.ask(`GET /v2/setup_flows/${number}`),
    server.ask(`GET /v2/payment_methods?starting_after=${number}`),
    post('/v2/payment_methods', cardData(number, { exp_month: 13 })),
  ]);
  for (const { status, body } of answers) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).not.toContain(number);
  }
});
