import type { SendResult } from '@onfile/core';
import { describe, expect, test } from 'vitest';
import { readLookUp, readVerification, readVoid } from './answers.js';

const APPROVED = { id: 'ver_1', reference: 'ours', status: 'approved', card: { country: 'JP' } };
const CHALLENGE = {
  ...APPROVED,
  status: 'authentication_required',
  authentication: { url: 'https://issuer.example/1', expires_at: '2030-01-01T00:00:00.000Z' },
};

describe('an answer to a verification', () => {
  const cases: [title: string, status: number, body: unknown, kind: string][] = [
    ['an approval', 200, APPROVED, 'approved'],
    ['a challenge', 200, CHALLENGE, 'action_required'],
    ['a decline', 402, { reference: 'ours', status: 'declined', code: 'expired_card' }, 'declined'],
    ['a documented refusal', 400, { error: { code: 'invalid_request' } }, 'rejected_before_processing'],
    ['a missing secret', 401, { error: { code: 'secret_missing' } }, 'rejected_before_processing'],
    ['a voided reference', 409, { error: { code: 'reference_voided' } }, 'rejected_before_processing'],
    ['an undocumented refusal', 400, { error: { code: 'something_else' } }, 'unknown'],
    ['a documented code with another status', 500, { error: { code: 'invalid_request' } }, 'unknown'],
    ['a key used for something else', 409, { error: { code: 'idempotency_conflict' } }, 'unknown'],
    ['an approval of another reference', 200, { ...APPROVED, reference: 'theirs' }, 'unknown'],
    ['an approval without an id', 200, { ...APPROVED, id: undefined }, 'unknown'],
    ['an approval under a payment error', 402, APPROVED, 'unknown'],
    ['an approval under another success status', 202, APPROVED, 'unknown'],
    ['a challenge without an address', 200, { ...CHALLENGE, authentication: {} }, 'unknown'],
    ['a challenge at a script', 200, { ...CHALLENGE, authentication: { url: 'javascript:alert(1)' } }, 'unknown'],
    ['a status of its own', 200, { ...APPROVED, status: 'sideways' }, 'unknown'],
    ['a redirect', 302, {}, 'unknown'],
    ['a server error', 503, { error: { code: 'unavailable' } }, 'unknown'],
    ['an array', 200, [], 'unknown'],
    ['null', 200, null, 'unknown'],
  ];
  for (const [title, status, body, kind] of cases) {
    test(`${title} is ${kind}`, () => {
      expect(readVerification(answered(status, JSON.stringify(body)), 'ours').kind).toBe(kind);
    });
  }

  test('a body that is not JSON or not UTF-8 is unknown', () => {
    expect(readVerification(answered(200, '<html>'), 'ours').kind).toBe('unknown');
    expect(readVerification(answered(200, Uint8Array.of(0x22, 0xff, 0x22)), 'ours').kind).toBe('unknown');
  });

  test('a decline for a reason that is new to us is still a decline', () => {
    const body = JSON.stringify({ reference: 'ours', status: 'declined', code: '__proto__' });
    expect(readVerification(answered(402, body), 'ours')).toMatchObject({ kind: 'declined', code: 'card_declined' });
  });

  test('what was provably not sent was not processed; what broke off is unknown', () => {
    expect(readVerification({ kind: 'not_sent', reason: 'ECONNREFUSED' }, 'ours')).toEqual({
      kind: 'rejected_before_processing',
      reason: 'ECONNREFUSED',
    });
    expect(readVerification({ kind: 'unknown', reason: 'ECONNRESET' }, 'ours')).toEqual({
      kind: 'unknown',
      reason: 'ECONNRESET',
    });
  });
});

describe('an answer to a look-up', () => {
  test('only the processor’s own "not found" is one', () => {
    const own = answered(404, JSON.stringify({ error: { code: 'verification_not_found' } }));
    const other = answered(404, JSON.stringify({ error: { code: 'unknown_path' } }));
    expect(readLookUp(own, 'ours')).toEqual({ kind: 'not_found' });
    expect(readLookUp(other, 'ours').kind).toBe('unknown');
    expect(readLookUp({ kind: 'not_sent', reason: 'ECONNREFUSED' }, 'ours').kind).toBe('unknown');
  });

  test('the end of a challenge is told as an instant', () => {
    expect(readLookUp(answered(200, JSON.stringify(CHALLENGE)), 'ours')).toEqual({
      kind: 'action_required',
      processorReference: 'ver_1',
      url: 'https://issuer.example/1',
      expiresAt: Date.UTC(2030, 0, 1),
    });
  });

  test('a verification that was undone at the processor did not succeed', () => {
    expect(readLookUp(answered(200, JSON.stringify({ ...APPROVED, status: 'voided' })), 'ours').kind).toBe('declined');
  });
});

describe('an answer to a void', () => {
  const cases: [status: number, standing: string, result: string][] = [
    [200, 'voided', 'done'],
    [200, 'declined', 'done'],
    [200, 'authentication_failed', 'done'],
    [200, 'approved', 'unknown'],
    [200, 'authenticating', 'unknown'],
    [500, 'voided', 'unknown'],
  ];
  for (const [status, standing, result] of cases) {
    test(`${status} with ${standing} is ${result}`, () => {
      expect(readVoid(answered(status, JSON.stringify({ reference: 'ours', status: standing })), 'ours')).toBe(result);
    });
  }

  test('one about another reference is unknown', () => {
    expect(readVoid(answered(200, JSON.stringify({ reference: 'theirs', status: 'voided' })), 'ours')).toBe('unknown');
  });
});

function answered(status: number, body: string | Uint8Array): SendResult {
  return {
    kind: 'answered',
    status,
    headers: {},
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  };
}
