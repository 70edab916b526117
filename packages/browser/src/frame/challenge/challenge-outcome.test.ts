import { expect, test } from 'vitest';
import { EN_FIELDS } from '../texts/fields-en.js';
import { challengeOutcome } from './challenge-outcome.js';

const RETURN = 'https://shop.example/done?order=1';
const WENT = {
  kind: 'go',
  url: `${RETURN}&setup_flow_id=setfw_1&setup_flow_client_secret=setfws_1`,
};
const failed = (code: string) => ({
  kind: 'error',
  error: { kind: 'payment', code, message: expect.any(String), problems: [] },
});

// biome-ignore format: a table
const cases = [
  // status                    last error               return URL  always   outcome
  ['succeeded',               null,                     RETURN,     false,   WENT],
  ['processing',              null,                     RETURN,     false,   WENT],
  ['succeeded',               null,                     null,       false,   { kind: 'done' }],
  ['requires_payment_method', 'three_d_secure_failed',  RETURN,     false,   failed('three_d_secure_failed')],
  ['requires_payment_method', 'card_declined',          RETURN,     false,   failed('card_declined')],
  ['requires_payment_method', 'three_d_secure_failed',  RETURN,     true,    WENT],
  ['requires_payment_method', 'three_d_secure_failed',  null,       true,    failed('three_d_secure_failed')],
  ['canceled',                null,                     RETURN,     false,   { kind: 'error', error: expect.objectContaining({ kind: 'api', code: 'invalid_status' }) }],
] as const;

test.each(cases)(
  'a flow that is %s after %s, to return to %s, always: %s',
  (status, lastErrorCode, returnUrl, alwaysReturns, outcome) => {
    const flow = { id: 'setfw_1', status, returnUrl, nextUrl: null, lastErrorCode };
    const context = { clientSecret: 'setfws_1', alwaysReturns, isStopped: false, reasons: EN_FIELDS.declined.reasons };
    expect(challengeOutcome({ kind: 'flow', flow }, context)).toEqual(outcome);
  },
);

test('a server that cannot be asked is the merchant’s to know of, and no failed authentication', () => {
  const context = {
    clientSecret: 'setfws_1',
    alwaysReturns: true,
    isStopped: false,
    reasons: EN_FIELDS.declined.reasons,
  };
  expect(challengeOutcome({ kind: 'unreachable' }, context)).toMatchObject({
    error: { kind: 'api', code: 'network_error' },
  });
});
