/** What is wrong with a value, each with the path of the place; nothing when it is as the specification says. */
type Check = (value: unknown, path: string) => readonly string[];

/** The answer's faults against the schema that its `object` names, of lists and events also those of what they hold. */
export function faultsOfAnswer(answer: unknown): readonly string[] {
  const { object } = answer as { object?: unknown };
  const schema = typeof object === 'string' ? SCHEMAS[object] : undefined;
  return schema ? schema(answer, String(object)) : [`there is no schema of ${String(object)}`];
}

export function faultsOfError(answer: unknown, status: number): readonly string[] {
  return status === 422 ? VALIDATION_PROBLEM(answer, 'error') : PROBLEM(answer, 'error');
}

/** The seed generation's shape of a setup flow, as an expanded checkout session holds it. */
export function faultsOfSeedSetupFlow(answer: unknown): readonly string[] {
  return exactly(SEED_SETUP_FLOW)(answer, 'setup_flow');
}

const text: Check = (value, path) => (typeof value === 'string' ? [] : [`${path} is no string`]);
const flag: Check = (value, path) => (typeof value === 'boolean' ? [] : [`${path} is no boolean`]);
const integer: Check = (value, path) => (Number.isInteger(value) ? [] : [`${path} is no integer`]);
const nothing: Check = (value, path) => (value === null ? [] : [`${path} is not null`]);

const time: Check = (value, path) =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/.test(value) && Date.parse(value) > 0
    ? []
    : [`${path} is no RFC 3339 time in UTC`];

const record: Check = (value, path) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? [] : [`${path} is no object`];

const url: Check = (value, path) =>
  typeof value === 'string' && URL.canParse(value) ? [] : [`${path} is no absolute URL`];

function is(...options: readonly (string | number)[]): Check {
  return (value, path) => (options.includes(value as string) ? [] : [`${path} is none of ${options.join(', ')}`]);
}

function matches(pattern: RegExp): Check {
  return (value, path) =>
    typeof value === 'string' && pattern.test(value) ? [] : [`${path} does not match ${pattern.source}`];
}

function nullable(check: Check): Check {
  return (value, path) => (value === null ? [] : check(value, path));
}

function listOf(check: Check): Check {
  return (value, path) =>
    Array.isArray(value) ? value.flatMap((item, index) => check(item, `${path}[${index}]`)) : [`${path} is no array`];
}

/** An object with every one of these keys and no other. */
function exactly(fields: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    const notAnObject = record(value, path);
    if (notAnObject.length > 0) return notAnObject;
    const given = value as Record<string, unknown>;
    const unknown = Object.keys(given).filter((name) => !(name in fields));
    return [
      ...unknown.map((name) => `${path}.${name} is not in the specification`),
      ...Object.entries(fields).flatMap(([name, check]) =>
        name in given ? check(given[name], `${path}.${name}`) : [`${path}.${name} is missing`],
      ),
    ];
  };
}

const metadata: Check = (value, path) =>
  record(value, path).length > 0
    ? record(value, path)
    : Object.entries(value as object).flatMap(([name, each]) =>
        typeof each === 'string' || typeof each === 'boolean' || Number.isInteger(each)
          ? []
          : [`${path}.${name} is no string, integer or boolean`],
      );

const id = (prefix: string) => matches(new RegExp(`^${prefix}[0-9a-z]{26}$`));
const customerId = matches(/^[A-Za-z0-9_-]{1,100}$/);
const types = listOf(is('card', 'paypay', 'apple_pay'));

const COMMON_SETUP_FLOW = {
  object: is('setup_flow'),
  id: id('setfw_'),
  livemode: flag,
  // Empty in events.
  client_secret: matches(/^(?:setfws_[0-9a-z]{26}_[0-9A-Za-z]{43})?$/),
  description: nullable(text),
  metadata,
  payment_method_options: nullable(exactly({ card: exactly({ request_three_d_secure: is('automatic', 'any') }) })),
  payment_method_types: types,
  status: is(
    'canceled',
    'processing',
    'requires_action',
    'requires_confirmation',
    'requires_payment_method',
    'succeeded',
  ),
  next_action: nullable(
    exactly({ type: is('redirect_to_url'), redirect_to_url: exactly({ url, return_url: nullable(text) }) }),
  ),
  return_url: nullable(text),
  last_setup_error: nullable(exactly({ type: is('payment_error', 'validation_error'), code: text, message: text })),
  created_at: time,
  updated_at: time,
} as const;

const SEED_SETUP_FLOW = {
  ...COMMON_SETUP_FLOW,
  customer: nullable(customerId),
  payment_method: nullable(id('pm_')),
} as const;

/** Both generations' names side by side. */
const SETUP_FLOW = {
  ...SEED_SETUP_FLOW,
  customer_id: nullable(customerId),
  payment_method_id: nullable(id('pm_')),
  cancellation_reason: nullable(is('abandoned', 'duplicate', 'requested_by_customer')),
} as const;

