import { randomUUID } from 'node:crypto';
import { type OnfileOptions, type RunningOnfile, startOnfile, type TestMerchant } from '../../running-server.js';

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface Ask {
  /** A token; the first merchant's payment token unless given, `null` for none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly at?: 'api' | 'vault';
}

/** A running server, with what a merchant's server and its pages need to talk to it. */
export interface ToastServer {
  readonly onfile: RunningOnfile;
  readonly tokens: { readonly payment: string; readonly iframe: string };
  /** The header that names the first merchant's location. */
  readonly location: Readonly<Record<string, string>>;
  /** Any request, such as `GET /v1/setup-intents/…`. */
  ask(target: string, ask?: Ask): Promise<Answer>;
  logIn(client: { readonly clientId: string; readonly clientSecret: string }): Promise<Answer>;
  tokenOf(merchant: TestMerchant, set: 'payment' | 'iframe'): Promise<string>;
  /** A customer with an external reference that nobody else has. */
  newCustomer(): Promise<string>;
  /** An intent for a customer's own use unless told otherwise. */
  newIntent(body?: object): Promise<Json>;
  /** Enters a card as a page does, and answers the payment method. */
  enterCard(intent: Json, card?: CardEntry): Promise<Answer>;
  confirm(intent: Json, body?: object): Promise<Answer>;
}

export interface CardEntry {
  readonly number?: string;
  readonly usage?: string | null;
  readonly ask?: Ask;
  readonly body?: object;
}

export async function startToastServer(options: OnfileOptions = {}): Promise<ToastServer> {
  const environment = { ONFILE_RATE_LIMITS: 'off', ...options.environment };
  const onfile = await startOnfile({ ...options, environment });
  const logIn: ToastServer['logIn'] = ({ clientId, clientSecret }) =>
    send(`${onfile.apiUrl}/authentication/v1/authentication/login`, {
      method: 'POST',
      body: { clientId, clientSecret, userAccessType: 'TOAST_MACHINE_CLIENT' },
    });
  const tokenOf: ToastServer['tokenOf'] = async ({ clients }, set) =>
    (await logIn(clients[set])).body.token.accessToken;
  const tokens = { payment: await tokenOf(onfile, 'payment'), iframe: await tokenOf(onfile, 'iframe') };
  const location = { 'Toast-Restaurant-External-ID': onfile.merchantId };

  const ask: ToastServer['ask'] = (target, { token = tokens.payment, headers = {}, body, at = 'api' } = {}) => {
    const [method = '', path = ''] = target.split(' ');
    return send(`${at === 'api' ? onfile.apiUrl : onfile.vaultUrl}${path}`, {
      method,
      body,
      headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...headers },
    });
  };
  const newCustomer = async () => {
    const body = { externalReferenceId: randomUUID(), description: 'Taro Yamada' };
    return (await ask('POST /v1/customers', { headers: location, body })).body.id;
  };
  return {
    onfile,
    tokens,
    location,
    ask,
    logIn,
    tokenOf,
    newCustomer,
    async newIntent(body) {
      const asked = body ?? { customerId: await newCustomer(), usage: 'ON_SESSION' };
      return (await ask('POST /v1/setup-intents', { body: asked })).body;
    },
    enterCard: (intent, { number, usage = 'ON_SESSION', ask: more = {}, body } = {}) =>
      ask('POST /v1/payment-methods', {
        token: tokens.iframe,
        at: 'vault',
        body: body ?? cardBody(number, usage),
        ...more,
        headers: {
          'Toast-Session-Secret': intent.sessionSecret,
          'Toast-Idempotency-Key': randomUUID(),
          ...more.headers,
        },
      }),
    confirm: (intent, body = {}) =>
      ask(`POST /v1/setup-intents/${intent.id}/confirm`, { body: { sessionSecret: intent.sessionSecret, ...body } }),
  };
}

/** The body of the guide's request example. */
export function cardBody(number = '4242424242424242', usage: string | null = 'ON_SESSION'): Json {
  return {
    type: 'CARD',
    card: { number, cvv: /^3[47]/.test(number) ? '1234' : '123', expiry: { month: '12', year: '39' } },
    billingDetails: { postalCode: '02118' },
    usage,
  };
}

async function send(
  url: string,
  { method, headers = {}, body }: { method: string; headers?: Readonly<Record<string, string>>; body?: unknown },
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}
