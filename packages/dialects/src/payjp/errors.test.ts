import { REFUSAL_CODES, type Refusal, type RefusalCode, type RefusalFacts, type SetupErrorCode } from '@onfile/core';
import { uuid } from '@onfile/core/testing';
import { describe, expect, test } from 'vitest';
import { HTTP_FAULTS, type HttpFault } from '../dialect.js';
import { renderSetupError } from './declines.js';
import { createPayjpDialect } from './dialect.js';
import type { Naming } from './settings.js';

const { errors, ids } = createPayjpDialect({ apiUrl: () => 'https://shop.example' });
const FLOW = { path: '/v2/setup_flows/setfw_1/confirm' };

// biome-ignore lint/suspicious/noExplicitAny: tests look into the body
const bodyOf = (response: { body: unknown }) => response.body as any;

const REFUSALS: { readonly [C in RefusalCode]: readonly [facts: RefusalFacts[C], status: number, code: string] } = {
  idempotency_key_reused: [{}, 409, 'idempotency_conflict'],
  idempotency_key_in_use: [{}, 409, 'idempotency_timeout'],
  object_not_found: [{ object: 'customer', id: uuid(1) }, 404, 'not_found'],
  cursor_not_found: [{ parameter: 'starting_after', id: 'x' }, 400, 'resource_missing'],
  setup_intent_owned_by_checkout_session: [{ checkoutSessionId: uuid(1) }, 400, 'invalid_status'],
  setup_intent_unexpected_status: [{ status: 'succeeded', allowed: ['processing'] }, 400, 'invalid_status'],
  setup_intent_expired: [{ expiresAt: 0 }, 400, 'invalid_status'],
  setup_intent_attempts_exhausted: [{ expiresAt: null }, 429, 'too_many_attempts'],
  confirmation_limit_reached: [{ limit: 'address', retryAfterSeconds: 90 }, 429, 'over_capacity'],
  checkout_session_unexpected_status: [{ status: 'expired', allowed: ['open'] }, 400, 'invalid_status'],
  customer_id_taken: [{ id: 'taro' }, 400, 'already_exists_id'],
  metadata_limit_exceeded: [{ count: 21, limit: 20 }, 400, 'metadata_limit_exceeded'],
  return_url_missing: [{}, 422, 'validation_error'],
  checkout_session_expiry_out_of_range: [{ leastMs: 1, mostMs: 2 }, 422, 'validation_error'],
  raw_card_in_live_mode: [{}, 400, 'unsupported_payment_method_type'],
  payment_method_type_unsupported: [{ type: 'paypay' }, 400, 'unsupported_payment_method_type'],
  payment_method_types_unavailable: [{ types: ['card'] }, 400, 'invalid_payment_method_types'],
  payment_method_missing: [{}, 400, 'missing_payment_method'],
  payment_method_detached: [{ id: uuid(1) }, 400, 'detached_payment_method_not_usable'],
  payment_method_never_attached: [{ id: uuid(1) }, 400, 'payment_method_unattached'],
  payment_method_already_detached: [{ id: uuid(1) }, 400, 'payment_method_already_detached'],
  payment_method_already_attached: [{ id: uuid(1) }, 400, 'payment_method_already_attached'],
  payment_method_not_owned_by_customer: [{ id: uuid(1) }, 400, 'payment_method_not_owned_by_customer'],
  payment_method_customer_required: [{ id: uuid(1) }, 400, 'customer_required_for_payment_method'],
  payment_method_not_of_intent: [{}, 400, 'payment_method_not_of_setup_flow'],
  payment_method_usage_mismatch: [
    { intentUsage: 'on_session', usage: 'off_session' },
    400,
    'payment_method_usage_mismatch',
  ],
  payment_method_not_to_be_kept: [{}, 400, 'payment_method_not_to_be_kept'],
  card_number_invalid: [{}, 422, 'validation_error'],
  card_brand_unsupported: [{}, 422, 'validation_error'],
  test_card_in_live_mode: [{}, 402, 'test_card_on_livemode'],
  live_card_in_test_mode: [{}, 402, 'test_mode_live_card'],
  card_expiry_invalid: [{}, 402, 'invalid_expiration_date'],
  card_expired: [{}, 402, 'expired_card'],
  cvc_invalid: [{}, 402, 'invalid_cvc'],
  processor_missing: [{ mode: 'live' }, 400, 'processor_missing'],
  too_many_changes_at_once: [{}, 409, 'too_many_changes_at_once'],
};

