import type { OperatorApi } from '../api/operator-api.js';
import { type ApiOptions, type ApiWork, listAll, withApi } from '../api/with-api.js';
import { confirmed } from '../asking.js';
import { CommandFault, EXIT_CODES, type Output } from '../output.js';
import { parseCount } from '../parse-count.js';
import { parseUuid } from '../parse-uuid.js';

/** An endpoint as the operator API shows it. */
interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly dialect: string;
  readonly events: readonly string[] | null;
  readonly state: 'enabled' | 'disabled';
  readonly disabled_reason: string | null;
  readonly failures: number;
  readonly failing_since: string | null;
  readonly probe_at: string | null;
  readonly created_at: string;
}

type EndpointWithSecret = Endpoint & { readonly secret: string; readonly token: string | null };

const PATH = '/webhook_endpoints';
/** More than a merchant can have. */
const ENDPOINTS_MAX = 1_000;
const DIALECT_WIDTH = 'onfile'.length;

export function createEndpoint(
  options: ApiOptions & { readonly url: string; readonly dialect: string; readonly events?: readonly string[] },
): Promise<number> {
  return withApi(options, async ({ api, output }) => {
    const { url, dialect, events = null } = options;
    showSecret(output, await api.send<EndpointWithSecret>('POST', PATH, { url, dialect, events }));
  });
}

export function listEndpoints(options: ApiOptions): Promise<number> {
  return withApi(options, async ({ api, output }) => {
    let isEmpty = true;
    for await (const endpoint of allEndpoints(api)) {
      isEmpty = false;
      const health = healthOf(endpoint, output);
      output.result(
        describe(endpoint),
        `${endpoint.id}  ${health}  ${endpoint.dialect.padEnd(DIALECT_WIDTH)}  ${endpoint.url}`,
      );
    }
    if (isEmpty && output.isForPeople) {
      process.stdout.write('No endpoint yet. Register one: onfile webhooks create --url http://localhost:3000/hooks\n');
    }
  });
}

export function allEndpoints(api: OperatorApi): AsyncGenerator<Endpoint> {
  return listAll<Endpoint>(api, PATH, { limit: ENDPOINTS_MAX });
}

export function editEndpoint(
  endpointId: string,
  options: ApiOptions & { readonly url?: string; readonly events?: readonly string[]; readonly allEvents?: boolean },
): Promise<number> {
  const { url, events, allEvents = false } = options;
  if (url === undefined && events === undefined && !allEvents) {
    throw new CommandFault('Say what changes: --url, --events or --all-events', EXIT_CODES.misused);
  }
  const change = {
    ...(url === undefined ? {} : { url }),
    ...(events === undefined ? {} : { events }),
    ...(allEvents ? { events: null } : {}),
  };
  return changeEndpoint(endpointId, options, {
    change: ({ api }, path) => api.send('PATCH', path, change),
    done: 'Changed. What waits goes out by the new settings, too.',
  });
}

/** What waits for it is lost with it, so somebody at a terminal is asked, and everybody else has to say so. */
export function deleteEndpoint(endpointId: string, options: ApiOptions & { readonly yes?: boolean }): Promise<number> {
  return withApi(options, async ({ api, output }) => {
    const path = pathOf(endpointId);
    const { url } = await api.get<Endpoint>(path);
    const question = `Delete the endpoint ${url}, with everything that waits for it?`;
    if (!(await confirmed(question, { isSure: options.yes ?? false, output }))) {
      throw new CommandFault('Nothing was deleted.', EXIT_CODES.refused);
    }
    await api.send('DELETE', path);
    output.result({ id: endpointId, deleted: true }, `Deleted ${url}. The events stay, and can be replayed elsewhere.`);
  });
}

export function disableEndpoint(endpointId: string, options: ApiOptions): Promise<number> {
  return changeEndpoint(endpointId, options, {
    change: ({ api }, path) => api.send('POST', `${path}/disable`),
    done: `Disabled. What waits stays, and goes out after: onfile webhooks enable ${endpointId}`,
  });
}

export function enableEndpoint(endpointId: string, options: ApiOptions): Promise<number> {
  return changeEndpoint(endpointId, options, {
    change: ({ api }, path) => api.send('POST', `${path}/enable`),
    done: 'Enabled. What waits is sent now.',
  });
}

const OVERLAP_HOURS_MAX = 24 * 30;

export function rollSecret(
  endpointId: string,
  options: ApiOptions & { readonly overlapHours: string },
): Promise<number> {
  const hours = parseCount(options.overlapHours, '--overlap-hours', { least: 0, most: OVERLAP_HOURS_MAX });
  return withApi(options, async ({ api, output }) => {
    const path = `${pathOf(endpointId)}/roll_secret`;
    showSecret(output, await api.send<EndpointWithSecret>('POST', path, { overlap_hours: hours }));
  });
}

function changeEndpoint(
  endpointId: string,
  options: ApiOptions,
  { change, done }: { change: (work: ApiWork, path: string) => Promise<Endpoint>; done: string },
): Promise<number> {
  return withApi(options, async (work) => {
    work.output.result(describe(await change(work, pathOf(endpointId))), done);
  });
}

function pathOf(endpointId: string): string {
  return `${PATH}/${parseUuid(endpointId, 'endpoint id')}`;
}

function showSecret(output: Output, { id, url, secret, token }: EndpointWithSecret): void {
  const tokenLine =
    token === null
      ? ''
      : `\nX-Payjp-Webhook-Token is ${token} at every endpoint of this merchant: it proves less than the signature.`;
  output.result(
    { id, url, secret, webhookToken: token },
    `${url} gets events from now on (endpoint ${id}).\n\nIts signing secret, shown this once:\n\n${secret}\n${tokenLine}\nHow to verify: docs/webhooks.md. A new secret: onfile webhooks roll-secret ${id}`,
  );
}

function describe(endpoint: Endpoint): object {
  const { id, url, dialect, events, state, failures } = endpoint;
  return {
    id,
    url,
    dialect,
    events,
    state,
    disabledReason: endpoint.disabled_reason,
    failures,
    failingSince: endpoint.failing_since,
    createdAt: endpoint.created_at,
  };
}

function healthOf({ state, disabled_reason, probe_at }: Endpoint, { paint }: Output): string {
  if (state === 'disabled') return paint('red', `disabled: ${disabled_reason}`);
  return probe_at === null ? paint('green', 'enabled ') : paint('yellow', 'failing ');
}
