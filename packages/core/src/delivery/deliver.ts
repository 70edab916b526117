import type { WebhookDialect } from '../ports/webhook-dialect.js';
import type { SentWebhook, WebhookAnswer, WebhookRequest } from '../ports/webhook-sender.js';
import type { ClaimedDelivery, Settlement } from '../ports/webhook-storage.js';
import type { Instant } from '../scope.js';
import { liveSecrets } from '../webhook-endpoint/change.js';
import { dialectNamed, signingSecret, tokenOf } from '../webhook-endpoint/secrets.js';
import type { WebhookEndpoint } from '../webhook-endpoint/webhook-endpoint.js';
import type { DeliveryReport, WebhookPorts } from '../webhooks.js';
import { type AnswerDecision, decideAnswer } from './decide-answer.js';
import type { DeliveryAttempt, DeliveryRecord } from './delivery.js';
import { TRIES_MAX } from './schedule.js';

/** For how long a claimed delivery is left alone by others: longer than a POST and the writing of its result take. */
export const LEASE_MS = 20_000;

export interface Claimed {
  readonly endpoint: WebhookEndpoint;
  readonly delivery: ClaimedDelivery;
}

/** Sends a claimed delivery and writes down how it went. A crash in between sends it again, under the same id. */
export async function deliver(ports: WebhookPorts, claimed: Claimed): Promise<DeliveryReport> {
  if (claimed.delivery.attempts > TRIES_MAX) return giveUp(ports, claimed);

  const sentAt = ports.clock.now();
  const token = tokenOf(ports, claimed.endpoint.scope, claimed.endpoint.dialect);
  const request = requestFor(ports, claimed, { sentAt, token });
  const answer = await ports.sender.send(request);
  const record = recordOf(request, token, answer);
  const { decision, isLost } = await settle(ports, claimed, { answer, record });
  const { attempts, isScheduled, event } = claimed.delivery;
  return {
    result: isLost ? 'lost' : RESULTS[decision.outcome.state],
    status: answer.kind === 'answered' ? answer.status : null,
    fault: answer.kind === 'failed' ? answer.fault : null,
    durationMs: answer.durationMs,
    waitedMs: isScheduled && attempts === 1 ? sentAt - event.createdAt : null,
    endpointDisabled: isLost ? null : (decision.endpoint?.disabledReason ?? null),
  };
}

const RESULTS = { accepted: 'accepted', pending: 'failed', dead: 'dead' } as const;

function requestFor(
  ports: WebhookPorts,
  { endpoint, delivery }: Claimed,
  { sentAt, token }: { readonly sentAt: Instant; readonly token: string | null },
): WebhookRequest {
  const { scope, url } = endpoint;
  const dialect = dialectOf(ports, endpoint);
  const facts = {
    pendingCount: delivery.pendingCount,
    token,
    vaultUrl: ports.vaultUrl(),
  };
  const secrets = liveSecrets(endpoint, sentAt).map((secret) => signingSecret(ports, scope, secret));
  const { body, headers } = dialect.render(delivery.event, facts);
  return { mode: scope.mode, url, id: dialect.renderEventId(delivery.event.id), sentAt, body, headers, secrets };
}

/**
 * Tries are counted when they begin, so more of them than there are means that they ended without a word: this delivery brings
 * the process down, or cannot be rendered. It must not hold up its object for ever.
 */
async function giveUp({ storage, clock }: WebhookPorts, { endpoint, delivery }: Claimed): Promise<DeliveryReport> {
  const attempt = { at: clock.now(), durationMs: 0, status: null, fault: 'interrupted', reply: null };
  const result = await storage.settleDelivery({
    ...{ scope: endpoint.scope, endpointId: endpoint.id, eventId: delivery.event.id, claim: delivery.claim },
    ...{ at: attempt.at, outcome: { state: 'dead' }, attempt, record: null, endpoint: null },
  });
  const { status, fault, durationMs } = attempt;
  return {
    result: result === 'lost' ? 'lost' : 'dead',
    status,
    fault,
    durationMs,
    waitedMs: null,
    endpointDisabled: null,
  };
}

