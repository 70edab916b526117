import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aCustomer, NOON, SCOPE, uuid } from '../../testing/builders.js';
import type { Event } from '../event/event.js';
import type { WebhookAnswer } from '../ports/webhook-sender.js';
import type { ClaimedDelivery } from '../ports/webhook-storage.js';
import type { WebhookEndpoint } from '../webhook-endpoint/webhook-endpoint.js';
import { decideAnswer } from './decide-answer.js';
import {
  FAILING_MS_MAX,
  FAILURES_TO_OPEN,
  nextTryAt,
  PROBE_INTERVAL_MS_MAX,
  RETRY_AFTER_MS_MAX,
  TRIES_MAX,
  TRY_DELAYS_MS,
} from './schedule.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function anEndpoint(parts: Partial<WebhookEndpoint> = {}): WebhookEndpoint {
  return {
    id: uuid(90),
    scope: SCOPE,
    version: 1,
    url: 'https://shop.example/hooks',
    dialect: 'payjp',
    eventTypes: ['customer.created'],
    wantsAllEvents: false,
    secrets: [{ id: uuid(91), expiresAt: null }],
    state: 'enabled',
    disabledReason: null,
    failures: 0,
    failingSince: null,
    probeAt: null,
    createdAt: NOON,
    updatedAt: NOON,
    ...parts,
  };
}

function aDelivery(parts: Partial<ClaimedDelivery> = {}): ClaimedDelivery {
  const event: Event = {
    id: uuid(92),
    scope: SCOPE,
    type: 'customer.created',
    objectType: 'customer',
    objectId: uuid(40),
    sequence: 1,
    object: aCustomer(),
    createdAt: NOON,
  };
  return { event, claim: 1, attempts: 1, scheduledAt: NOON, isScheduled: true, pendingCount: 1, ...parts };
}

function answered(status: number, retryAfterMs: number | null = null): WebhookAnswer {
  return { kind: 'answered', status, retryAfterMs, reply: '', durationMs: 5 };
}
const TIMEOUT: WebhookAnswer = { kind: 'failed', fault: 'timeout', durationMs: 15_000 };

function decide(
  answer: WebhookAnswer,
  {
    endpoint = {},
    delivery = {},
    now = NOON,
    random = 0.5,
  }: {
    endpoint?: Partial<WebhookEndpoint>;
    delivery?: Partial<ClaimedDelivery>;
    now?: number;
    random?: number;
  } = {},
) {
  return decideAnswer({ endpoint: anEndpoint(endpoint), delivery: aDelivery(delivery) }, answer, { now, random });
}

describe('the schedule', () => {
  test('waits 5 s, 15 s, 45 s, 2 m, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, thirteen tries in all', () => {
    const delays = Array.from({ length: TRIES_MAX }, (_, tried) => nextTryAt(tried + 1, { now: 0, random: 0.5 }));
    // biome-ignore format: a table
    expect(delays).toEqual([
      5 * SECOND, 15 * SECOND, 45 * SECOND, 2 * MINUTE, 5 * MINUTE, 30 * MINUTE,
      2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR, null,
    ]);
  });

  test('every delay is up to a fifth longer or shorter', () => {
    for (const [attempts, delayMs] of TRY_DELAYS_MS.entries()) {
      expect(nextTryAt(attempts, { now: NOON, random: 0 })).toBe(NOON + Math.round(delayMs * 0.8));
      expect(nextTryAt(attempts, { now: NOON, random: 1 })).toBe(NOON + Math.round(delayMs * 1.2));
    }
  });
});

describe('an answer', () => {
  // biome-ignore format: a table
  const STATUSES = [
    [200, 'accepted'], [201, 'accepted'], [204, 'accepted'], [299, 'accepted'],
    [199, 'pending'],  [300, 'pending'],  [301, 'pending'],  [302, 'pending'],  [307, 'pending'],
    [400, 'pending'],  [401, 'pending'],  [404, 'pending'],  [410, 'pending'],  [429, 'pending'],
    [500, 'pending'],  [503, 'pending'],  [0, 'pending'],
  ] as const;
  for (const [status, state] of STATUSES) {
    test(`${status} leaves the delivery ${state}`, () => {
      expect(decide(answered(status)).outcome.state).toBe(state);
    });
  }

  test('after the last try makes the delivery a dead letter', () => {
    expect(decide(TIMEOUT, { delivery: { attempts: TRIES_MAX } }).outcome).toEqual({ state: 'dead' });
    expect(decide(TIMEOUT, { delivery: { attempts: TRIES_MAX - 1 } }).outcome.state).toBe('pending');
    expect(decide(answered(200), { delivery: { attempts: TRIES_MAX } }).outcome).toEqual({ state: 'accepted' });
  });

  test('to what was sent ahead of its schedule leaves the schedule as it is, also after the last try', () => {
    const ahead = { isScheduled: false, attempts: TRIES_MAX, scheduledAt: NOON + HOUR };
    expect(decide(TIMEOUT, { delivery: ahead }).outcome).toEqual({ state: 'pending', scheduledAt: NOON + HOUR });
  });

  test('with Retry-After holds the delivery and the endpoint for so long, for 429 and 503 alone, up to a day', () => {
    for (const status of [429, 503]) {
      const held = decide(answered(status, 10 * MINUTE));
      expect(held.outcome).toEqual({ state: 'pending', scheduledAt: NOON + 10 * MINUTE });
      expect(held.endpoint?.probeAt).toBe(NOON + 10 * MINUTE);
      expect(decide(answered(status, 1)).outcome).toEqual({ state: 'pending', scheduledAt: NOON + 5 * SECOND });
      const long = decide(answered(status, 1_000 * RETRY_AFTER_MS_MAX));
      expect(long.endpoint?.probeAt).toBe(NOON + RETRY_AFTER_MS_MAX);
    }
    expect(decide(answered(500, 10 * MINUTE)).outcome).toEqual({ state: 'pending', scheduledAt: NOON + 5 * SECOND });
  });
});

