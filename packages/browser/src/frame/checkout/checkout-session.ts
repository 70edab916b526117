import type { CheckoutAsk } from '../../protocol/checkout-messages.js';
import type { WireCard } from './check-card.js';
import { CONSENT_VERSION, type StandingInstructionType } from './consent.js';

/** The intent, as far as the frame looks at it. */
export interface CheckoutIntent {
  readonly id: string;
  readonly status: 'REQUIRES_PAYMENT_METHOD' | 'PROCESSING' | 'SUCCEEDED';
  readonly usage: 'ON_SESSION' | 'OFF_SESSION';
  readonly standingInstructionType: StandingInstructionType | null;
  readonly customerId: string | null;
  readonly externalReferenceId: string | null;
  readonly paymentMethodId: string | null;
  readonly mandateId: string | null;
  readonly creationDate: string;
  /** Told to pages only. */
  readonly livemode?: boolean;
}

export interface EnteredMethod {
  readonly id: string;
  readonly usage: string;
  readonly card: {
    readonly brand: string;
    readonly lastFour: string;
    readonly expiry: { readonly month: string; readonly year: string };
  };
}

export type Answer<T> =
  | { readonly kind: 'ok'; readonly body: T /** By the server's clock. */; readonly answeredAt: number }
  | Problem
  | { readonly kind: 'unreachable' };

export interface Problem {
  readonly kind: 'problem';
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly requestId: string | null;
  readonly canRetry: boolean;
  readonly fieldName: string | null;
}

export interface CheckoutSession {
  read(): Promise<Answer<CheckoutIntent>>;
  /** Asked again by itself when it cannot be told whether it arrived: the server knows it by its key. */
  enter(card: WireCard, agreed: { readonly usage: string; readonly language: string }): Promise<Answer<EnteredMethod>>;
  confirm(paymentMethodId: string): Promise<Answer<CheckoutIntent>>;
}

const READ_TIMEOUT_MS = 12_000;
const ENTER_TIMEOUT_MS = 20_000;
/** Longer than the server waits for a processor. */
const CONFIRM_TIMEOUT_MS = 60_000;

/** A session for the intent that the secret names; `null` for what is no setup intent's secret. */
export function openSession({
  token,
  sessionSecret,
  merchantId,
}: Omit<Extract<CheckoutAsk, { kind: 'open' }>, 'kind'>): CheckoutSession | null {
  const [, hex] = /^SI_([0-9a-f]{32})_SECRET_/.exec(sessionSecret) ?? [];
  if (hex === undefined) return null;
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const headers = {
    authorization: `Bearer ${token}`,
    'toast-session-secret': sessionSecret,
    'toast-restaurant-external-id': merchantId,
  };
  const post = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } } as const;
  return {
    read: () => ask(`/v1/setup-intents/${id}`, { headers }, READ_TIMEOUT_MS),
    async enter(card, { usage, language }) {
      const consent = { textVersion: CONSENT_VERSION, language };
      const request = {
        ...post,
        headers: { ...post.headers, 'toast-idempotency-key': crypto.randomUUID() },
        body: JSON.stringify({ type: 'CARD', ...card, usage, consent }),
      };
      const first = await ask<EnteredMethod>('/v1/payment-methods', request, ENTER_TIMEOUT_MS);
      return first.kind === 'unreachable' ? ask('/v1/payment-methods', request, ENTER_TIMEOUT_MS) : first;
    },
    confirm: (paymentMethodId) =>
      ask(
        `/v1/setup-intents/${id}/confirm`,
        { ...post, body: JSON.stringify({ sessionSecret, paymentMethodId }) },
        CONFIRM_TIMEOUT_MS,
      ),
  };
}

/** Asks our own origin, which the frame was loaded from and which alone takes card numbers. */
async function ask<T>(path: string, init: RequestInit, timeoutMs: number): Promise<Answer<T>> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(path, { ...init, signal, referrerPolicy: 'no-referrer' });
    const body = await response.json();
    if (!response.ok) return problemOf(response.status, body);
    return { kind: 'ok', body, answeredAt: Date.parse(response.headers.get('date') ?? '') || Date.now() };
  } catch {
    return { kind: 'unreachable' };
  }
}

// Our own server's answers, whose shapes its own tests hold.
function problemOf(status: number, { code = 50000, message = '', ...body }: Partial<Problem>): Problem {
  const { requestId = null, canRetry = false, fieldName = null } = body;
  return { kind: 'problem', status, code, message, requestId, canRetry, fieldName };
}
