import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import type { Instant, WebhookAnswer, WebhookRequest, WebhookSender } from '@onfile/core';
import { checkUrl } from './check-url.js';
import { connectTo, DeliveryFault, type Network } from './connect.js';
import { type Answer, post } from './post.js';
import { signedHeaders } from './sign.js';

export interface WebhookSenderOptions {
  /** Sent as `User-Agent`. */
  readonly userAgent: string;
  /** Name look-up, connection, answer: all of a delivery, in milliseconds; 15,000 when not given. */
  readonly timeoutMs?: number;
  /** The system's unless given. */
  readonly network?: Network;
}

export interface LocalWebhookSender extends WebhookSender {
  /** Breaks off what is under way: those calls throw, for nobody knows how they would have ended. */
  close(): void;
}

const TIMEOUT_MS = 15_000;

/**
 * The webhook-sender port over plain HTTP/1.1: a connection for each delivery, to an address that was checked, through no proxy
 * and after no redirect.
 */
export function createWebhookSender(options: WebhookSenderOptions): LocalWebhookSender {
  const { network = systemNetwork(), timeoutMs = TIMEOUT_MS, userAgent } = options;
  const underWay = new Set<AbortController>();
  return {
    close() {
      for (const delivery of underWay) delivery.abort(new Error('The sender was closed'));
    },

    checkUrl(url, mode) {
      const checked = checkUrl(url, mode);
      return 'fault' in checked ? checked.fault : null;
    },

    async send(request) {
      const startedAt = performance.now();
      const limit = new AbortController();
      const timeout = new DeliveryFault('timeout');
      const timer = setTimeout(() => limit.abort(timeout), timeoutMs);
      underWay.add(limit);
      const elapsedMs = () => Math.round(performance.now() - startedAt);
      const body = Buffer.from(request.body);
      const sentHeaders = headersOf(request, body, userAgent);
      try {
        const answer = await exchange(request, { body, headers: sentHeaders, network, signal: limit.signal });
        const { headers, body: received } = answer;
        const trace = { sentHeaders, received: { headers, body: received } };
        return { ...answered(answer, request.sentAt), durationMs: elapsedMs(), trace };
      } catch (error) {
        const fault = faultOf(limit.signal.aborted ? limit.signal.reason : error);
        return { kind: 'failed', fault, durationMs: elapsedMs(), trace: { sentHeaders, received: null } };
      } finally {
        clearTimeout(timer);
        underWay.delete(limit);
      }
    },
  };
}

/** Names are asked for by our own resolver: the system's would let one slow name server hold up every other look-up. */
function systemNetwork(): Network {
  return { resolver: new Resolver({ timeout: 2_000, tries: 2 }), connect };
}

async function exchange(
  { url: text, mode }: WebhookRequest,
  sent: { body: Uint8Array; headers: Record<string, string>; network: Network; signal: AbortSignal },
): Promise<Answer> {
  const { body, headers, network, signal } = sent;
  const checked = checkUrl(text, mode);
  if ('fault' in checked) throw new DeliveryFault('address_not_allowed');
  const socket = await within(signal, connectTo(checked.url, { mode, network, signal }));
  return post(socket, { url: checked.url, headers, body, signal });
}

/** All of them: nothing else adds one. A URL that cannot be read is refused before anything is sent to it. */
function headersOf(request: WebhookRequest, body: Uint8Array, userAgent: string): Record<string, string> {
  return {
    ...request.headers,
    ...signedHeaders(request, body),
    'content-type': 'application/json; charset=utf-8',
    'user-agent': userAgent,
    ...(URL.canParse(request.url) && { host: new URL(request.url).host }),
    'content-length': String(body.byteLength),
    connection: 'close',
  };
}

/** A name look-up cannot be called off, so its answer is not waited for. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

function answered({ status, retryAfter, reply }: Answer, now: Instant) {
  return { kind: 'answered', status, retryAfterMs: parseRetryAfter(retryAfter, now), reply } as const;
}

/** Seconds, or a date. Source: RFC 9110 §10.2.3. */
function parseRetryAfter(value: string | undefined, now: Instant): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

function faultOf(error: unknown): Extract<WebhookAnswer, { kind: 'failed' }>['fault'] {
  if (error instanceof DeliveryFault) return error.code;
  throw error;
}
