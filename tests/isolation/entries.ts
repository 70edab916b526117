import { randomUUID } from 'node:crypto';
import { type Kind, type Kit, nameOf, PAYJP_CARD } from './objects.js';
import type { DialectName, Sent } from './wire.js';

/** How one request names an object. */
export interface Naming {
  readonly kind: Kind;
  /** Where the name stands, for people. */
  readonly at: string;
  call(named: Named): Request;
  /** The refusal of a good secret key; 404 unless given. 200: a filter that finds nothing. */
  readonly status?: number;
  /** The published wire tells a malformed id from an unknown one, by this status: it needs no look-up, so it tells nothing. */
  readonly malformedStatus?: number | 'refused';
  /** In live mode everybody is refused before anything is looked up, as no card number may be sent there like this. */
  readonly isRefusedInLive?: boolean;
  /** The owner still finds what belonged to the object after it was deleted. */
  readonly outlivesDeletion?: boolean;
  /** The name is the object's own client secret. */
  readonly isSecret?: boolean;
  /** Not even its owner finds anything here. */
  readonly isNeverFound?: boolean;
  /** The route changes what it names, so that the owner's own request is made on an object of its own. */
  readonly spends?: boolean;
}

export interface Named {
  readonly name: string;
  /** A client secret to bring along, where the route takes one. */
  readonly secret: string | null;
  /** Objects of the caller's own, for what the request has to name besides. */
  readonly own: (kind: Kind) => string;
}

