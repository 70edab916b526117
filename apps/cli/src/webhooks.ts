import type {
  Delivery,
  EndpointWithSecret,
  Mode,
  Scope,
  Uuid,
  WebhookDialect,
  WebhookEndpoint,
  WebhookOutcome,
  WebhookRefusal,
} from '@onfile/core';
import { type OpenWebhooks, openWebhooks, readConfig } from '@onfile/server';
import { findMerchant, type MerchantOptions, parseUuid } from './chosen-merchant.js';
import { CommandFault, createOutput, EXIT_CODES, type Output } from './output.js';
import { quietLog } from './quiet-log.js';

interface PlaceOptions extends MerchantOptions {
  readonly mode: Mode;
}

export function createEndpoint(
  options: PlaceOptions & { readonly url: string; readonly dialect: string; readonly events?: readonly string[] },
): Promise<number> {
  return withWebhooks(options, async ({ webhooks, scope, output }) => {
    const { url, dialect, events = null } = options;
    showSecret(output, orRefuse(await webhooks.createEndpoint({ scope, url, dialect, events })));
  });
}

export function listEndpoints(options: PlaceOptions): Promise<number> {
  return withWebhooks(options, async ({ webhooks, scope, output, dialects }) => {
    const endpoints = await webhooks.listEndpoints(scope);
    if (endpoints.length === 0 && output.isForPeople) {
      process.stdout.write('No endpoint yet. Register one: onfile webhooks create --url http://localhost:3000/hooks\n');
    }
    for (const endpoint of endpoints) {
      output.result(
        describeEndpoint(endpoint, dialects),
        `${endpoint.id}  ${healthOf(endpoint).padEnd(9)}  ${endpoint.url}`,
      );
    }
  });
}

export function disableEndpoint(endpointId: string, options: PlaceOptions): Promise<number> {
  return changeEndpoint(endpointId, options, {
    change: ({ webhooks, scope }, id) => webhooks.disableEndpoint(scope, id),
    done: `Disabled. What waits stays, and goes out after: onfile webhooks enable ${endpointId}`,
  });
}

export function enableEndpoint(endpointId: string, options: PlaceOptions): Promise<number> {
  return changeEndpoint(endpointId, options, {
    change: ({ webhooks, scope }, id) => webhooks.enableEndpoint(scope, id),
    done: 'Enabled. What waits is sent now.',
  });
}

const OVERLAP_HOURS_MAX = 24 * 30;

export function rollSecret(
  endpointId: string,
  options: PlaceOptions & { readonly overlapHours: string },
): Promise<number> {
  const hours = parseCount(options.overlapHours, '--overlap-hours', { least: 0, most: OVERLAP_HOURS_MAX });
  return withWebhooks(options, async ({ webhooks, scope, output }) => {
    const id = parseUuid(endpointId, 'endpoint id');
    showSecret(output, orRefuse(await webhooks.rollSecret(scope, id, hours * 3_600_000)));
  });
}

const DELIVERIES_MAX = 1_000;

export function listDeliveries(
  options: PlaceOptions & {
    readonly endpoint?: string;
    readonly state?: Delivery['state'];
    readonly limit: string;
    readonly before?: string;
  },
): Promise<number> {
  const limit = parseCount(options.limit, '--limit', { least: 1, most: DELIVERIES_MAX });
  return withWebhooks(options, async ({ webhooks, scope, output, dialects }) => {
    const filter = {
      ...(options.endpoint === undefined ? {} : { endpointId: parseUuid(options.endpoint, 'endpoint id') }),
      ...(options.state === undefined ? {} : { state: options.state }),
      ...(options.before === undefined ? {} : { before: parseEventId(options.before, dialects) }),
    };
    const endpoints = new Map((await webhooks.listEndpoints(scope)).map((endpoint) => [endpoint.id, endpoint]));
    for (const delivery of await webhooks.listDeliveries(scope, filter, limit)) {
      const dialect = dialects.find(({ name }) => name === endpoints.get(delivery.endpointId)?.dialect);
      const url = endpoints.get(delivery.endpointId)?.url ?? '';
      output.result(describeDelivery(delivery, dialect), lineOf(delivery, { dialect, url }));
    }
  });
}