const CUSTOMER = {
  object: is('customer'),
  id: customerId,
  livemode: flag,
  email: nullable(text),
  description: nullable(text),
  default_payment_method_id: nullable(id('pm_')),
  default_payment_method: nullable(id('pm_')),
  metadata,
  created_at: time,
  updated_at: time,
} as const;

const ADDRESS = exactly({
  line1: nullable(text),
  line2: nullable(text),
  city: nullable(text),
  state: nullable(text),
  zip: nullable(text),
  country: nullable(matches(/^[A-Z]{2}$/)),
});

const CONTACT = { name: nullable(text), email: nullable(text), phone: nullable(text), address: ADDRESS } as const;

const PAYMENT_METHOD = {
  object: is('payment_method'),
  id: id('pm_'),
  livemode: flag,
  type: is('card'),
  customer_id: nullable(customerId),
  customer: nullable(customerId),
  detached_at: nullable(time),
  metadata,
  created_at: time,
  updated_at: time,
  billing_details: exactly(CONTACT),
  card: exactly({
    brand: is('Visa', 'MasterCard', 'JCB', 'American Express', 'Diners Club', 'Discover'),
    country: nullable(matches(/^[A-Z]{2}$/)),
    exp_month: integer,
    exp_year: integer,
    fingerprint: matches(/^fp_/),
    last4: matches(/^\d{4}$/),
  }),
} as const;

const SETTING = exactly({
  available: flag,
  display_preference: exactly({ preference: is('none', 'off', 'on'), value: is('off', 'on') }),
});

const PAYMENT_METHOD_CONFIGURATION = {
  object: is('payment_method_configuration'),
  id: id('pmc_'),
  livemode: flag,
  active: flag,
  name: nullable(text),
  card: SETTING,
  paypay: SETTING,
  apple_pay: SETTING,
} as const;

const CHECKOUT_SESSION = {
  object: is('checkout.session'),
  id: id('cs_'),
  livemode: flag,
  mode: is('setup'),
  status: is('open', 'complete', 'expired'),
  ui_mode: is('hosted'),
  url,
  currency: is('jpy'),
  amount_subtotal: nothing,
  amount_total: nothing,
  customer_id: nullable(customerId),
  customer: nullable(customerId),
  customer_email: nullable(text),
  customer_details: nullable(exactly(CONTACT)),
  payment_flow_id: nothing,
  payment_flow: nothing,
  setup_flow_id: id('setfw_'),
  setup_flow: id('setfw_'),
  payment_method_types: nullable(types),
  payment_method_options: COMMON_SETUP_FLOW.payment_method_options,
  submit_type: nothing,
  locale: nullable(is('auto', 'ja')),
  success_url: nullable(text),
  cancel_url: nullable(text),
  expires_at: nullable(time),
  metadata,
  created_at: time,
  updated_at: time,
} as const;

/** Of these the list says what they are, since each item has its own `object`. */
const anyObject: Check = (value, path) => {
  const faults = record(value, path);
  return faults.length > 0 ? faults : faultsOfAnswer(value).map((fault) => `${path}: ${fault}`);
};

const EVENT_TYPES = [
  'setup_flow.created',
  'setup_flow.requires_action',
  'setup_flow.succeeded',
  'setup_flow.setup_failed',
  'setup_flow.canceled',
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'checkout.session.completed',
  'checkout.session.expired',
];

const SCHEMAS: Readonly<Record<string, Check>> = {
  setup_flow: exactly(SETUP_FLOW),
  customer: exactly(CUSTOMER),
  payment_method: exactly(PAYMENT_METHOD),
  payment_method_configuration: exactly(PAYMENT_METHOD_CONFIGURATION),
  'checkout.session': exactly(CHECKOUT_SESSION),
  event: exactly({
    object: is('event'),
    id: id('evnt_'),
    livemode: flag,
    type: is(...EVENT_TYPES),
    pending_webhooks: integer,
    data: anyObject,
    created_at: time,
    updated_at: time,
  }),
  list: exactly({ object: is('list'), url: matches(/^\/v2\//), has_more: flag, data: listOf(anyObject) }),
};

const PROBLEM_FIELDS = {
  type: url,
  title: matches(/^[A-Z]/),
  status: integer,
  code: matches(/^[a-z0-9_]+$/),
  detail: matches(/.\.$/),
  instance: matches(/^\//),
} as const;

const PROBLEM = exactly(PROBLEM_FIELDS);

/** Items are maps of strings: one client decodes them so. */
const VALIDATION_PROBLEM = exactly({
  ...PROBLEM_FIELDS,
  errors: listOf((value, path) => [
    ...record(value, path),
    ...['field', 'message'].flatMap((name) => text((value as Record<string, unknown>)[name], `${path}.${name}`)),
    ...Object.entries(value as object).flatMap(([name, each]) => text(each, `${path}.${name}`)),
  ]),
});
