import { ask, networkFaultOf } from '../api/ask.js';
import { CommandFault } from '../output.js';

/** Where events go, and how they are signed. */
export interface Target {
  readonly url: string;
  readonly dialect: string;
  /** `whsec_…` */
  readonly secret: string;
  /** The account's static token, which PAY.JP-shaped bodies are sent with. */
  readonly token: string;
}

/** One event as a webhook carries it. */
export interface Forwardable {
  /** What the receiver tells events apart by: the id in the dialect's form. */
  readonly id: string;
  /** What the dialect calls what happened. */
  readonly name: string;
  readonly objectId: string;
  readonly body: string;
}

/** How one POST ended. `absent`: nobody was there to take it, so it did not reach the target. */
export type Forwarded =
  | { readonly kind: 'answered'; readonly status: number; readonly durationMs: number }
  | { readonly kind: 'broken' | 'absent'; readonly fault: string; readonly durationMs: number };

/** As long as a delivery in production. */
const TIMEOUT_MS = 15_000;

/** Sends an event as production does: the same headers, over the exact bytes of the body. */
export async function forward(event: Forwardable, target: Target, signal: AbortSignal): Promise<Forwarded> {
  const headers = await signedHeaders(event, target);
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  try {
    const { status } = await ask({
      method: 'POST',
      url: target.url,
      headers,
      body: event.body,
      signal,
      timeoutMs: TIMEOUT_MS,
    });
    return { kind: 'answered', status, durationMs: durationMs() };
  } catch (error) {
    if (signal.aborted || !(error instanceof CommandFault)) throw error;
    const fault = networkFaultOf(error.cause);
    return { kind: NOT_THERE.has(fault) ? 'absent' : 'broken', fault, durationMs: durationMs() };
  }
}

async function signedHeaders({ id, body }: Forwardable, { secret, token, dialect }: Target) {
  const { Webhook } = await import('standardwebhooks');
  const now = new Date();
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Onfile-listen',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
    ...(dialect === 'payjp' ? { 'x-payjp-webhook-token': token } : {}),
  };
}

/** Faults from before there was a connection. */
const NOT_THERE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