function aRefusal(code: RefusalCode): Refusal {
  return { code, facts: REFUSALS[code][0] } as unknown as Refusal;
}

describe.each(REFUSAL_CODES)('the refusal %s', (code) => {
  const response = errors.refusal(aRefusal(code), FLOW);
  const [, status, expected] = REFUSALS[code];

  test(`is ${status} ${expected}`, () => {
    expect([response.status, bodyOf(response).status, bodyOf(response).code]).toEqual([status, status, expected]);
  });

  test('has the shape of every error', () => {
    expect(response.headers?.['content-type']).toBe('application/problem+json');
    expect(bodyOf(response)).toMatchObject({
      type: `https://shop.example/errors/${expected.replaceAll('_', '-')}`,
      title: expect.stringMatching(/^[A-Z]/),
      detail: expect.stringMatching(/^[A-Z].*[.]$/),
      instance: FLOW.path,
    });
    expect('errors' in bodyOf(response)).toBe(status === 422);
  });
});

test('a missing object is told in the same words for every id, none of which is repeated', () => {
  const detail = (id: string) =>
    bodyOf(errors.refusal({ code: 'object_not_found', facts: { object: 'payment_method', id } }, FLOW)).detail;
  expect(detail(uuid(7))).toBe('There is no payment method with this id.');
  expect(detail('4242424242424242')).toBe(detail(uuid(7)));
});

test('an unexpected status is told with those that would do', () => {
  const refusal: Refusal = {
    code: 'setup_intent_unexpected_status',
    facts: { status: 'succeeded', allowed: ['requires_action', 'requires_confirmation'] },
  };
  expect(bodyOf(errors.refusal(refusal, FLOW)).detail).toMatch(
    /setup flow is succeeded.*requires_action or requires_conf/,
  );
});

test.each([
  ['/v2/payment_methods', 'card.number'],
  ['/v2/setup_flows/setfw_1/confirm', 'payment_method_data.card.number'],
])('a wrong card number sent to %s is a problem of %s', (path, field) => {
  const response = errors.refusal({ code: 'card_number_invalid', facts: {} }, { path });
  expect(bodyOf(response).errors).toEqual([{ field, message: expect.any(String) }]);
});

test.each([
  [['usage'], 'Invalid field usage: Wrong.'],
  [['usage', 'metadata.a'], 'Invalid fields: usage, metadata.a. What is wrong with each is in errors.'],
  [
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    'Invalid fields: a, b, c, d, e and 2 more. What is wrong with each is in errors.',
  ],
])('the detail tells that %j are wrong', (fields, detail) => {
  const problems = fields.map((field) => ({ field, message: 'Wrong.', kind: 'value' as const }));
  expect(bodyOf(errors.parseFault({ kind: 'invalid', problems }, FLOW)).detail).toBe(detail);
});

test('pages are told that it may be their secret for which nothing is found', () => {
  const refusal: Refusal = { code: 'object_not_found', facts: { object: 'setup_intent', id: uuid(1) } };
  const { detail } = bodyOf(errors.refusal(refusal, { ...FLOW, access: 'browser' }));
  expect(detail).toContain('client secret');
  expect(detail).not.toContain(ids.setupFlow.render(uuid(1)));
});

test('pages are told the kind of a problem as well', () => {
  const response = errors.refusal({ code: 'return_url_missing', facts: {} }, { ...FLOW, access: 'browser' });
  expect(bodyOf(response).errors).toEqual([
    { field: 'return_url', message: expect.any(String), error_type: expect.any(String) },
  ]);
});

test('a card number in the path is not repeated', () => {
  const response = errors.fault('not_found_route', { path: '/v2/customers/4242424242424242' });
  expect(JSON.stringify(response)).not.toContain('4242');
});

