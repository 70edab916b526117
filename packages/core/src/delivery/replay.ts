import type { Scope, Uuid } from '../scope.js';
import type { Replayed, ReplayedRange, WebhookOutcome, WebhookPorts } from '../webhooks.js';

const BATCH = 1_000;
const EVERYTHING = { eventIds: null, since: null, until: null, states: null, after: null };

export async function replayEvent(
  { storage, clock }: WebhookPorts,
  scope: Scope,
  { eventId, endpointId }: { eventId: Uuid; endpointId: Uuid | null },
): Promise<WebhookOutcome<number>> {
  const endpoints = await storage.listWebhookEndpoints(scope);
  const wanted = endpointId === null ? endpoints : endpoints.filter(({ id }) => id === endpointId);
  if (endpointId !== null && wanted.length === 0) return notFound(endpointId);

  let count = 0;
  for (const { id } of wanted) {
    const range = { ...EVERYTHING, endpointId: id, eventIds: [eventId], limit: 1 };
    count += (await storage.replayDeliveries(scope, range, clock.now())).length;
  }
  return { kind: 'done', value: count };
}

/** A part of them: as many as the range's limit allows. */
export async function replayRange(
  { storage, clock }: WebhookPorts,
  scope: Scope,
  range: ReplayedRange,
): Promise<WebhookOutcome<Replayed>> {
  const { endpointId, limit } = range;
  if ((await storage.loadWebhookEndpoint(scope, endpointId)) === null) return notFound(endpointId);

  let count = 0;
  let { after } = range;
  while (count < limit) {
    const batch = { ...range, eventIds: null, after, limit: Math.min(BATCH, limit - count) };
    const replayed = await storage.replayDeliveries(scope, batch, clock.now());
    count += replayed.length;
    after = replayed.at(-1) ?? null;
    if (replayed.length < batch.limit) return { kind: 'done', value: { count, next: null } };
  }
  return { kind: 'done', value: { count, next: after } };
}

function notFound(id: Uuid) {
  return { kind: 'refused', refusal: { code: 'endpoint_not_found', id } } as const;
}
