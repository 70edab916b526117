import { BEHAVIOURS, parseOutage, parseStep } from '../script.js';
import { readJson } from './body.js';
import { json, type Reply, refusal } from './reply.js';
import type { Exchange, Handler } from './server.js';

/** `POST /control/next`: scripts what the next matching requests meet. */
export const addStep: Handler = (exchange) =>
  fromLoopback(exchange, async ({ request, script }) => {
    script.add(parseStep(await readJson(request)));
    return json(201, stateOf(exchange));
  });

/** `POST /control/outage` */
export const setOutage: Handler = (exchange) =>
  fromLoopback(exchange, async ({ request, script }) => {
    script.outage = parseOutage(await readJson(request));
    return json(200, stateOf(exchange));
  });

/** `GET /control` */
export const showScript: Handler = (exchange) => fromLoopback(exchange, () => json(200, stateOf(exchange)));

/** `DELETE /control`: forgets every step, ends the outage, and lets go of every request that waits. */
export const clearScript: Handler = (exchange) =>
  fromLoopback(exchange, ({ script }) => {
    script.clear();
    return json(200, stateOf(exchange));
  });

function stateOf({ script }: Exchange): object {
  return { steps: script.steps, outage: script.outage, behaviours: BEHAVIOURS };
}

// The host is checked too, or any web page could reach us under a name of its own that resolves to loopback.
function fromLoopback(exchange: Exchange, handler: Handler): ReturnType<Handler> {
  const { socket, headers } = exchange.request;
  const isLocal = LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '') && LOOPBACK_HOST.test(headers.host ?? '');
  return isLocal ? handler(exchange) : FORBIDDEN;
}

const LOOPBACK_ADDRESS = /^(::ffff:)?127\.|^::1$/;
const LOOPBACK_HOST = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)(:\d+)?$/i;
const FORBIDDEN: Reply = refusal(403, 'loopback_only', 'The control API answers clients on this machine only');
