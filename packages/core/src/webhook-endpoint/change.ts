import type { EndpointPatch, EndpointPlace } from '../ports/webhook-storage.js';
import type { Instant, Scope, Uuid } from '../scope.js';
import type { EndpointChanges, EndpointWithSecret, WebhookOutcome, WebhookPorts, WebhookRefusal } from '../webhooks.js';
import { typesWanted } from './create.js';
import { dialectNamed, withSecret } from './secrets.js';
import type { WebhookEndpoint, WebhookSecret } from './webhook-endpoint.js';

export function disableEndpoint(ports: WebhookPorts, scope: Scope, id: Uuid): Promise<WebhookOutcome<WebhookEndpoint>> {
  return changeEndpoint(ports, { scope, id }, ({ state }) =>
    state === 'disabled' ? null : { patch: { state: 'disabled', disabledReason: 'operator' }, releasesWaiting: false },
  );
}

/** Also closes the circuit: whoever enables an endpoint has reason to believe that it works. */
export function enableEndpoint(ports: WebhookPorts, scope: Scope, id: Uuid): Promise<WebhookOutcome<WebhookEndpoint>> {
  const patch = { state: 'enabled', disabledReason: null, failures: 0, failingSince: null, probeAt: null } as const;
  return changeEndpoint(ports, { scope, id }, ({ state, probeAt }) =>
    state === 'enabled' && probeAt === null ? null : { patch, releasesWaiting: true },
  );
}

export async function updateEndpoint(
  ports: WebhookPorts,
  place: EndpointPlace,
  { url, events }: EndpointChanges,
): Promise<WebhookOutcome<WebhookEndpoint>> {
  const fault = url === undefined ? null : ports.sender.checkUrl(url, place.scope.mode);
  if (fault !== null) return { kind: 'refused', refusal: { code: fault } };
  return changeEndpoint(ports, place, ({ dialect: name }) => {
    const dialect = dialectNamed(ports, name);
    const types = events === undefined || dialect === undefined ? null : typesWanted(dialect, events);
    if (types && 'code' in types) return { refusal: types };
    const wanted = types && { eventTypes: types, wantsAllEvents: events === null };
    return { patch: { ...(url !== undefined && { url }), ...wanted }, releasesWaiting: false };
  });
}

export async function deleteEndpoint(
  { storage }: WebhookPorts,
  { scope, id }: EndpointPlace,
): Promise<WebhookOutcome<WebhookEndpoint>> {
  const deleted = await storage.deleteWebhookEndpoint(scope, id);
  return deleted ? { kind: 'done', value: deleted } : { kind: 'refused', refusal: { code: 'endpoint_not_found', id } };
}

export async function rollSecret(
  ports: WebhookPorts,
  place: EndpointPlace,
  overlapMs: number,
): Promise<WebhookOutcome<EndpointWithSecret>> {
  const fresh: WebhookSecret = { id: ports.ids.next(), expiresAt: null };
  const expiresAt = ports.clock.now() + overlapMs;
  const outcome = await changeEndpoint(ports, place, ({ secrets }) => ({
    patch: { secrets: [fresh, ...secrets.slice(0, 1).map(({ id }) => ({ id, expiresAt }))] },
    releasesWaiting: false,
  }));
  return outcome.kind === 'done' ? { kind: 'done', value: withSecret(ports, outcome.value) } : outcome;
}

/** Those that a body is signed with now. */
export function liveSecrets({ secrets }: WebhookEndpoint, now: Instant): readonly WebhookSecret[] {
  return secrets.filter(({ expiresAt }) => expiresAt === null || now < expiresAt);
}

const DECISIONS_MAX = 6;

/** Decides on the endpoint as it is, again when somebody else was faster; `null` leaves it so. */
async function changeEndpoint(
  { storage, clock }: WebhookPorts,
  { scope, id }: EndpointPlace,
  decide: (
    endpoint: WebhookEndpoint,
  ) => { patch: EndpointPatch; releasesWaiting: boolean } | { refusal: WebhookRefusal } | null,
): Promise<WebhookOutcome<WebhookEndpoint>> {
  for (let decisions = 0; decisions < DECISIONS_MAX; decisions += 1) {
    const endpoint = await storage.loadWebhookEndpoint(scope, id);
    if (endpoint === null) return { kind: 'refused', refusal: { code: 'endpoint_not_found', id } };
    const change = decide(endpoint);
    if (change === null) return { kind: 'done', value: endpoint };
    if ('refusal' in change) return { kind: 'refused', refusal: change.refusal };
    const { patch, releasesWaiting } = change;
    const changed = await storage.updateWebhookEndpoint(endpoint, patch, { at: clock.now(), releasesWaiting });
    if (changed !== null) return { kind: 'done', value: changed };
  }
  return { kind: 'refused', refusal: { code: 'too_many_changes_at_once' } };
}
