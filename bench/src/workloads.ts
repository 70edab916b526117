import { randomUUID } from 'node:crypto';
import { type Dispatcher, Pool } from 'undici';

export const WORKLOADS = ['create', 'read', 'list', 'lifecycle', 'toast'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** Of one request each, so that a route that does nothing can stand in for them. */
export const ONE_REQUEST = ['create', 'read', 'list'] as const satisfies readonly Workload[];
export type OneRequest = (typeof ONE_REQUEST)[number];

export function isOneRequest(workload: Workload): workload is OneRequest {
  return (ONE_REQUEST as readonly Workload[]).includes(workload);
}

/** One after another, over and over. */
export type Turns = readonly [Workload, ...Workload[]];

export const MIX: Turns = [
  'lifecycle',
  ...(['read', 'read', 'lifecycle', 'list', 'read', 'lifecycle', 'toast', 'read', 'create'] as const),
];

/** Who is asked, and in whose names: in turn in each. */
export interface Target {
  readonly apiUrl: string;
  readonly vaultUrl: string;
  readonly accounts: readonly Account[];
}

/** A merchant who asks. */
export interface Account {
  readonly secretKey: string;
  readonly publicKey: string;
  /** Toast's tokens, which are good for a day: nobody logs in for each operation. */
  readonly toastTokens: Readonly<Record<ToastSet, string>>;
  /** Setup flows that exist, for the reads. */
  readonly flowIds: readonly string[];
}

/** Whose credentials they are: those of a merchant's server, and those that its pages may have. */
export type ToastSet = 'payment' | 'iframe';

/** One operation of each workload; `turn` picks what is read. Each answers the last body's JSON, and throws unless all went well. */
export type Operations = Record<Workload, (turn: number) => Promise<string>>;

export interface Client {
  readonly operations: Operations;
  close(): Promise<void>;
}

/** Published test card, which the simulator approves at once when no 3-D Secure is asked for. */
const CARD = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };
const BILLING_DETAILS = { name: 'TARO YAMADA', email: 'taro@example.com' };
const RETURN_URL = 'https://shop.example/done';
const LIST_LIMIT = 10;
const NEW_FLOW = JSON.stringify({ usage: 'on_session' });
/** As Toast writes the same card. */
const TOAST_CARD = JSON.stringify({
  type: 'CARD',
  card: { number: CARD.number, cvv: CARD.cvc, expiry: { month: '12', year: '34' } },
  billingDetails: { postalCode: '02118' },
  usage: 'OFF_SESSION',
});
/** No customer is needed for these, so that no two operations share a row. */
const TOAST_INTENT = JSON.stringify({ usage: 'OFF_SESSION', standingInstructionType: 'UNSCHEDULED' });

/** Asks over kept-alive connections, at most so many to each origin. */
export function openClient(target: Target, connections: number): Client {
  const api = new Pool(target.apiUrl, { connections });
  const vault = new Pool(target.vaultUrl, { connections });
  const all = target.accounts.map((account) => operationsOf({ api, vault }, account));
  const inTurn = (workload: Workload) => (turn: number) =>
    (all[turn % all.length] as Operations)[workload](Math.floor(turn / all.length));
  return {
    operations: Object.fromEntries(WORKLOADS.map((workload) => [workload, inTurn(workload)])) as Operations,
    async close() {
      await Promise.all([api.close(), vault.close()]);
    },
  };
}

function operationsOf(origins: Origins, account: Account): Operations {
  const { create, read, list, lifecycle } = setupFlows(origins, account);
  const { flowIds } = account;
  return {
    create,
    read: (turn) => read(flowIds[turn % flowIds.length] ?? ''),
    list,
    lifecycle,
    toast: toastLifecycle(origins, account),
  };
}

/** A token for an id and a secret, as Toast's callers get one. */
export async function logInToToast(
  apiUrl: string,
  client: { readonly clientId: string; readonly clientSecret: string },
): Promise<string> {
  const api = new Pool(apiUrl, { connections: 1 });
  try {
    const body = { ...client, userAccessType: 'TOAST_MACHINE_CLIENT' };
    const answer = await ask(api, {
      method: 'POST',
      path: '/authentication/v1/authentication/login',
      body: JSON.stringify(body),
    });
    return (JSON.parse(answer) as { token: { accessToken: string } }).token.accessToken;
  } finally {
    await api.close();
  }
}

