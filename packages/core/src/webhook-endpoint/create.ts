import type { EventType } from '../event/event.js';
import type { WebhookDialect } from '../ports/webhook-dialect.js';
import type {
  EndpointWithSecret,
  NewWebhookEndpoint,
  WebhookOutcome,
  WebhookPorts,
  WebhookRefusal,
} from '../webhooks.js';
import { dialectNamed, withSecret } from './secrets.js';
import { WEBHOOK_ENDPOINTS_MAX, type WebhookEndpoint } from './webhook-endpoint.js';

export async function createEndpoint(
  ports: WebhookPorts,
  input: NewWebhookEndpoint,
): Promise<WebhookOutcome<EndpointWithSecret>> {
  const { storage, sender, dialects } = ports;
  const fault = sender.checkUrl(input.url, input.scope.mode);
  if (fault !== null) return refused({ code: fault });
  const dialect = dialectNamed(ports, input.dialect);
  if (dialect === undefined) return refused({ code: 'dialect_unknown', known: dialects.map(({ name }) => name) });
  const types = typesWanted(dialect, input.events);
  if ('code' in types) return refused(types);
  const existing = await storage.listWebhookEndpoints(input.scope);
  if (existing.length >= WEBHOOK_ENDPOINTS_MAX) {
    return refused({ code: 'too_many_endpoints', limit: WEBHOOK_ENDPOINTS_MAX });
  }
  const endpoint = newEndpoint(ports, input, types);
  await storage.insertWebhookEndpoint(endpoint);
  return { kind: 'done', value: withSecret(ports, endpoint) };
}

export function typesWanted(
  dialect: WebhookDialect,
  names: readonly string[] | null,
): readonly EventType[] | Extract<WebhookRefusal, { code: 'event_unknown' }> {
  if (names === null) return dialect.eventTypes;
  const wanted = new Set<EventType>();
  for (const name of names) {
    const types = dialect.findEventTypes(name);
    if (types.length === 0) {
      const known = dialect.eventTypes.map((type) => dialect.nameOf(type) ?? type);
      return { code: 'event_unknown', name, known };
    }
    for (const type of types) wanted.add(type);
  }
  return [...wanted];
}

/** The types that it gets, as its dialect names them. */
export function namesOf(ports: Pick<WebhookPorts, 'dialects'>, endpoint: WebhookEndpoint): readonly string[] {
  const names = eventNames(ports, endpoint.dialect);
  return endpoint.eventTypes.map((type) => names.get(type) ?? type);
}

/** What a dialect calls the events that it tells of. */
export function eventNames(ports: Pick<WebhookPorts, 'dialects'>, name: string): ReadonlyMap<EventType, string> {
  const dialect = dialectNamed(ports, name);
  return new Map(dialect?.eventTypes.map((type) => [type, dialect.nameOf(type) ?? type]));
}

function newEndpoint(
  { ids, clock }: WebhookPorts,
  { scope, url, dialect, events }: NewWebhookEndpoint,
  eventTypes: readonly EventType[],
): WebhookEndpoint {
  const now = clock.now();
  return {
    id: ids.next(),
    scope,
    version: 1,
    url,
    dialect,
    eventTypes,
    wantsAllEvents: events === null,
    secrets: [{ id: ids.next(), expiresAt: null }],
    state: 'enabled',
    disabledReason: null,
    failures: 0,
    failingSince: null,
    probeAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

function refused(refusal: WebhookRefusal) {
  return { kind: 'refused', refusal } as const;
}
