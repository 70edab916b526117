import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Ids } from '@onfile/core';
import Fastify, {
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Log } from '../log.js';
import { answerBrokenConnection, isRefused } from './broken-connection.js';
import { countHeader } from './count-header.js';
import { Exchange, type ExchangeHost } from './exchange.js';
import type { HttpRoute, RenderFault } from './http-route.js';
import { HEADER_BYTES_MAX, TIMEOUTS, type Timeouts, URL_BYTES_MAX } from './limits.js';
import type { Metrics } from './metrics.js';
import { createParserMemory, type ParserMemory } from './parser-memory.js';
import { createPathTable } from './path-table.js';
import { tolerateSlashes } from './request-address.js';
import { hasBody } from './unread-body.js';

export interface OriginOptions {
  readonly name: 'api' | 'vault';
  readonly routes: readonly HttpRoute[];
  /** The shape of faults at a path. */
  readonly renderFault: (path: string) => RenderFault;
  readonly trustedProxies: readonly string[];
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Told of each request after its answer; nobody unless given. */
  readonly onAnswered?: ExchangeHost['onAnswered'];
  /** {@link TIMEOUTS} unless given. */
  readonly timeouts?: Timeouts;
}

/** One HTTP server of its own. */
export interface Origin {
  /** Answers the port listened on. Rejects when it is taken. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  /** Takes no new requests, lets those under way end for at most `graceMs`; answers whether all of them ended. */
  close(graceMs: number): Promise<boolean>;
}

/**
 * Carries HTTP to routes and back, the same way for each: limits, request ids, security headers, faults in the shape that
 * belongs to the path, one log line. Bodies are left to the routes, since only the vault may read one with a card in it.
 */
export function createOrigin(options: OriginOptions): Origin {
  let isClosing = false;
  const { name, routes, renderFault, log, metrics, onAnswered = () => undefined } = options;
  const paths = createPathTable(routes);
  const parserMemory = createParserMemory();
  const app = createApp(
    options,
    parserMemory,
    exchangesOf({ name, paths, renderFault, log, metrics, onAnswered, isClosing: () => isClosing }),
  );

  return {
    async listen({ host, port }) {
      await app.listen({ host, port });
      const address = app.server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    },
    async close(graceMs) {
      isClosing = true;
      const isDone = await closeWithin(app, graceMs);
      await parserMemory.close();
      return isDone;
    },
  };
}

type ExchangeOf = (request: FastifyRequest, reply: FastifyReply) => Exchange;

/**
 * The framework shows a request in several places, some of them only when it fails early: it is one exchange in all. It is kept
 * on the request itself: what a long-lived WeakMap holds outlives every minor garbage collection.
 */
function exchangesOf(host: ExchangeHost): ExchangeOf {
  return (request: FastifyRequest & { [EXCHANGE]?: Exchange | null }, reply) => {
    request[EXCHANGE] ??= new Exchange(request, reply, host);
    return request[EXCHANGE];
  };
}

const EXCHANGE = Symbol('exchange');

function createApp(options: OriginOptions, parserMemory: ParserMemory, exchangeOf: ExchangeOf): FastifyInstance {
  const app = Fastify({
    ...fastifyOptions(options, parserMemory),
    frameworkErrors: (_error, request, reply) => exchangeOf(request, reply).answerFault('not_found_route'),
  });
  // Node itself would answer 417, in nobody's shape; an expectation that we do not know may be passed over (RFC 9110, 10.1.1).
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.decorateRequest(EXCHANGE, null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  app.addHook('onRequest', (request, reply, goOn) => {
    if (hasBody(request.raw)) reply.raw.once('close', parserMemory.overwriteSoon);
    if (isRefused(request.raw.socket)) {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    const exchange = exchangeOf(request, reply);
    if (Buffer.byteLength(request.raw.url ?? '') > URL_BYTES_MAX) exchange.answerFault('url_too_long');
    else if (hasOneHost(request.raw)) goOn();
    else exchange.answerFault('malformed_body', { detail: 'One Host header is needed.' });
  });
  app.setNotFoundHandler((request, reply) => exchangeOf(request, reply).answerUnrouted());
  app.setErrorHandler((error, request, reply) => exchangeOf(request, reply).answerError(error));
  for (const route of options.routes) {
    const { method, path: url } = route;
    app.route({ method, url, handler: (request, reply) => exchangeOf(request, reply).answerBy(route) });
  }
  return app;
}

function fastifyOptions(
  { name, trustedProxies, ids, log, timeouts = TIMEOUTS }: OriginOptions,
  parserMemory: ParserMemory,
) {
  return {
    logger: false,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    // With its dashes: a run of 32 hexadecimal digits holds one that looks like a card number every now and then.
    genReqId: () => `req_${ids.next()}`,
    requestIdHeader: false,
    rewriteUrl: (raw) => tolerateSlashes(raw.url ?? '/'),
    routerOptions: { maxParamLength: URL_BYTES_MAX, querystringParser: () => ({}) },
    clientErrorHandler: (error, socket) => {
      const status = answerBrokenConnection(error, socket as Socket);
      parserMemory.overwriteSoon();
      if (status !== null) log.write('connection.refused', { origin: name, code: error.code ?? null, status });
    },
    return503OnClosing: false,
    keepAliveTimeout: timeouts.keepAliveMs,
    requestTimeout: timeouts.requestMs,
    http: {
      // Node would answer in nobody's shape, and takes several.
      requireHostHeader: false,
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: timeouts.headersMs,
      connectionsCheckingInterval: timeouts.checkEveryMs,
    },
  } satisfies FastifyHttpOptions<Server>;
}

/** Two of them are how requests are made to mean one thing to a proxy and another to us. HTTP/1.0 knows none. */
function hasOneHost(request: IncomingMessage): boolean {
  const count = countHeader(request, 'host');
  return count === 1 || (count === 0 && request.httpVersion === '1.0');
}

async function closeWithin(app: FastifyInstance, graceMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const closed = app.close().then(() => true);
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), graceMs);
  });
  const isDone = await Promise.race([closed, late]);
  clearTimeout(timer);
  if (!isDone) {
    app.server.closeAllConnections();
    await closed;
  }
  return isDone;
}