describe('a decline', () => {
  const DECLINES: Record<SetupErrorCode, readonly [status: number, code: string]> = {
    card_declined: [402, 'card_declined'],
    expired_card: [402, 'expired_card'],
    invalid_cvc: [402, 'invalid_cvc'],
    invalid_expiry: [402, 'invalid_expiration_date'],
    invalid_card_data: [402, 'card_declined'],
    unsupported_brand: [422, 'validation_error'],
    processing_error: [402, 'processing_error'],
    authentication_failed: [402, 'three_d_secure_failed'],
    authentication_abandoned: [402, 'three_d_secure_failed'],
    not_processed: [402, 'processing_error'],
  };

  test.each(Object.entries(DECLINES) as [SetupErrorCode, readonly [number, string]][])(
    '%s is %j',
    (code, [status, expected]) => {
      const response = errors.decline(code, FLOW);
      expect([response.status, bodyOf(response).code]).toEqual([status, expected]);
      expect(renderSetupError(code)).toEqual({
        type: status === 402 ? 'payment_error' : 'validation_error',
        code: expected,
        message: bodyOf(response).detail,
      });
    },
  );

  test('for its brand is a problem of the card number', () => {
    expect(bodyOf(errors.decline('unsupported_brand', FLOW)).errors).toMatchObject([
      { field: 'payment_method_data.card.number' },
    ]);
  });
});

describe('what the HTTP layer refuses', () => {
  const FAULTS: Record<HttpFault, readonly [status: number, code: string]> = {
    unauthorized: [401, 'unauthorized'],
    forbidden: [403, 'forbidden'],
    not_found_route: [404, 'not_found'],
    method_not_allowed: [405, 'method_not_allowed'],
    malformed_body: [400, 'malformed_body'],
    malformed_query: [400, 'malformed_query'],
    repeated_header: [400, 'repeated_header'],
    body_missing: [422, 'validation_error'],
    unsupported_media_type: [415, 'unsupported_media_type'],
    sensitive_data_not_allowed: [400, 'sensitive_data_not_allowed'],
    invalid_idempotency_key: [400, 'invalid_idempotency_key'],
    request_timeout: [408, 'request_timeout'],
    body_too_large: [413, 'body_too_large'],
    url_too_long: [414, 'url_too_long'],
    headers_too_large: [431, 'headers_too_large'],
    too_many_requests: [429, 'over_capacity'],
    card_route_elsewhere: [421, 'card_route_elsewhere'],
    internal_fault: [500, 'internal_server_error'],
    storage_unavailable: [503, 'storage_unavailable'],
  };

  test.each(HTTP_FAULTS)('%s', (fault) => {
    const response = errors.fault(fault, { path: '/v2/setup_flows', retryAfterSeconds: 3 });
    const [status, code] = FAULTS[fault];
    expect([response.status, bodyOf(response).status, bodyOf(response).code]).toEqual([status, status, code]);
    expect(response.headers?.['retry-after']).toBe('3');
    expect('errors' in bodyOf(response)).toBe(status === 422);
  });

  test('is told in the words that it brings', () => {
    const response = errors.fault('card_route_elsewhere', { path: '/', detail: 'Go to https://vault.example.' });
    expect(bodyOf(response).detail).toBe('Go to https://vault.example.');
  });

  test('a request with an idempotency key is told that keys cannot be kept', () => {
    const response = errors.fault('storage_unavailable', { path: '/v2/setup_flows', idempotent: true });
    expect(bodyOf(response).code).toBe('idempotency_infrastructure_error');
  });

  test('somebody who looks for payments is told that there are none', () => {
    expect(bodyOf(errors.fault('not_found_route', { path: '/v2/payment_flows/pfw_1' })).detail).toContain('payments');
    expect(bodyOf(errors.fault('not_found_route', { path: '/v2/nothing' })).detail).not.toContain('payments');
  });
});

describe('the earlier generation', () => {
  const aDialect = (naming: Naming) => createPayjpDialect({ apiUrl: () => 'https://shop.example', naming });

  test('has the error types of its time', () => {
    const { errors: earlier } = aDialect('seed');
    expect(bodyOf(earlier.fault('unauthorized', FLOW)).type).toBe('https://example.com/errors/unauthorized');
  });

  test.each([
    ['seed', 'unsupported_payment_method_type'],
    ['current', 'invalid_payment_method_types'],
    ['both', 'invalid_payment_method_types'],
  ] as const)('has the code of its time for types that cannot be saved: %s, %s', (naming, code) => {
    const response = aDialect(naming).errors.refusal(aRefusal('payment_method_types_unavailable'), FLOW);
    expect([response.status, bodyOf(response).code]).toEqual([400, code]);
  });
});
