import { CARDS, DECLINED_CARD, UNWATCHED_CODES } from './canaries.js';
import type { Random } from './random.js';

/** Ids and secrets that are there, by the name that templates give them. */
export type Things = Readonly<Record<string, string>>;

export interface Credentials {
  readonly secretKey: string;
  readonly publicKey: string;
  readonly operatorKey: string;
  readonly token: string;
  readonly merchantId: string;
}

/** A request before it is altered: what the documentation says one looks like. */
export interface Request {
  readonly origin: 'api' | 'vault';
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Not sent with a GET. */
  readonly body: Body | null;
}

export type Body = { readonly kind: 'json'; readonly json: Json } | { readonly kind: 'form'; readonly text: string };
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A request of this route as its caller would make it; `{name}` in the tables below stands for a thing. */
export function requestTo(route: string, things: Things, credentials: Credentials, random: Random): Request {
  const [method = '', template = ''] = route.split(' ');
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => things[name] ?? name);
  const path = template.replaceAll(/:(\w+)/g, (_, parameter: string) => fill(thingAt(template, parameter)));
  const written = BODIES[route];
  const body = written === undefined || written === null ? null : filled(withCard(written, random), fill);
  return {
    origin:
      ofVault(template) || (body !== null && JSON.stringify(body).includes('card') && random.chance(0.5))
        ? 'vault'
        : 'api',
    method,
    path,
    query: Object.fromEntries(Object.entries(QUERIES[route] ?? {}).map(([name, value]) => [name, fill(value)])),
    headers: {
      ...headersFor(template, credentials, random),
      ...(body && { 'content-type': CONTENT_TYPES[body.kind] }),
      ...fillAll(HEADERS[route] ?? {}, fill),
    },
    body,
  };
}

const CONTENT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

function ofVault(template: string): boolean {
  return /^\/(frame|setup|assets|sdk|branding|payments\.js|scripts\.json|authentication\/return)/.test(template);
}

function headersFor(template: string, credentials: Credentials, random: Random): Record<string, string> {
  const { secretKey, publicKey, operatorKey, token, merchantId } = credentials;
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
  if (template.startsWith('/v2/')) return bearer(random.chance(0.8) ? secretKey : publicKey);
  if (template.startsWith('/v1/')) return { ...bearer(token), 'toast-restaurant-external-id': merchantId };
  if (!template.startsWith('/operator/')) return template.startsWith('/frame/') ? bearer(publicKey) : {};
  return random.chance(0.6) ? { ...bearer(operatorKey), 'onfile-merchant': merchantId } : bearer(secretKey);
}

function thingAt(template: string, parameter: string): string {
  const named = /\/(\w+(?:-\w+)*)\/:/.exec(template)?.[1] ?? '';
  if (template.startsWith('/operator/')) return OPERATORS_THINGS[named] ?? `{${parameter}}`;
  return THINGS_AT[template.startsWith('/v1/') ? `v1 ${named}` : named] ?? `{${parameter}}`;
}

const THINGS_AT: Readonly<Record<string, string>> = {
  setup_flows: '{flow}',
  customers: '{customer}',
  payment_methods: '{method}',
  payment_method_configurations: '{configuration}',
  sessions: '{session}',
  events: '{event}',
  setup: '{session}',
  errors: 'not_found',
  'v1 setup-intents': '{intent}',
  'v1 payment-methods': '{methodUuid}',
  'v1 mandates': '{mandate}',
  'v1 customers': '{customerUuid}',
};

const OPERATORS_THINGS: Readonly<Record<string, string>> = {
  merchants: '{merchant}',
  keys: '{key}',
  webhook_endpoints: '{endpoint}',
  events: '{eventUuid}',
  deliveries: '{eventUuid}',
  setup_intents: '{flow}',
};

const CARD: Json = { number: '{card}', exp_month: 12, exp_year: 2039, cvc: '{code}' };
const BILLING: Json = {
  name: 'TARO YAMADA',
  email: 'taro@example.com',
  phone: '+819012345678',
  address: { zip: '1000001', country: 'JP' },
};
const ENTERED: Json = { type: 'card', card: CARD, billing_details: BILLING };
const METADATA: Json = { order: '123', note: 'a note' };
const TOAST_ENTERED: Json = {
  type: 'CARD',
  usage: 'ON_SESSION',
  card: { number: '{card}', cvv: '{code}', expiry: { month: '12', year: '39' } },
  billingDetails: { postalCode: '94107' },
};
const PAGE = { limit: '10' };

