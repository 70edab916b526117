import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { indexPage } from '../pages/index-page.js';
import { ICON, STYLESHEET } from '../pages/stylesheet.js';
import type { Processor } from '../processor.js';
import type { Script } from '../script.js';
import { InvalidRequest } from '../verification-request.js';
import { answerAuthentication, showAuthentication } from './authentication.js';
import { UnreadableBody } from './body.js';
import { addStep, clearScript, setOutage, showScript } from './control.js';
import { json, type Reply, refusal, send } from './reply.js';
import { lookUpVerification, showLedger, verify, voidVerification } from './verifications.js';

/** What every handler works with. */
export interface Context {
  readonly processor: Processor;
  readonly script: Script;
  readonly now: () => number;
  /** Where browsers reach us, without a slash at its end. */
  readonly url: string;
}

export interface Exchange extends Context {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** What follows the route's path. */
  readonly rest: string;
}

/** Answers with a reply, or has dealt with the connection itself. */
export type Handler = (exchange: Exchange) => Reply | undefined | Promise<Reply | undefined>;

interface Route {
  readonly methods: Readonly<Record<string, Handler>>;
  /** Part of the processor, so that an outage takes it away. */
  readonly isProcessor?: true;
}

const ROUTES: Readonly<Record<string, Route>> = {
  '/v1/verifications': { methods: { GET: lookUpVerification, POST: verify }, isProcessor: true },
  '/v1/verifications/void': { methods: { POST: voidVerification }, isProcessor: true },
  '/authentication/': { methods: { GET: showAuthentication, POST: answerAuthentication }, isProcessor: true },
  '/v1/ledger': { methods: { GET: showLedger } },
  '/control': { methods: { GET: showScript, DELETE: clearScript } },
  '/control/next': { methods: { POST: addStep } },
  '/control/outage': { methods: { POST: setOutage } },
  '/healthz': { methods: { GET: () => json(200, { status: 'ok' }) } },
  '/': { methods: { GET: indexPage } },
  '/assets/simulator.css': {
    methods: { GET: () => ({ kind: 'asset', type: 'text/css; charset=utf-8', text: STYLESHEET }) },
  },
  '/assets/icon.svg': { methods: { GET: () => ({ kind: 'asset', type: 'image/svg+xml', text: ICON }) } },
};

/** Requests that come before `beginning` has a value wait for it. */
export function createHttpServer(beginning: Promise<Context>): Server {
  return createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 5_000 },
    (request, response) => void beginning.then((context) => answer(context, request, response)),
  );
}

async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const reply = await handle(context, request, response);
    if (!reply) return;
    // Nobody is told anything that a crash could take back.
    await context.processor.settled();
    if (!response.writableEnded) send(response, reply);
  } catch (error) {
    const isCallerGone = request.destroyed && !request.complete;
    if (isCallerGone) return;
    const { reply, isOurFault } = replyTo(error);
    if (isOurFault) process.stderr.write(`simulator: ${(error as Error).stack}\n`);
    if (response.headersSent) response.destroy();
    // Whatever of the body was not read is not waited for.
    else send(response.setHeader('Connection', 'close'), reply);
  }
}

function handle(context: Context, request: IncomingMessage, response: ServerResponse): ReturnType<Handler> {
  const target = `http://simulator.invalid${request.url}`;
  if (!request.url?.startsWith('/') || !URL.canParse(target)) return refusal(400, 'invalid_path', 'Expected a path');
  const { pathname, searchParams } = new URL(target);
  const { route, rest } = findRoute(pathname);
  if (!route) return refusal(404, 'unknown_path', 'There is nothing at this path');
  if (route.isProcessor && context.script.outage !== 'none') return meetOutage(context, response);

  const handler = route.methods[request.method === 'HEAD' ? 'GET' : (request.method ?? '')];
  if (!handler) {
    response.setHeader('Allow', Object.keys(route.methods).join(', '));
    return refusal(405, 'method_not_allowed', 'This path does not answer that method');
  }
  return handler({ ...context, request, response, query: searchParams, rest });
}

function findRoute(path: string): { route: Route | undefined; rest: string } {
  const prefix = '/authentication/';
  if (path.startsWith(prefix)) return { route: ROUTES[prefix], rest: path.slice(prefix.length) };
  return { route: Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined, rest: '' };
}

function meetOutage({ script }: Context, response: ServerResponse): Reply | undefined {
  if (script.outage === 'unavailable') return refusal(503, 'unavailable', 'A simulated outage');
  response.destroy();
  return undefined;
}

function replyTo(error: unknown): { reply: Reply; isOurFault: boolean } {
  if (error instanceof InvalidRequest) {
    return { reply: refusal(400, 'invalid_request', error.message, error.parameter), isOurFault: false };
  }
  if (error instanceof UnreadableBody) {
    return { reply: refusal(error.status, error.code, error.message), isOurFault: false };
  }
  return { reply: refusal(500, 'internal_error', 'The simulator failed; its log says why'), isOurFault: true };
}
