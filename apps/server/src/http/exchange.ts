import { isIP } from 'node:net';
import { StorageFault } from '@onfile/core';
import type { AnsweredRequest, FaultFacts, HttpFault } from '@onfile/dialects';
import { KeyProviderFault, VaultFull } from '@onfile/vault';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError, type Log, maskCardNumbers } from '../log.js';
import type { HttpAnswer, HttpRequest, HttpRoute, RenderFault, RequestNotes } from './http-route.js';
import type { Metrics } from './metrics.js';
import { describePath, OPEN_TO_PAGES } from './open-to-pages.js';
import type { PathTable } from './path-table.js';
import { splitAddress } from './request-address.js';
import { SECURITY_HEADERS } from './security-headers.js';
import { wipeUnreadBody } from './unread-body.js';

/** What an exchange needs of the origin where it happens. */
export interface ExchangeHost {
  readonly name: string;
  readonly paths: PathTable;
  readonly renderFault: (path: string) => RenderFault;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Told of each request after its answer. */
  readonly onAnswered: (request: AnsweredRequest) => void;
  /** The origin takes no more requests: each connection ends with its present one. */
  readonly isClosing: () => boolean;
}

const KNOWN_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const STORAGE_RETRY_SECONDS = 1;

/** One request and its answer, whoever gives it: headers that all have, faults in their shape, one log line. */
export class Exchange {
  readonly #startedAt = performance.now();
  readonly #notes: RequestNotes = {};
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #host: ExchangeHost;
  readonly #path: string;
  readonly #queryText: string;
  #route: HttpRoute | null = null;

  constructor(request: FastifyRequest, reply: FastifyReply, host: ExchangeHost) {
    this.#request = request;
    this.#reply = reply;
    this.#host = host;
    [this.#path, this.#queryText] = splitAddress(request.url);
  }

  async answerBy(route: HttpRoute): Promise<FastifyReply> {
    this.#route = route;
    return this.#send(await route.handle(this.#toHttpRequest()));
  }

  answerUnrouted(): FastifyReply {
    const { method } = this.#request;
    const allowed = this.#host.paths.methodsAt(this.#path);
    if (allowed.length === 0 && KNOWN_METHODS.includes(method)) return this.answerFault('not_found_route');
    if (method === 'OPTIONS') return this.#send(describePath(this.#host.paths, this.#path));

    this.#reply.header('allow', allowed.join(', '));
    return this.answerFault('method_not_allowed');
  }

  answerError(error: unknown): FastifyReply {
    if (isUnsupportedMediaType(error)) return this.answerFault('unsupported_media_type');

    this.#host.log.write('request.fault', {
      requestId: this.#request.id,
      origin: this.#host.name,
      method: this.#request.method,
      route: this.#shownTemplate,
      ...describeError(error),
    });
    if (!isDependencyDown(error)) return this.answerFault('internal_fault');
    return this.answerFault('storage_unavailable', { retryAfterSeconds: STORAGE_RETRY_SECONDS });
  }

  answerFault(fault: HttpFault, facts: Omit<FaultFacts, 'path'> = {}): FastifyReply {
    this.#notes.fault = fault;
    const path = maskCardNumbers(this.#path).text;
    const known = { path, requestId: this.#request.id, ...this.#notes.faultFacts };
    return this.#send(this.#host.renderFault(this.#path)(fault, { ...known, ...facts }));
  }

  #send({ status, headers, body }: HttpAnswer): FastifyReply {
    const reply = this.#reply;
    // Whoever asked may have left before the answer was there.
    if (reply.raw.destroyed) this.#recordEnd(status, body);
    else reply.raw.once('close', () => this.#recordEnd(status, body));
    reply.code(status).headers(SECURITY_HEADERS).header('request-id', this.#request.id).headers(headers);
    if (this.#isOpenToPages()) reply.headers(OPEN_TO_PAGES);
    if (this.#host.isClosing() || wipeUnreadBody(this.#request.raw)) reply.header('connection', 'close');
    return reply.send(body);
  }

  #isOpenToPages(): boolean {
    const { paths } = this.#host;
    const template = this.#template;
    return template === null ? paths.isOpenToPages(this.#path) : paths.isTemplateOpenToPages(template);
  }

  #recordEnd(status: number, body: HttpAnswer['body']): void {
    const { name, log, metrics, onAnswered } = this.#host;
    const ended = { origin: name, method: this.#request.method, route: this.#shownTemplate, status };
    const durationMs = performance.now() - this.#startedAt;
    metrics.requestEnded({ ...ended, durationSeconds: durationMs / 1_000 });
    log.write('request.ended', {
      requestId: this.#request.id,
      ...ended,
      durationMs: Math.round(durationMs * 100) / 100,
      ...this.#notes,
    });
    const { merchantId = null, mode = null, fault = null } = this.#notes;
    onAnswered({
      id: this.#request.id,
      at: Date.now() - Math.round(durationMs),
      origin: name,
      method: ended.method,
      path: ended.route,
      status,
      durationMs: Math.round(durationMs * 100) / 100,
      merchantId,
      mode,
      errorCode: status < 400 ? null : (errorCodeIn(body) ?? fault),
    });
  }

  /** The route's; `null` where the address has none. Asking the framework makes an object with all it knows of the route. */
  get #template(): string | null {
    return this.#route?.path ?? this.#request.routeOptions.url ?? null;
  }

  /** What stands for the address in logs and metrics. */
  get #shownTemplate(): string {
    return this.#template ?? 'none';
  }

  #toHttpRequest(): HttpRequest {
    const { raw, method, id, ip, socket, params } = this.#request;
    return {
      raw,
      method,
      path: this.#path,
      shownPath: maskCardNumbers(this.#path).text,
      queryText: this.#queryText,
      params: params as Record<string, string>,
      requestId: id,
      clientAddress: isIP(ip) === 0 ? (socket.remoteAddress ?? null) : ip,
      notes: this.#notes,
    };
  }
}

/** As the dialect named it, at whichever place of the body it has its codes. */
function errorCodeIn(body: HttpAnswer['body']): string | null {
  if (typeof body !== 'string' || !body.startsWith('{')) return null;
  const { code, error } = JSON.parse(body) as { code?: unknown; error?: { code?: unknown } };
  const found = code ?? error?.code;
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
}

function isUnsupportedMediaType(error: unknown): boolean {
  return error instanceof Error && (error as { statusCode?: unknown }).statusCode === 415;
}

/** The database, the key provider, or room in the vault: each may be there again in a moment. */
function isDependencyDown(error: unknown): boolean {
  if (error instanceof StorageFault || error instanceof VaultFull) return true;
  return error instanceof KeyProviderFault && error.code === 'unavailable';
}
