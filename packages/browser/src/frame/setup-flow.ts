/** The flow, as far as the frame looks at it. */
export interface Flow {
  readonly id: string;
  readonly status: string;
  readonly returnUrl: string | null;
  readonly nextUrl: string | null;
  /** Why the latest attempt did not save a card. */
  readonly lastErrorCode: string | null;
}

export interface Problem {
  readonly kind: 'problem';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly field: string; readonly message: string; readonly error_type: string }[];
}

export type Answer = { readonly kind: 'flow'; readonly flow: Flow } | Problem | { readonly kind: 'unreachable' };

export interface FlowClient {
  read(): Promise<Answer>;
  confirm(confirmation: { readonly return_url: string; readonly payment_method_data: object }): Promise<Answer>;
  /** The cardholder will not authenticate: gives the attempt up, and answers what became of the flow. */
  abandon(): Promise<Answer>;
}

const READ_TIMEOUT_MS = 15_000;
/** Longer than the server waits for a processor. */
const CONFIRM_TIMEOUT_MS = 60_000;

/** Asks our own origin, which the frame was loaded from and which alone takes card numbers. */
export function createFlowClient(publicKey: string, clientSecret: string): FlowClient {
  const [, encoded = 'unknown'] = /^setfws_([0-9a-z]{26})_/.exec(clientSecret) ?? [];
  const path = `/v2/setup_flows/setfw_${encoded}`;
  const authorization = `Bearer ${publicKey}`;
  const read = () =>
    ask(`${path}?${new URLSearchParams({ client_secret: clientSecret })}`, {
      headers: { authorization },
      signal: AbortSignal.timeout(READ_TIMEOUT_MS),
    });
  return {
    read,
    confirm: (confirmation) =>
      ask(`${path}/confirm`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ client_secret: clientSecret, ...confirmation }),
        signal: AbortSignal.timeout(CONFIRM_TIMEOUT_MS),
      }),
    async abandon() {
      const given = await fetch('/frame/challenge/abandon', {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ client_secret: clientSecret }),
        signal: AbortSignal.timeout(CONFIRM_TIMEOUT_MS),
      }).catch(() => null);
      return given?.ok ? read() : { kind: 'unreachable' };
    },
  };
}

async function ask(address: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(address, { ...init, referrerPolicy: 'no-referrer' });
    const body = await response.json();
    return response.ok ? { kind: 'flow', flow: readFlow(body) } : readProblem(response.status, body);
  } catch {
    return { kind: 'unreachable' };
  }
}

// Our own server's answers, whose shapes its own tests hold.
function readFlow(body: FlowBody): Flow {
  return {
    id: body.id,
    status: body.status,
    returnUrl: body.return_url,
    nextUrl: body.next_action?.redirect_to_url.url ?? null,
    lastErrorCode: body.last_setup_error?.code ?? null,
  };
}

interface FlowBody {
  readonly id: string;
  readonly status: string;
  readonly return_url: string | null;
  readonly next_action: { readonly redirect_to_url: { readonly url: string } } | null;
  readonly last_setup_error: { readonly code: string } | null;
}

function readProblem(status: number, { code, title, detail, errors }: Partial<ProblemBody>): Problem {
  return {
    kind: 'problem',
    status,
    code: code ?? 'internal_server_error',
    detail: detail ?? title ?? '',
    errors: errors ?? [],
  };
}

interface ProblemBody {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: Problem['errors'];
}