describe('an endpoint', () => {
  test('that is well stays untouched by a success', () => {
    expect(decide(answered(200)).endpoint).toBeNull();
  });

  test('opens its circuit with the third failure in a row, and is probed within ten seconds', () => {
    for (let failures = 0; failures < 6; failures += 1) {
      const { endpoint } = decide(TIMEOUT, { endpoint: { failures, failingSince: NOON - SECOND }, random: 0 });
      expect(endpoint).toMatchObject({ failures: failures + 1, failingSince: NOON - SECOND, state: 'enabled' });
      const isOpen = failures + 1 >= FAILURES_TO_OPEN;
      expect(endpoint?.probeAt).toBe(isOpen ? NOON + PROBE_INTERVAL_MS_MAX : null);
    }
  });

  test('closes its circuit with a success, and what waits is released; before it was open there is nothing to release', () => {
    const open = { failures: 7, failingSince: NOON - HOUR, probeAt: NOON };
    const well = { failures: 0, failingSince: null, probeAt: null, state: 'enabled', disabledReason: null };
    expect(decide(answered(200), { endpoint: open }).endpoint).toEqual({ ...well, releasesWaiting: true });
    const closed = { ...open, failures: 2, probeAt: null };
    expect(decide(answered(200), { endpoint: closed }).endpoint).toEqual({ ...well, releasesWaiting: false });
  });

  test('that answers 410 is disabled, and its delivery waits for the day it is enabled, even after the last try', () => {
    const gone = decide(answered(410), { delivery: { attempts: TRIES_MAX } });
    expect(gone.endpoint).toMatchObject({ state: 'disabled', disabledReason: 'gone', probeAt: null });
    expect(gone.outcome.state).toBe('pending');
  });

  test('that accepted nothing for five days is disabled', () => {
    const failing = (failingSince: number) => decide(TIMEOUT, { endpoint: { failures: 99, failingSince } }).endpoint;
    expect(failing(NOON - FAILING_MS_MAX)).toMatchObject({ state: 'disabled', disabledReason: 'failing' });
    expect(failing(NOON - FAILING_MS_MAX + 1)).toMatchObject({ state: 'enabled', disabledReason: null });
  });

  test('that was disabled meanwhile stays so, whatever fails', () => {
    const disabled = { state: 'disabled', disabledReason: 'operator' } as const;
    expect(decide(TIMEOUT, { endpoint: disabled }).endpoint).toBeNull();
    expect(decide(answered(410), { endpoint: disabled }).endpoint).toBeNull();
  });
});

test('an enabled endpoint with failures is never left without a next step, whatever it answers', () => {
  const anyAnswer = fc.oneof(
    fc.constant(TIMEOUT),
    fc
      .record({ status: fc.integer({ min: 300, max: 599 }), wait: fc.option(fc.nat()) })
      .map(({ status, wait }) => answered(status, wait)),
  );
  const any = fc.record({
    answer: anyAnswer,
    failures: fc.nat({ max: 100 }),
    attempts: fc.integer({ min: 1, max: 20 }),
    isScheduled: fc.boolean(),
    aheadMs: fc.nat({ max: 24 * HOUR }),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  fc.assert(
    fc.property(any, ({ answer, failures, attempts, isScheduled, aheadMs, random }) => {
      const delivery = { attempts, isScheduled, scheduledAt: isScheduled ? NOON : NOON + aheadMs };
      const { outcome, endpoint } = decide(answer, { endpoint: { failures }, delivery, random });
      if (outcome.state === 'pending') expect(outcome.scheduledAt).toBeLessThanOrEqual(NOON + 29 * HOUR);
      if (outcome.state === 'dead') expect(attempts).toBeGreaterThanOrEqual(TRIES_MAX);
      expect(endpoint?.failures).toBe(failures + 1);
      if (endpoint?.state === 'enabled' && endpoint.failures >= FAILURES_TO_OPEN) {
        expect(endpoint.probeAt).toBeLessThanOrEqual(NOON + RETRY_AFTER_MS_MAX);
      }
    }),
  );
});
