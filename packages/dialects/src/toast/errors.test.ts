import { DECLINE_CODES, REFUSAL_CODES, refuse, type SetupErrorCode } from '@onfile/core';
import { describe, expect, test } from 'vitest';
import { HTTP_FAULTS } from '../dialect.js';
import { CODES } from './choices.js';
import { createToastErrors, REFUSAL_ERRORS } from './errors.js';
import { HTTP_FAULT_ERRORS } from './http-faults.js';

const NOON = Date.UTC(2027, 0, 2, 12);
const errors = createToastErrors({ clock: { now: () => NOON } });
const PLACE = { path: '/v1/setup-intents', requestId: 'req_1', access: 'secret' } as const;

describe('an error', () => {
  for (const code of REFUSAL_CODES) {
    test(`for ${code} has a number that begins with its status, and words without the domain's`, () => {
      const error = REFUSAL_ERRORS[code];
      expect(Math.floor(error.code / 100)).toBe(error.status);
      expect(error.message).not.toMatch(/_|undefined/);
    });
  }

  for (const fault of HTTP_FAULTS) {
    test(`for ${fault} has a number that begins with its status`, () => {
      const { status, body } = errors.fault(fault, PLACE);
      const { code } = HTTP_FAULT_ERRORS[fault];
      expect(Math.floor(code / 100)).toBe(status);
      expect(body).toMatchObject({ status, code, requestId: 'req_1', errors: [] });
    });
  }

  test('has a number of its own for each thing that a caller has to tell apart', () => {
    const numbers = Object.values(CODES);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('tells the reason to the server and not to a page', () => {
    const { refusal } = refuse('cvc_invalid', {});
    const messageTo = (access: 'secret' | 'browser') =>
      (errors.refusal(refusal, { ...PLACE, access }).body as { developerMessage: unknown }).developerMessage;
    expect([messageTo('secret'), messageTo('browser')]).toEqual(['cvc_invalid', null]);
  });

  test('says of every decline the same, and of a card that no issuer was asked about that it was not checked', () => {
    const messageOf = (code: SetupErrorCode) => (errors.decline(code, PLACE).body as { message: string }).message;
    expect(new Set(DECLINE_CODES.map(messageOf))).toEqual(new Set(['The card was declined. Please try another card.']));
    expect(messageOf('not_processed')).toBe('The card could not be checked. Please try again.');
  });

  // biome-ignore format: a table, a line for each case
  const used = [
    ['half an hour ahead', NOON + 1_800_000, '1800'],
    ['a moment ahead',     NOON + 1,         '1'],
    ['past',               NOON - 60_000,    '1'],
    ['not known',          null,             '1'],
  ] as const;
  for (const [end, expiresAt, seconds] of used) {
    test(`for an intent whose attempts are used up tells to wait ${seconds} s when its end is ${end}`, () => {
      const { refusal } = refuse('setup_intent_attempts_exhausted', { expiresAt });
      expect(errors.refusal(refusal, PLACE)).toMatchObject({ status: 429, headers: { 'retry-after': seconds } });
    });
  }

  // biome-ignore format: a table, a line for each case
  const ended = [
    ['canceled',   404, CODES.expired],
    ['succeeded',  409, CODES.stateConflict],
    ['processing', 409, CODES.stateConflict],
  ] as const;
  for (const [status, told, code] of ended) {
    test(`for an intent that is ${status} is ${told}`, () => {
      const { refusal } = refuse('setup_intent_unexpected_status', { status, allowed: [] });
      expect(errors.refusal(refusal, PLACE)).toMatchObject({ status: told, body: { code } });
    });
  }
});