/** `null`: the route takes none. A route that changes something and is not here fails the test. */
export const BODIES: Readonly<Record<string, Json | string>> = {
  'POST /v2/setup_flows': {
    customer_id: '{customer}',
    description: 'a card',
    metadata: METADATA,
    usage: 'off_session',
    payment_method_types: ['card'],
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
  },
  'POST /v2/setup_flows/:id': { description: 'a change', metadata: METADATA, payment_method_id: '{method}' },
  'POST /v2/setup_flows/:id/cancel': { cancellation_reason: 'abandoned' },
  'POST /v2/setup_flows/:id/confirm': {
    payment_method_data: ENTERED,
    return_url: 'https://shop.example/done',
    client_secret: '{flowSecret}',
  },
  'POST /v2/customers': { email: 'taro@example.com', description: 'a customer', metadata: METADATA },
  'POST /v2/customers/:id': { email: 'a@example.com', metadata: METADATA, default_payment_method_id: '{method}' },
  'POST /v2/payment_methods': { ...(ENTERED as object), customer_id: '{customer}', metadata: METADATA },
  'POST /v2/payment_methods/:id': { type: 'card', metadata: METADATA, billing_details: BILLING },
  'POST /v2/payment_methods/:id/attach': { customer_id: '{customer}' },
  'POST /v2/payment_methods/:id/detach': null,
  'POST /v2/payment_method_configurations/:id': {
    name: 'a change',
    card: { display_preference: { preference: 'on' } },
  },
  'POST /v2/checkout/sessions': {
    mode: 'setup',
    customer_id: '{customer}',
    success_url: 'https://shop.example/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://shop.example/',
    locale: 'ja',
    metadata: METADATA,
    setup_flow_data: { description: 'a card', metadata: METADATA },
  },
  'POST /v2/checkout/sessions/:id': { metadata: METADATA },
  'POST /v2/checkout/sessions/:id/expire': null,

  'POST /v1/setup-intents': { customerId: '{customerUuid}', usage: 'ON_SESSION', externalReferenceId: 'order-1' },
  'POST /v1/setup-intents/:id': {
    customerId: '{customerUuid}',
    usage: 'OFF_SESSION',
    standingInstructionType: 'RECURRING',
  },
  'POST /v1/setup-intents/:id/confirm': { sessionSecret: '{intentSecret}', paymentMethodId: '{methodUuid}' },
  'POST /v1/payment-methods': TOAST_ENTERED,
  'POST /v1/payment-methods/:id/detach': { customerId: '{customerUuid}' },
  'POST /v1/customers': { externalReferenceId: 'guest-1', description: 'a guest' },
  'POST /authentication/v1/authentication/login': {
    clientId: '{clientId}',
    clientSecret: 'not the secret',
    userAccessType: 'TOAST_MACHINE_CLIENT',
  },

  'POST /operator/v1/merchants': { name: 'A shop', origins: ['https://shop.example'] },
  'PATCH /operator/v1/merchants/:id': { name: 'Another name', origins: ['https://shop.example'] },
  'PATCH /operator/v1/merchants/:id/branding': { display_name: 'Another name', accent: '#0b6b4f', radius: 4 },
  'PUT /operator/v1/merchants/:id/branding/logo': { image: 'iVBORw0KGgo=' },
  'POST /operator/v1/keys': { kind: 'public', name: 'a key' },
  'POST /operator/v1/webhook_endpoints': { url: '{receiver}', events: ['setup_flow.succeeded'] },
  'PATCH /operator/v1/webhook_endpoints/:id': { events: null },
  'POST /operator/v1/webhook_endpoints/:id/roll_secret': { overlap_hours: 1 },
  'POST /operator/v1/webhook_endpoints/:id/enable': null,
  'POST /operator/v1/webhook_endpoints/:id/disable': null,
  'POST /operator/v1/events/:id/replay': { endpoint_id: '{endpoint}' },
  'POST /operator/v1/replays': { endpoint_id: '{endpoint}', since: '2026-01-01T00:00:00.000Z', states: ['dead'] },

  'POST /frame/challenge/abandon': { client_secret: '{flowSecret}' },
  'POST /setup/:id':
    'locale=en&after_attempt=&card_number={card}&card_expiry=12%2F34&card_cvc={code}&card_name=TARO+YAMADA&email=taro%40example.com&phone=',
};

const QUERIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'GET /v2/setup_flows': PAGE,
  'GET /v2/setup_flows/:id': { client_secret: '{flowSecret}' },
  'GET /v2/customers': { ...PAGE, starting_after: '{customer}' },
  'GET /v2/payment_methods': { ...PAGE, customer_id: '{customer}' },
  'GET /v2/events': { ...PAGE, resource_id: '{customer}', type: 'customer.created' },
  'GET /v2/checkout/sessions/:id': { expand: 'setup_flow' },
  'GET /operator/v1/events': { limit: '5', type: 'setup_intent.*', object_id: '{flow}' },
  'GET /operator/v1/deliveries': { endpoint_id: '{endpoint}', state: 'dead' },
  'GET /operator/v1/setup_intents': { limit: '5', status: 'succeeded' },
  'GET /operator/v1/search': { q: 'taro@example.com' },
  'GET /frame/payment': { key: '{publicKey}', locale: 'ja' },
  'GET /frame/address': { key: '{publicKey}' },
  'GET /frame/checkout': { merchant: '{merchant}' },
  'GET /frame/challenge': { key: '{publicKey}' },
  'GET /authentication/return': { state: 'not-a-token' },
};

const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'POST /v1/payment-methods': { 'toast-session-secret': '{intentSecret}', 'toast-idempotency-key': '{uuid}' },
  'POST /v2/customers': { 'idempotency-key': '{uuid}' },
};

function withCard(written: Json | string, random: Random): Body {
  const card = random.chance(0.2) ? DECLINED_CARD : random.pick(CARDS);
  const code = random.pick(UNWATCHED_CODES);
  const put = (text: string) => text.replaceAll('{card}', card).replaceAll('{code}', code);
  if (typeof written === 'string') return { kind: 'form', text: put(written) };
  return { kind: 'json', json: JSON.parse(put(JSON.stringify(written))) };
}

function filled(body: Body, fill: (text: string) => string): Body {
  if (body.kind === 'form') return { kind: 'form', text: fill(body.text) };
  return { kind: 'json', json: JSON.parse(fill(JSON.stringify(body.json))) };
}

function fillAll(headers: Readonly<Record<string, string>>, fill: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
}