export function replay(
  eventId: string | undefined,
  options: PlaceOptions & { readonly endpoint?: string; readonly since?: string },
): Promise<number> {
  const since = options.since === undefined ? null : Date.parse(options.since);
  if ((eventId === undefined) === (since === null) || (since !== null && options.endpoint === undefined)) {
    const advice = 'Say which event to replay, or --endpoint together with --since. See: onfile webhooks replay --help';
    throw new CommandFault(advice, EXIT_CODES.misused);
  }
  if (Number.isNaN(since)) {
    throw new CommandFault('--since has to be a moment such as 2026-01-31T09:00:00Z', EXIT_CODES.misused);
  }
  return withWebhooks(options, async ({ webhooks, scope, output, dialects }) => {
    const endpointId = options.endpoint === undefined ? null : parseUuid(options.endpoint, 'endpoint id');
    const count =
      since !== null && endpointId !== null
        ? orRefuse(await webhooks.replaySince(scope, { endpointId, since }, (sum) => output.progress(`${sum} so far`)))
        : orRefuse(await webhooks.replayEvent(scope, parseEventId(eventId ?? '', dialects), endpointId));
    if (count === 0) throw new CommandFault('No endpoint wants such an event, or there is none.', EXIT_CODES.refused);
    output.result({ replayed: count }, `${count} ${count === 1 ? 'delivery is' : 'deliveries are'} made again.`);
  });
}

interface Work extends OpenWebhooks {
  readonly scope: Scope;
  readonly output: Output;
}

async function withWebhooks(options: PlaceOptions, work: (work: Work) => Promise<void>): Promise<number> {
  const opened = await openWebhooks(readConfig(process.env, process.cwd()), quietLog());
  try {
    const merchant = await findMerchant(opened.storage, options.merchant);
    const scope = { merchantId: merchant.id, mode: options.mode };
    await work({ ...opened, scope, output: createOutput({ json: options.json ?? false }) });
    return EXIT_CODES.done;
  } finally {
    await opened.close();
  }
}

function changeEndpoint(
  endpointId: string,
  options: PlaceOptions,
  { change, done }: { change: (work: Work, id: Uuid) => Promise<WebhookOutcome<WebhookEndpoint>>; done: string },
): Promise<number> {
  return withWebhooks(options, async (work) => {
    const endpoint = orRefuse(await change(work, parseUuid(endpointId, 'endpoint id')));
    work.output.result(describeEndpoint(endpoint, work.dialects), done);
  });
}

function showSecret(output: Output, { endpoint, secret, token }: EndpointWithSecret): void {
  const { id, url } = endpoint;
  const tokenLine =
    token === null
      ? ''
      : `\nX-Payjp-Webhook-Token is ${token} at every endpoint of this merchant: it proves less than the signature.`;
  output.result(
    { id, url, secret, webhookToken: token },
    `${url} gets events from now on (endpoint ${id}).\n\nIts signing secret, shown this once:\n\n${secret}\n${tokenLine}\nHow to verify: docs/webhooks.md. A new secret: onfile webhooks roll-secret ${id}`,
  );
}

function describeEndpoint(endpoint: WebhookEndpoint, dialects: readonly WebhookDialect[]): object {
  const {
    id,
    url,
    dialect: name,
    eventTypes,
    wantsAllEvents,
    state,
    disabledReason,
    failures,
    failingSince,
  } = endpoint;
  const dialect = dialects.find((each) => each.name === name);
  const events = wantsAllEvents ? null : eventTypes.map((type) => dialect?.nameOf(type) ?? type);
  const health = { state, disabledReason, failures, failingSince: timeOf(failingSince) };
  return { id, url, dialect: name, events, ...health, createdAt: timeOf(endpoint.createdAt) };
}

