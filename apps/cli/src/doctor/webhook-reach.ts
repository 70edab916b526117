import { once } from 'node:events';
import { connect } from 'node:net';
import { type Listed, openOperatorApi } from '../api/operator-api.js';
import type { Place } from '../api/place.js';
import { CommandFault } from '../output.js';
import { type Finding, ok, skipped, warning } from './finding.js';

interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly state: string;
  readonly disabled_reason: string | null;
  readonly failing_since: string | null;
}

/** Whether each endpoint takes what it is sent. Nothing is sent: a connection is opened, from this machine. */
export async function checkWebhooks(place: Place, signal: AbortSignal): Promise<readonly Finding[]> {
  let endpoints: readonly Endpoint[];
  try {
    ({ data: endpoints } = await openOperatorApi(place, signal).get<Listed<Endpoint>>('/webhook_endpoints', {
      query: { limit: 100 },
    }));
  } catch (error) {
    if (!(error instanceof CommandFault) || signal.aborted) throw error;
    return [skipped('webhooks', 'The endpoints cannot be listed', error.message)];
  }
  if (endpoints.length === 0) return [ok('webhooks', 'No endpoint is registered')];
  return Promise.all(endpoints.map(checkEndpoint));
}

async function checkEndpoint({ id, url, state, disabled_reason, failing_since }: Endpoint): Promise<Finding> {
  if (state === 'disabled') {
    const reason = disabled_reason === null ? '' : ` (${disabled_reason})`;
    return warning('webhooks', `${url} is disabled${reason}`, `onfile webhooks enable ${id}, or delete it`);
  }
  const fault = await connectionFault(new URL(url));
  if (fault !== null) {
    return warning('webhooks', `${url} cannot be reached from here (${fault})`, 'Start it, or correct its address');
  }
  if (failing_since !== null) {
    const advice = `See what it answers: onfile webhooks deliveries --endpoint ${id}`;
    return warning('webhooks', `${url} has failed since ${failing_since}`, advice);
  }
  return ok('webhooks', `${url} can be reached`);
}

const CONNECT_TIMEOUT_MS = 5_000;

async function connectionFault({ hostname, port, protocol }: URL): Promise<string | null> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    return null;
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return name === 'AbortError' ? 'timeout' : (code ?? name);
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}