function dialectOf(ports: WebhookPorts, endpoint: WebhookEndpoint): WebhookDialect {
  const dialect = dialectNamed(ports, endpoint.dialect);
  if (dialect === undefined) throw new Error(`Endpoint ${endpoint.id} wants a dialect that is not spoken here`);
  return dialect;
}

/** Above the number of deliveries of one endpoint that can end at once. */
const DECISIONS_MAX = 64;

/** Others that end at the same endpoint change its health too: then it is read and decided anew. */
async function settle(
  { storage, clock, random }: WebhookPorts,
  { endpoint, delivery }: Claimed,
  { answer, record }: { answer: WebhookAnswer; record: DeliveryRecord },
): Promise<{ readonly decision: AnswerDecision; readonly isLost: boolean }> {
  const now = clock.now();
  const facts = { now, random: random.fraction() };
  let known = endpoint;
  for (let decisions = 0; decisions < DECISIONS_MAX; decisions += 1) {
    const decision = decideAnswer({ endpoint: known, delivery }, answer, facts);
    const result = await storage.settleDelivery(
      settlementOf({ endpoint: known, delivery }, decision, { answer, record, now }),
    );
    if (result !== 'stale') return { decision, isLost: result === 'lost' };
    const newest = await storage.loadWebhookEndpoint(endpoint.scope, endpoint.id);
    if (newest === null) throw new Error(`Endpoint ${endpoint.id} is gone`);
    known = newest;
  }
  throw new Error(`Endpoint ${endpoint.id} changed ${DECISIONS_MAX} times while one delivery was settled`);
}

function settlementOf(
  { endpoint, delivery }: Claimed,
  decision: AnswerDecision,
  { answer, record, now }: { answer: WebhookAnswer; record: DeliveryRecord; now: Instant },
): Settlement {
  return {
    scope: endpoint.scope,
    endpointId: endpoint.id,
    eventId: delivery.event.id,
    claim: delivery.claim,
    at: now,
    outcome: decision.outcome,
    attempt: attemptOf(answer, now),
    record,
    endpoint: decision.endpoint && { expectVersion: endpoint.version, change: decision.endpoint },
  };
}

function attemptOf(answer: WebhookAnswer, endedAt: Instant): DeliveryAttempt {
  const { durationMs } = answer;
  const at = endedAt - durationMs;
  return answer.kind === 'answered'
    ? { at, durationMs, status: answer.status, fault: null, reply: answer.reply }
    : { at, durationMs, status: null, fault: answer.fault, reply: null };
}

const MASK = '***';
/** Of an answer: enough to see what went wrong. */
const HEADERS_KEPT_MAX = 50;
const HEADER_CHARACTERS_MAX = 500;

function recordOf({ url, body, sentAt }: WebhookRequest, token: string | null, answer: SentWebhook): DeliveryRecord {
  const { sentHeaders, received } = answer.trace;
  return {
    at: sentAt,
    durationMs: answer.durationMs,
    request: { url, headers: withoutSecrets(sentHeaders, token), body },
    answer:
      answer.kind === 'answered' && received
        ? { status: answer.status, headers: shortened(received.headers), body: received.body }
        : null,
    fault: answer.kind === 'failed' ? answer.fault : null,
  };
}

/** A static token opens every body to come; a signature is over this one alone, and tells no secret. */
function withoutSecrets(headers: Readonly<Record<string, string>>, token: string | null) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === token ? MASK : value]));
}

function shortened(headers: Readonly<Record<string, string>>) {
  const kept = Object.entries(headers).slice(0, HEADERS_KEPT_MAX);
  return Object.fromEntries(
    kept.map(([name, value]) => [name, name === 'set-cookie' ? MASK : value.slice(0, HEADER_CHARACTERS_MAX)]),
  );
}