function healthOf({ state, disabledReason, probeAt }: WebhookEndpoint): string {
  if (state === 'disabled') return `disabled: ${disabledReason}`;
  return probeAt === null ? 'enabled' : 'failing';
}

function describeDelivery(delivery: Delivery, dialect: WebhookDialect | undefined): object {
  const { eventId, endpointId, eventType, state, attempts, dueAt, lastAttempt, createdAt, endedAt } = delivery;
  return {
    eventId: dialect?.renderEventId(eventId) ?? eventId,
    endpointId,
    type: dialect?.nameOf(eventType) ?? eventType,
    state,
    attempts,
    dueAt: state === 'pending' ? timeOf(dueAt) : null,
    lastAttempt: lastAttempt && { ...lastAttempt, at: timeOf(lastAttempt.at) },
    createdAt: timeOf(createdAt),
    endedAt: timeOf(endedAt),
  };
}

function lineOf(delivery: Delivery, { dialect, url }: { dialect: WebhookDialect | undefined; url: string }): string {
  const { eventId, eventType, state, attempts, lastAttempt } = delivery;
  const answer =
    lastAttempt === null
      ? 'not sent yet'
      : `${lastAttempt.status ?? lastAttempt.fault} in ${lastAttempt.durationMs} ms`;
  const id = dialect?.renderEventId(eventId) ?? eventId;
  return `${id}  ${state.padEnd(8)}  ${attempts} tries  ${answer}  ${dialect?.nameOf(eventType) ?? eventType}  ${url}`;
}

function timeOf(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

/** As a receiver sees it in `webhook-id`, or as a UUID. */
function parseEventId(text: string, dialects: readonly WebhookDialect[]): Uuid {
  for (const dialect of dialects) {
    const id = dialect.parseEventId(text);
    if (id !== null) return id;
  }
  return parseUuid(text, 'event id');
}

function parseCount(text: string, option: string, { least, most }: { least: number; most: number }): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw new CommandFault(`${option} has to be a whole number from ${least} to ${most}`, EXIT_CODES.misused);
}

function orRefuse<T>(outcome: WebhookOutcome<T>): T {
  if (outcome.kind === 'done') return outcome.value;
  throw new CommandFault(explain(outcome.refusal), EXIT_CODES.refused);
}

function explain(refusal: WebhookRefusal): string {
  switch (refusal.code) {
    case 'url_malformed':
      return 'The URL is not one that can be sent to: write it in full, such as https://shop.example/hooks';
    case 'url_too_long':
      return 'The URL is longer than 2,048 characters.';
    case 'url_not_https':
      return 'The URL has to begin with https://. In test mode http:// is taken for localhost and loopback addresses.';
    case 'url_has_user':
      return 'The URL holds a user or password. Deliveries are signed instead: verify the signature.';
    case 'url_port_not_allowed':
      return 'In live mode the port has to be 443: leave it out of the URL.';
    case 'url_host_too_long':
      return 'The host is longer than a name can be.';
    case 'url_host_is_address':
      return 'The host is an IP address: give the endpoint a name. In test mode loopback addresses are taken.';
    case 'url_host_not_public':
      return 'The host is a name that only means something inside a network. Deliveries go to public addresses.';
    case 'dialect_unknown':
      return `There is no such dialect for webhooks; there is ${refusal.known.join(', ')}.`;
    case 'event_unknown':
      return `There is no event ${JSON.stringify(refusal.name)}. There are ${refusal.known.join(', ')}.`;
    case 'too_many_endpoints':
      return `A merchant has ${refusal.limit} endpoints at most in each mode.`;
    case 'endpoint_not_found':
      return `There is no endpoint ${refusal.id}. See: onfile webhooks list`;
    case 'too_many_changes_at_once':
      return 'The endpoint kept changing meanwhile. Try again.';
  }
}