export interface Request extends Sent {
  /** The parameters of the path's template, and the query. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** `public`: names nothing of a merchant's, or is open to whoever has the name; says why. */
export type Entry = readonly Naming[] | { readonly public: string };

type More = Omit<Naming, 'kind' | 'at' | 'call'>;

function inPath(kind: Kind, rest: (named: Named) => Request = () => ({}), more: More = {}, parameter = 'id'): Naming {
  const call = (named: Named) => ({ path: { [parameter]: named.name }, ...rest(named) });
  return { kind, at: `:${parameter}`, call, ...more };
}

function inBody(kind: Kind, field: string, rest: (named: Named) => Request = () => ({}), more: More = {}): Naming {
  const call = (named: Named) => {
    const { body, ...others } = rest(named);
    return { ...others, body: { ...body, [field]: named.name } };
  };
  return { kind, at: field, call, spends: true, ...more };
}

function inQuery(kind: Kind, parameter: string, more: More = {}, path: (named: Named) => Request = () => ({})): Naming {
  return {
    kind,
    at: `?${parameter}`,
    call: (named) => ({ ...path(named), query: { [parameter]: named.name } }),
    ...more,
  };
}

function cursors(kind: Kind, path?: (named: Named) => Request): readonly Naming[] {
  const status = 400;
  return [inQuery(kind, 'starting_after', { status }, path), inQuery(kind, 'ending_before', { status }, path)];
}

const SPENDS = { spends: true };
const body = (fields: object) => () => ({ body: fields });
const sessionSecret = ({ secret }: Named) => (secret === null ? {} : { 'Toast-Session-Secret': secret });
const pathOf =
  (kind: Kind, parameter = 'id') =>
  ({ own }: Named) => ({ path: { [parameter]: own(kind) } });

const SEARCHED: readonly Kind[] = [
  ...(['setupIntent', 'customer', 'chosenCustomer', 'paymentMethod', 'checkoutSession'] as const),
  ...(['configuration', 'event', 'mandate', 'webhookEndpoint'] as const),
];

const HELD_ELSEWHERE = { public: "of the installation: that a merchant's key is refused is held by tests/operator" };
const OF_OPERATORS: Readonly<Record<string, Entry>> = {
  'GET /operator/v1/merchants': HELD_ELSEWHERE,
  'POST /operator/v1/merchants': HELD_ELSEWHERE,
  'GET /operator/v1/merchants/:id': HELD_ELSEWHERE,
  'PATCH /operator/v1/merchants/:id': HELD_ELSEWHERE,
  'GET /operator/v1/merchants/:id/branding': HELD_ELSEWHERE,
  'PATCH /operator/v1/merchants/:id/branding': HELD_ELSEWHERE,
  'DELETE /operator/v1/merchants/:id/branding': HELD_ELSEWHERE,
  'PUT /operator/v1/merchants/:id/branding/logo': HELD_ELSEWHERE,
  'DELETE /operator/v1/merchants/:id/branding/logo': HELD_ELSEWHERE,
  'POST /operator/v1/keys': HELD_ELSEWHERE,
  'DELETE /operator/v1/keys/:id': HELD_ELSEWHERE,
};

/** Every route that the server answers, and how it can name an object. */
export const ENTRIES: Readonly<Record<string, Entry>> = {
  'GET /healthz': { public: 'of the process' },
  'GET /readyz': { public: 'of the process' },
  'GET /metrics': { public: 'of the process' },
  'GET /errors': { public: 'explanations' },
  'GET /errors/:code': { public: 'explanations' },
  'GET /payments.js': { public: 'a script' },
  'GET /assets/loader.js': { public: 'a script' },
  'GET /sdk/:version/:name': { public: 'a script' },
  'GET /frame/assets/:name': { public: 'a file of the frames' },
  'GET /frame/postal-codes/:area': { public: 'postal codes of Japan' },
  'GET /scripts.json': { public: 'the list of scripts' },
  'GET /frame/payment': { public: 'names a public key, which is itself the credential' },
  'GET /frame/address': { public: 'names a public key, which is itself the credential' },
  'GET /frame/checkout': { public: 'names a merchant, and tells their name, as their hosted pages do' },
  'GET /frame/challenge': { public: 'names a public key, which is itself the credential' },
  'POST /frame/challenge/abandon': {
    public: 'the client secret is the credential; wrong ones are held beside the matrix',
  },
  'GET /branding/:merchant/:file': { public: 'a look that every cardholder sees; its address holds its digest' },
  'GET /setup/:id': { public: 'the address is the credential; unknown ones are held beside the matrix' },
  'POST /setup/:id': { public: 'the address is the credential; unknown ones are held beside the matrix' },
  'GET /authentication/return': { public: 'the token is the credential; unknown ones are held beside the matrix' },
  'POST /authentication/v1/authentication/login': { public: 'where callers get their credentials' },
  'GET /authentication/v1/.well-known/jwks.json': { public: 'the public half of a key' },

  'GET /operator/v1/openapi.json': { public: 'a description' },
  ...OF_OPERATORS,
  'GET /operator/v1/keys': { public: 'a cursor is compared with its own, not looked up' },
  'GET /operator/v1/requests': { public: 'names nothing; whose requests it shows is held by tests/operator' },
  'GET /operator/v1/webhook_endpoints': { public: 'a cursor is compared with its own, not looked up' },
  'POST /operator/v1/webhook_endpoints': { public: 'names nothing' },
  'GET /operator/v1/webhook_endpoints/:id': [inPath('webhookEndpoint')],
  'PATCH /operator/v1/webhook_endpoints/:id': [
    inPath('webhookEndpoint', body({ url: 'https://shop.example/other' }), SPENDS),
  ],
  'DELETE /operator/v1/webhook_endpoints/:id': [inPath('webhookEndpoint', undefined, SPENDS)],
  'POST /operator/v1/webhook_endpoints/:id/roll_secret': [inPath('webhookEndpoint', undefined, SPENDS)],
  'POST /operator/v1/webhook_endpoints/:id/enable': [inPath('webhookEndpoint', undefined, SPENDS)],
  'POST /operator/v1/webhook_endpoints/:id/disable': [inPath('webhookEndpoint', undefined, SPENDS)],
  'GET /operator/v1/events': [
    inQuery('setupIntent', 'object_id', { status: 200, malformedStatus: 400 }),
    inQuery('paymentMethod', 'object_id', { status: 200, malformedStatus: 400 }),
    inQuery('customer', 'object_id', { status: 200, malformedStatus: 400, outlivesDeletion: true }),
  ],
  'GET /operator/v1/events/:id': [inPath('event')],
  'POST /operator/v1/events/:id/replay': [
    inPath('event', body({}), SPENDS),
    inBody('webhookEndpoint', 'endpoint_id', pathOf('event'), { malformedStatus: 400 }),
  ],
  // The matrix keeps its endpoints quiet, so not even their owner finds a delivery.
  'GET /operator/v1/deliveries': [
    inQuery('webhookEndpoint', 'endpoint_id', { status: 200, malformedStatus: 400, isNeverFound: true }),
    inQuery('event', 'event_id', { status: 200, malformedStatus: 400, isNeverFound: true }),
  ],
  'GET /operator/v1/deliveries/:event_id/:endpoint_id': [
    {
      ...{ kind: 'event', at: ':event_id', isNeverFound: true },
      call: ({ name, own }) => ({ path: { event_id: name, endpoint_id: own('webhookEndpoint') } }),
    },
    {
      ...{ kind: 'webhookEndpoint', at: ':endpoint_id', isNeverFound: true },
      call: ({ name, own }) => ({ path: { event_id: own('event'), endpoint_id: name } }),
    },
  ],
  'POST /operator/v1/replays': [inBody('webhookEndpoint', 'endpoint_id', undefined, { malformedStatus: 400 })],
  'GET /operator/v1/setup_intents': [inQuery('setupIntent', 'cursor', { status: 400, malformedStatus: 400 })],
  'GET /operator/v1/setup_intents/:id': [inPath('setupIntent')],
  'GET /operator/v1/search': SEARCHED.map((kind) => inQuery(kind, 'q', { status: 200 })),

  'GET /v2/setup_flows': cursors('setupIntent'),
  'POST /v2/setup_flows': [
    inBody('customer', 'customer_id'),
    inBody('chosenCustomer', 'customer_id'),
    inBody('paymentMethod', 'payment_method_id', ({ own }) => ({ body: { customer_id: own('customer') } })),
  ],
  'GET /v2/setup_flows/:id': [
    inPath('setupIntent', ({ secret }) => (secret === null ? {} : { query: { client_secret: secret } })),
  ],
  'POST /v2/setup_flows/:id': [
    inPath('setupIntent', body({ description: 'a change' }), SPENDS),
    inBody('customer', 'customer_id', pathOf('setupIntent')),
    inBody('paymentMethod', 'payment_method_id', pathOf('setupIntent')),
  ],
  'POST /v2/setup_flows/:id/cancel': [inPath('setupIntent', body({}), SPENDS)],
  'POST /v2/setup_flows/:id/confirm': [
    inPath('setupIntent', ({ secret }) => ({ body: confirmation(secret) }), { ...SPENDS, isRefusedInLive: true }),
    inBody('paymentMethod', 'payment_method_id', pathOf('setupIntent'), { isRefusedInLive: true }),
  ],
  'GET /v2/customers': [...cursors('customer'), ...cursors('chosenCustomer')],
  'POST /v2/customers': [inBody('looseMethod', 'payment_method_id')],
  'GET /v2/customers/:id': [inPath('customer'), inPath('chosenCustomer')],
  'POST /v2/customers/:id': [
    inPath('customer', body({ description: 'a change' }), SPENDS),
    inPath('chosenCustomer', body({ description: 'a change' }), SPENDS),
    inBody('paymentMethod', 'default_payment_method_id', pathOf('customer')),
  ],
  'DELETE /v2/customers/:id': [inPath('customer', undefined, SPENDS), inPath('chosenCustomer', undefined, SPENDS)],
  'GET /v2/customers/:id/payment_methods': [
    inPath('customer'),
    inPath('chosenCustomer'),
    ...cursors('paymentMethod', pathOf('customer')),
  ],
  'GET /v2/payment_methods': [
    ...cursors('paymentMethod'),
    inQuery('customer', 'customer_id'),
    inQuery('chosenCustomer', 'customer_id'),
  ],
  'POST /v2/payment_methods': [inBody('customer', 'customer_id', body(PAYJP_CARD), { isRefusedInLive: true })],
  'GET /v2/payment_methods/:id': [inPath('paymentMethod')],
  'POST /v2/payment_methods/:id': [inPath('paymentMethod', body({ type: 'card', metadata: { a: 'b' } }), SPENDS)],
  'GET /v2/payment_methods/cards/:card_id': [inPath('paymentMethod', undefined, { isNeverFound: true }, 'card_id')],
  'POST /v2/payment_methods/:id/attach': [
    inPath('looseMethod', ({ own }) => ({ body: { customer_id: own('customer') } }), SPENDS),
    inBody('customer', 'customer_id', pathOf('looseMethod')),
  ],
  'POST /v2/payment_methods/:id/detach': [inPath('paymentMethod', undefined, SPENDS)],
  'GET /v2/payment_method_configurations': cursors('configuration'),
  'GET /v2/payment_method_configurations/:id': [inPath('configuration')],
  'POST /v2/payment_method_configurations/:id': [inPath('configuration', body({ name: 'a change' }), SPENDS)],
  'GET /v2/checkout/sessions': cursors('checkoutSession'),
  'POST /v2/checkout/sessions': [inBody('customer', 'customer_id', body({ mode: 'setup' }))],
  'GET /v2/checkout/sessions/:id': [
    inPath('checkoutSession'),
    inPath('checkoutSession', () => ({ query: { expand: 'setup_flow' } })),
  ],
  'POST /v2/checkout/sessions/:id': [inPath('checkoutSession', body({ metadata: { a: 'b' } }), SPENDS)],
  'POST /v2/checkout/sessions/:id/expire': [inPath('checkoutSession', undefined, SPENDS)],
  'GET /v2/checkout/sessions/:id/line_items': [inPath('checkoutSession')],
  'GET /v2/events': [
    ...cursors('event'),
    inQuery('customer', 'resource_id', { status: 200, outlivesDeletion: true }),
    inQuery('setupIntent', 'resource_id', { status: 200, isNeverFound: true }),
    inQuery('paymentMethod', 'resource_id', { status: 200 }),
  ],
  'GET /v2/events/:id': [inPath('event')],

  'POST /v1/setup-intents': [
    inBody('customer', 'customerId', body({ usage: 'ON_SESSION' }), { status: 400, malformedStatus: 400 }),
  ],
  'GET /v1/setup-intents/:id': [inPath('setupIntent')],
  'POST /v1/setup-intents/:id': [
    inPath('setupIntent', ({ own }) => ({ body: { customerId: own('customer') } }), SPENDS),
    inBody('customer', 'customerId', pathOf('setupIntent'), { status: 400, malformedStatus: 400 }),
  ],
  'POST /v1/setup-intents/:id/confirm': [
    inPath('setupIntent', ({ secret }) => ({ body: secret === null ? {} : { sessionSecret: secret } }), {
      ...SPENDS,
      malformedStatus: 'refused',
    }),
  ],
  'POST /v1/payment-methods': [
    {
      kind: 'setupIntent',
      at: 'Toast-Session-Secret',
      spends: true,
      isSecret: true,
      call: (named) => ({
        headers: { ...sessionSecret(named), 'Toast-Idempotency-Key': randomUUID() },
        body: { type: 'CARD', card: TOAST_CARD },
      }),
    },
  ],
  'GET /v1/payment-methods/:id': [inPath('paymentMethod', undefined, { malformedStatus: 400 })],
  'POST /v1/payment-methods/:id/detach': [
    inPath('paymentMethod', ({ own }) => ({ body: { customerId: own('customer') } }), SPENDS),
  ],
  'GET /v1/payment-methods/:paymentMethodId/mandates': [
    inPath('paymentMethod', undefined, { malformedStatus: 400 }, 'paymentMethodId'),
  ],
  'GET /v1/mandates/:mandateId': [inPath('mandate', undefined, { malformedStatus: 400 }, 'mandateId')],
  'DELETE /v1/mandates/:mandateId': [inPath('mandate', undefined, { malformedStatus: 400, spends: true }, 'mandateId')],
  'POST /v1/customers': {
    public: "names a customer by the merchant's own reference, and makes the one it does not find",
  },
  'GET /v1/customers/:id/payment-methods': [
    inPath('customer', (named) => ({ headers: sessionSecret(named) }), { malformedStatus: 'refused' }),
  ],
};

function confirmation(secret: string | null) {
  return {
    payment_method_data: PAYJP_CARD,
    return_url: 'https://shop.example/done',
    ...(secret !== null && { client_secret: secret }),
  };
}

const TOAST_CARD = { number: '4242424242424242', cvv: '123', expiry: { month: '12', year: '39' } };

/** Routes that nobody has said how to test. */
export function routesWithoutEntry(
  routes: readonly { readonly method: string; readonly path: string }[],
  entries: Readonly<Record<string, Entry>>,
): readonly string[] {
  return [...new Set(routes.map(({ method, path }) => `${method} ${path}`))].filter((route) => !(route in entries));
}

/** The names in a kit, as a dialect writes them. */
export function namesIn(kit: Kit, dialect: DialectName): (kind: Kind) => string {
  return (kind) => {
    const thing = kit[kind];
    return thing === undefined ? 'missing' : nameOf(kind, thing, dialect);
  };
}
