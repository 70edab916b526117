import type {
  ClaimedDeliveries,
  ClaimedDelivery,
  Event,
  Scope,
  Settlement,
  Uuid,
  WebhookEndpoint,
  WebhookStorage,
} from '@onfile/core';
import { type KeptDelivery, keyOf, newestFirst, type Tables } from './tables.js';

type Claim = Parameters<WebhookStorage['claimDeliveries']>[0];

export function claimDeliveries(
  tables: Tables,
  { scope, endpointId, now, leaseUntil, inFlightMax }: Claim,
): ClaimedDeliveries | null {
  const endpoint = tables.endpoints.get(keyOf(scope, endpointId));
  if (endpoint?.state !== 'enabled' || (endpoint.probeAt !== null && endpoint.probeAt > now)) return null;

  const isProbe = endpoint.probeAt !== null;
  const ofEndpoint = deliveriesOf(tables, endpoint);
  const inFlight = ofEndpoint.filter(({ leasedUntil }) => leasedUntil !== null && leasedUntil > now).length;
  const taken = ofEndpoint
    .filter(({ state, dueAt, leasedUntil }) => {
      return state === 'pending' && (isProbe || dueAt <= now) && (leasedUntil === null || leasedUntil <= now);
    })
    .filter((delivery) => isFirstOfObject(ofEndpoint, delivery))
    .sort((a, b) => a.dueAt - b.dueAt || (a.eventId < b.eventId ? -1 : 1))
    .slice(0, isProbe ? 1 : Math.max(0, inFlightMax - inFlight));
  const deliveries = taken.map((delivery) => claimOne(tables, delivery, { now, leaseUntil }));
  if (isProbe && taken.length > 0) putEndpoint(tables, { ...endpoint, probeAt: leaseUntil });
  tables.deliveryRevision += 1;
  return { endpoint, deliveries };
}

function isFirstOfObject(all: readonly KeptDelivery[], { objectId, sequence }: KeptDelivery): boolean {
  return !all.some((each) => each.state === 'pending' && each.objectId === objectId && each.sequence < sequence);
}

function claimOne(
  tables: Tables,
  delivery: KeptDelivery,
  { now, leaseUntil }: { readonly now: number; readonly leaseUntil: number },
): ClaimedDelivery {
  const { scope, eventId, scheduledAt } = delivery;
  const isScheduled = scheduledAt <= now;
  const claim = delivery.claim + 1;
  const attempts = delivery.attempts + (isScheduled ? 1 : 0);
  putDelivery(tables, { ...delivery, claim, attempts, leasedUntil: leaseUntil });
  const event = tables.events.get(keyOf(scope, eventId)) as Event;
  const pendingCount = countPending(tables, scope, eventId);
  return { event, claim, attempts, scheduledAt, isScheduled, pendingCount };
}

function countPending(tables: Tables, scope: Scope, eventId: Uuid): number {
  const prefix = keyOf(scope, eventId, '');
  let count = 0;
  for (const [key, { state }] of tables.deliveries) if (key.startsWith(prefix) && state === 'pending') count += 1;
  return count;
}

export function settleDelivery(tables: Tables, settlement: Settlement): 'settled' | 'lost' | 'stale' {
  const { scope, eventId, endpointId, claim, at, outcome, attempt, endpoint: changed } = settlement;
  const held = tables.deliveries.get(keyOf(scope, eventId, endpointId));
  if (held === undefined || held.claim !== claim || held.endedAt !== null) return 'lost';

  const endpoint = tables.endpoints.get(keyOf(scope, endpointId));
  if (changed !== null) {
    if (endpoint?.version !== changed.expectVersion) return 'stale';
    const { releasesWaiting, ...health } = changed.change;
    putEndpoint(tables, { ...endpoint, ...health, version: endpoint.version + 1, updatedAt: at });
    if (releasesWaiting) releaseWaiting(tables, endpoint, at, eventId);
  }
  const scheduledAt = outcome.state === 'pending' ? outcome.scheduledAt : at;
  const endedAt = outcome.state === 'pending' ? null : at;
  const after = { scheduledAt, dueAt: scheduledAt, leasedUntil: null, lastAttempt: attempt, endedAt };
  putDelivery(tables, { ...held, state: outcome.state, ...after });
  tables.deliveryRevision += 1;
  return 'settled';
}

function releaseWaiting(tables: Tables, endpoint: WebhookEndpoint, now: number, except: Uuid): void {
  for (const delivery of deliveriesOf(tables, endpoint)) {
    const waits = delivery.state === 'pending' && delivery.dueAt > now && delivery.eventId !== except;
    if (waits) putDelivery(tables, { ...delivery, dueAt: now });
  }
}

export function listEndpointsWithDueDeliveries(
  tables: Tables,
  now: number,
  { after, limit }: Parameters<WebhookStorage['listEndpointsWithDueDeliveries']>[1],
) {
  const from = after ? keyOf(after.scope, after.id) : '';
  return [...tables.endpoints]
    .filter(([key, endpoint]) => key > from && isDue(tables, endpoint, now))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([, { scope, id }]) => ({ scope, id }));
}

function isDue(tables: Tables, endpoint: WebhookEndpoint, now: number): boolean {
  const { state, probeAt } = endpoint;
  if (state !== 'enabled' || (probeAt !== null && probeAt > now)) return false;
  return deliveriesOf(tables, endpoint).some(({ state, dueAt, leasedUntil }) => {
    return state === 'pending' && (probeAt !== null || dueAt <= now) && (leasedUntil === null || leasedUntil <= now);
  });
}

export function listWebhookEndpoints(tables: Tables, scope: Scope): readonly WebhookEndpoint[] {
  return newestFirst(tables.endpoints.values(), scope);
}

export function deliveriesOf(tables: Tables, { scope, id }: Pick<WebhookEndpoint, 'scope' | 'id'>): KeptDelivery[] {
  const prefix = keyOf(scope, '');
  const found: KeptDelivery[] = [];
  for (const [key, delivery] of tables.deliveries) {
    if (delivery.endpointId === id && key.startsWith(prefix)) found.push(delivery);
  }
  return found;
}

function putDelivery({ deliveries }: Tables, delivery: KeptDelivery): void {
  deliveries.set(keyOf(delivery.scope, delivery.eventId, delivery.endpointId), delivery);
}

function putEndpoint({ endpoints }: Tables, endpoint: WebhookEndpoint): void {
  endpoints.set(keyOf(endpoint.scope, endpoint.id), endpoint);
}