interface Origins {
  readonly api: Pool;
  readonly vault: Pool;
}

function setupFlows({ api, vault }: Origins, { secretKey, publicKey }: Account) {
  const secret = { authorization: `Bearer ${secretKey}` };
  const post = (pool: Pool, path: string, authorization: string, body: string) =>
    ask(pool, { method: 'POST', path, headers: { authorization, 'idempotency-key': randomUUID() }, body });
  const read = (id: string) => ask(api, { method: 'GET', path: `/v2/setup_flows/${id}`, headers: secret });
  const create = () => post(api, '/v2/setup_flows', secret.authorization, NEW_FLOW);

  return {
    create,
    read,
    list: () => ask(api, { method: 'GET', path: `/v2/setup_flows?limit=${LIST_LIMIT}`, headers: secret }),
    async lifecycle() {
      const { id, client_secret } = JSON.parse(await create()) as Flow;
      // As a page does it: the card goes to the vault's origin, with the public key and the flow's secret.
      const payment_method_data = { type: 'card', card: CARD, billing_details: BILLING_DETAILS };
      const confirmation = JSON.stringify({ client_secret, return_url: RETURN_URL, payment_method_data });
      await post(vault, `/v2/setup_flows/${id}/confirm`, `Bearer ${publicKey}`, confirmation);
      return succeeded(await read(id), 'succeeded');
    },
  };
}

/** As Toast's guide has it: the merchant's server creates and reads, the form in its page enters the card and confirms. */
function toastLifecycle({ api, vault }: Origins, { toastTokens }: Account): () => Promise<string> {
  const server = { authorization: `Bearer ${toastTokens.payment}` };
  const page = { authorization: `Bearer ${toastTokens.iframe}` };
  const unique = () => ({ 'toast-idempotency-key': randomUUID() });

  return async () => {
    const path = '/v1/setup-intents';
    const created = await ask(api, { method: 'POST', path, headers: { ...server, ...unique() }, body: TOAST_INTENT });
    const { id, sessionSecret } = JSON.parse(created) as ToastIntent;
    const entered = await ask(vault, {
      method: 'POST',
      path: '/v1/payment-methods',
      headers: { ...page, 'toast-session-secret': sessionSecret, ...unique() },
      body: TOAST_CARD,
    });
    const { id: paymentMethodId } = JSON.parse(entered) as { readonly id: string };
    await ask(vault, {
      method: 'POST',
      path: `${path}/${id}/confirm`,
      headers: { ...page, ...unique() },
      body: JSON.stringify({ sessionSecret, paymentMethodId }),
    });
    return succeeded(await ask(api, { method: 'GET', path: `${path}/${id}`, headers: server }), 'SUCCEEDED');
  };
}

function succeeded(answer: string, expected: string): string {
  const { status } = JSON.parse(answer) as { readonly status: string };
  if (status !== expected) throw new Error(`A lifecycle ended ${status} instead of ${expected}`);
  return answer;
}

interface Flow {
  readonly id: string;
  readonly client_secret: string;
}

interface ToastIntent {
  readonly id: string;
  readonly sessionSecret: string;
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
}

async function ask(pool: Pool, { method, path, headers, body }: Question): Promise<string> {
  const { status, text } = await send(pool, {
    method,
    path,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body }),
  });
  if (status !== 200 && status !== 201) {
    throw new Error(`${method} ${path} was answered ${status}: ${text.slice(0, 500)}`);
  }
  return text;
}

/** Without a stream for each answer: what asking costs is taken from whoever is asked, for they share the processor. */
function send(pool: Pool, question: Dispatcher.DispatchOptions): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const pieces: Buffer[] = [];
    pool.dispatch(question, {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, statusCode) => {
        status = statusCode;
      },
      onResponseData: (_controller, piece) => {
        pieces.push(piece);
      },
      onResponseEnd: () => resolve({ status, text: Buffer.concat(pieces).toString() }),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}
