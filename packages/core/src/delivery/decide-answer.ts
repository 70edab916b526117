import type { WebhookAnswer } from '../ports/webhook-sender.js';
import type { ClaimedDelivery, DeliveryOutcome, EndpointChange } from '../ports/webhook-storage.js';
import type { Instant } from '../scope.js';
import type { WebhookEndpoint } from '../webhook-endpoint/webhook-endpoint.js';
import { FAILING_MS_MAX, FAILURES_TO_OPEN, nextProbeAt, nextTryAt, RETRY_AFTER_MS_MAX } from './schedule.js';

/** What an answer means for its delivery, and for the endpoint; `null` when that stays as it is. */
export interface AnswerDecision {
  readonly outcome: DeliveryOutcome;
  readonly endpoint: EndpointChange | null;
}

/** `random` is from 0 up to 1. */
export function decideAnswer(
  { endpoint, delivery }: { endpoint: WebhookEndpoint; delivery: ClaimedDelivery },
  answer: WebhookAnswer,
  { now, random }: { now: Instant; random: number },
): AnswerDecision {
  if (isAccepted(answer)) return { outcome: { state: 'accepted' }, endpoint: afterSuccess(endpoint) };

  const heldUntil = heldUntilAfter(answer, now);
  return {
    outcome: afterFailure(delivery, { answer, heldUntil, now, random }),
    endpoint: endpointAfterFailure(endpoint, { answer, heldUntil, now, random }),
  };
}

/** A redirect is a failure: the endpoint's address is what was checked, and nobody else's. */
export function isAccepted(answer: WebhookAnswer): boolean {
  return answer.kind === 'answered' && answer.status >= 200 && answer.status <= 299;
}

interface Failure {
  readonly answer: WebhookAnswer;
  readonly heldUntil: Instant | null;
  readonly now: Instant;
  readonly random: number;
}

const GONE = 410;
const MAY_ASK_FOR_TIME = [429, 503];

/** `Retry-After` counts only where it asks for time, and up to a day. */
function heldUntilAfter(answer: WebhookAnswer, now: Instant): Instant | null {
  if (answer.kind !== 'answered' || answer.retryAfterMs === null) return null;
  return MAY_ASK_FOR_TIME.includes(answer.status) ? now + Math.min(answer.retryAfterMs, RETRY_AFTER_MS_MAX) : null;
}

/** What was sent ahead of its schedule keeps it. What a gone endpoint refused waits for the day it is enabled again. */
function afterFailure(delivery: ClaimedDelivery, { answer, heldUntil, now, random }: Failure): DeliveryOutcome {
  if (!delivery.isScheduled) return waiting(delivery.scheduledAt, heldUntil);
  const scheduledAt = nextTryAt(delivery.attempts, { now, random });
  if (scheduledAt === null) return isGone(answer) ? waiting(now, heldUntil) : { state: 'dead' };

  return waiting(scheduledAt, heldUntil);
}

function waiting(scheduledAt: Instant, heldUntil: Instant | null): DeliveryOutcome {
  return { state: 'pending', scheduledAt: Math.max(scheduledAt, heldUntil ?? 0) };
}

function afterSuccess({ failures, failingSince, probeAt }: WebhookEndpoint): EndpointChange | null {
  if (failures === 0 && failingSince === null && probeAt === null) return null;
  return { ...ENABLED, failures: 0, failingSince: null, probeAt: null, releasesWaiting: probeAt !== null };
}

const ENABLED = { state: 'enabled', disabledReason: null } as const;

function endpointAfterFailure(
  endpoint: WebhookEndpoint,
  { answer, heldUntil, now, random }: Failure,
): EndpointChange | null {
  if (endpoint.state === 'disabled') return null;
  const failures = endpoint.failures + 1;
  const failingSince = endpoint.failingSince ?? now;
  const counted = { failures, failingSince, releasesWaiting: false };
  if (isGone(answer)) return { ...counted, state: 'disabled', disabledReason: 'gone', probeAt: null };
  if (now - failingSince >= FAILING_MS_MAX) {
    return { ...counted, state: 'disabled', disabledReason: 'failing', probeAt: null };
  }
  const isOpen = endpoint.probeAt !== null || failures >= FAILURES_TO_OPEN;
  return { ...counted, ...ENABLED, probeAt: heldUntil ?? (isOpen ? nextProbeAt({ now, random }) : null) };
}

function isGone(answer: WebhookAnswer): boolean {
  return answer.kind === 'answered' && answer.status === GONE;
}
