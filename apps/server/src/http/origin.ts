import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { type Ids, StorageFault } from '@onfile/core';
import type { FaultFacts, HttpFault } from '@onfile/dialects';
import { KeyProviderFault, VaultFull } from '@onfile/vault';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { describeError, type Log, maskCardNumbers } from '../log.js';
import { answerBrokenConnection } from './broken-connection.js';
import type { HttpAnswer, HttpRequest, HttpRoute, RenderFault, RequestNotes } from './http-route.js';
import { HEADER_BYTES_MAX, TIMEOUTS, type Timeouts, URL_BYTES_MAX } from './limits.js';
import type { Metrics } from './metrics.js';
import { createPathTable, type PathTable } from './path-table.js';
import { SECURITY_HEADERS } from './security-headers.js';
import { wipeUnreadBody } from './unread-body.js';

export interface OriginOptions {
  readonly name: 'api' | 'vault';
  readonly routes: readonly HttpRoute[];
  /** The shape of faults at a path. */
  readonly renderFault: (path: string) => RenderFault;
  readonly trustedProxies: readonly string[];
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
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

const STORAGE_RETRY_SECONDS = 1;

/**
 * Carries HTTP to routes and back, the same way for each: limits, request ids, security headers, faults in the shape that
 * belongs to the path, one log line. Bodies are left to the routes, since only the vault may read one with a card in it.
 */
export function createOrigin(options: OriginOptions): Origin {
  const { name, routes, log, metrics, ids, timeouts = TIMEOUTS } = options;
  const paths = createPathTable(routes);
  const openTemplates = new Set(routes.filter((route) => route.isOpenToPages).map(({ path }) => path));
  const underWay = new WeakMap<FastifyRequest, { readonly startedAt: number; readonly notes: RequestNotes }>();
  let isClosing = false;

  const app = Fastify({
    logger: false,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    // With its dashes: a run of 32 hexadecimal digits holds one that looks like a card number every now and then.
    genReqId: () => `req_${ids.next()}`,
    requestIdHeader: false,
    rewriteUrl: (raw) => tolerateSlashes(raw.url ?? '/'),
    routerOptions: { maxParamLength: URL_BYTES_MAX, querystringParser: () => ({}) },
    frameworkErrors: (_error, request, reply) => answerFault(request, reply, 'not_found_route'),
    clientErrorHandler: (error, socket) => {
      const status = answerBrokenConnection(error, socket as Socket);
      if (status !== null) log.write('connection.refused', { origin: name, code: error.code ?? null, status });
    },
    return503OnClosing: false,
    keepAliveTimeout: timeouts.keepAliveMs,
    requestTimeout: timeouts.requestMs,
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: timeouts.headersMs,
      connectionsCheckingInterval: timeouts.checkEveryMs,
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  app.addHook('onRequest', async (request, reply) => {
    stateOf(request);
    if (Buffer.byteLength(request.raw.url ?? '') > URL_BYTES_MAX) return answerFault(request, reply, 'url_too_long');
  });
  app.setNotFoundHandler((request, reply) => answerUnrouted(request, reply));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => send(request, reply, await route.handle(httpRequestOf(request))),
    });
  }

  function httpRequestOf(request: FastifyRequest): HttpRequest {
    const [path = '', queryText = ''] = splitAddress(request.url);
    const address = isIP(request.ip) === 0 ? (request.socket.remoteAddress ?? null) : request.ip;
    return {
      raw: request.raw,
      method: request.method,
      path,
      shownPath: maskCardNumbers(path).text,
      queryText,
      params: request.params as Record<string, string>,
      requestId: request.id,
      clientAddress: address,
      notes: stateOf(request).notes,
    };
  }

  function stateOf(request: FastifyRequest): { readonly startedAt: number; readonly notes: RequestNotes } {
    const known = underWay.get(request);
    if (known !== undefined) return known;
    const state = { startedAt: performance.now(), notes: {} };
    underWay.set(request, state);
    return state;
  }

  function answerUnrouted(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const allowed = paths.methodsAt(splitAddress(request.url)[0]);
    if (allowed.length === 0 && KNOWN_METHODS.includes(request.method)) {
      return answerFault(request, reply, 'not_found_route');
    }
    if (request.method === 'OPTIONS') return send(request, reply, describePath(paths, request, allowed));
    return answerFault(request, reply.header('allow', allowed.join(', ')), 'method_not_allowed');
  }

  function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (isUnsupportedMediaType(error)) return answerFault(request, reply, 'unsupported_media_type');
    log.write('request.fault', {
      requestId: request.id,
      origin: name,
      method: request.method,
      route: templateOf(request),
      ...describeError(error),
    });
    if (isDependencyDown(error)) {
      return answerFault(request, reply, 'storage_unavailable', { retryAfterSeconds: STORAGE_RETRY_SECONDS });
    }
    return answerFault(request, reply, 'internal_fault');
  }

  function answerFault(
    request: FastifyRequest,
    reply: FastifyReply,
    fault: HttpFault,
    facts: Omit<FaultFacts, 'path'> = {},
  ): FastifyReply {
    const [path] = splitAddress(request.url);
    stateOf(request).notes.fault = fault;
    const known = stateOf(request).notes.faultFacts;
    return send(
      request,
      reply,
      options.renderFault(path)(fault, {
        path: maskCardNumbers(path).text,
        requestId: request.id,
        ...known,
        ...facts,
      }),
    );
  }

  function send(request: FastifyRequest, reply: FastifyReply, answer: HttpAnswer): FastifyReply {
    reply.raw.once('close', () => recordEnd(request, answer.status));
    reply.code(answer.status).headers({ ...SECURITY_HEADERS, 'request-id': request.id, ...answer.headers });
    if (isOpenToPages(request)) reply.headers(OPEN_TO_PAGES);
    if (isClosing || wipeUnreadBody(request.raw)) reply.header('connection', 'close');
    return reply.send(answer.body);
  }

  function isOpenToPages(request: FastifyRequest): boolean {
    const template = request.routeOptions.url;
    return template === undefined ? paths.isOpenToPages(splitAddress(request.url)[0]) : openTemplates.has(template);
  }

  function recordEnd(request: FastifyRequest, status: number): void {
    const ended = { origin: name, method: request.method, route: templateOf(request), status };
    const { startedAt, notes } = stateOf(request);
    const durationMs = performance.now() - startedAt;
    metrics.requestEnded({ ...ended, durationSeconds: durationMs / 1_000 });
    log.write('request.ended', {
      requestId: request.id,
      ...ended,
      durationMs: Math.round(durationMs * 100) / 100,
      ...notes,
    });
  }

  return {
    async listen({ host, port }) {
      await app.listen({ host, port });
      const address = app.server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    },
    async close(graceMs) {
      isClosing = true;
      return closeWithin(app, graceMs);
    },
  };
}

const KNOWN_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const OPEN_TO_PAGES = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Request-Id, Retry-After, Idempotent-Replayed',
};

const PREFLIGHT_SECONDS = '86400';

function describePath(paths: PathTable, request: FastifyRequest, allowed: readonly string[]): HttpAnswer {
  const [path] = splitAddress(request.url);
  return {
    status: 204,
    headers: {
      allow: allowed.join(', '),
      ...(paths.isOpenToPages(path)
        ? {
            'access-control-allow-methods': paths.methodsOpenToPagesAt(path).join(', '),
            'access-control-allow-headers': ['authorization', 'content-type', ...paths.headersOfPagesAt(path)].join(
              ', ',
            ),
            'access-control-max-age': PREFLIGHT_SECONDS,
          }
        : {}),
    },
    body: '',
  };
}

/** SDKs join a base address that ends in a slash with a path that begins with one; others leave one at the end. */
function tolerateSlashes(address: string): string {
  const [path, query] = splitAddress(address);
  const single = path.startsWith('//') ? path.slice(1) : path;
  const trimmed = single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
  return query === '' ? trimmed : `${trimmed}?${query}`;
}

function splitAddress(address: string): [path: string, query: string] {
  const at = address.indexOf('?');
  return at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at + 1)];
}

function templateOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
}

function isUnsupportedMediaType(error: unknown): boolean {
  return error instanceof Error && (error as { statusCode?: unknown }).statusCode === 415;
}

/** The database, the key provider, or room in the vault: each may be there again in a moment. */
function isDependencyDown(error: unknown): boolean {
  if (error instanceof StorageFault || error instanceof VaultFull) return true;
  return error instanceof KeyProviderFault && error.code === 'unavailable';
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
