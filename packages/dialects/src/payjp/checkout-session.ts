import {
  type CheckoutSession,
  type CheckoutSessionStatus,
  type CheckoutSessionWithIntent,
  type Customer,
  type CustomerDetails,
  done,
  type Operations,
  type Outcome,
  refuse,
  type Uuid,
} from '@onfile/core';
import type { DialectRequest, Route } from '../dialect.js';
import { renderAddress } from './billing-details.js';
import { parseNewCheckoutSession } from './checkout-session-input.js';
import { renderCustomer } from './customer.js';
import { Fields } from './fields.js';
import { parseMetadataChange } from './metadata.js';
import { inNames } from './naming.js';
import { operation } from './operation.js';
import { listPage, parsePageQuery, renderList } from './paging.js';
import type { Payjp } from './settings.js';
import { clientSecretOf, renderSetupFlow } from './setup-flow.js';
import { renderPaymentMethodOptions } from './three-d-secure.js';
import { renderTime } from './time.js';

export function checkoutSessionRoutes(payjp: Payjp): readonly Route[] {
  const { ids } = payjp;
  const render = ({ session }: CheckoutSessionWithIntent, { vaultUrl }: DialectRequest) =>
    renderCheckoutSession(payjp, session, vaultUrl);
  const sessionInPath = (path: Fields) => path.reference('id', 'checkout_session', ids.checkoutSession.parse);

  return [
    operation(payjp, {
      method: 'GET',
      path: '/v2/checkout/sessions',
      body: 'none',
      parse: ({ query }) => parsePageQuery(query),
      act: (page, { call }, { checkoutSessions }) =>
        listPage(page, ids.checkoutSession.parse, (request) => checkoutSessions.list(call.scope, request)),
      render: (list, { vaultUrl }) =>
        renderList(list, '/v2/checkout/sessions', (session) => renderCheckoutSession(payjp, session, vaultUrl)),
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/checkout/sessions',
      body: 'required',
      parse: ({ body }, request) => parseNewCheckoutSession(payjp, body, request),
      act: (input, { call }, { checkoutSessions }) => checkoutSessions.create(call, input),
      render,
    }),
    operation(payjp, {
      method: 'GET',
      path: '/v2/checkout/sessions/:id',
      body: 'none',
      parse: ({ path, query }) => {
        const id = sessionInPath(path);
        const expand = parseExpand(payjp, query);
        return id && { id, expand };
      },
      act: ({ id, expand }, request, operations) => retrieveExpanded(payjp, { id, expand }, request, operations),
      render: ({ found, expanded }, request) => ({ ...render(found, request), ...expanded }),
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/checkout/sessions/:id',
      body: 'required',
      parse: ({ path, body }) => {
        const id = sessionInPath(path);
        const metadata = parseMetadataChange(body) ?? { set: {}, remove: [] };
        return id && { id, metadata };
      },
      act: ({ id, metadata }, { call }, { checkoutSessions }) => checkoutSessions.update(call, id, metadata),
      render,
    }),
    // No endpoint of PAY.JP: its descriptions tell merchants to expire a session, and none lets them.
    operation(payjp, {
      method: 'POST',
      path: '/v2/checkout/sessions/:id/expire',
      body: 'none',
      parse: ({ path }) => sessionInPath(path),
      act: (id, { call }, { checkoutSessions }) => checkoutSessions.expire(call, id),
      render,
    }),
    operation(payjp, {
      method: 'GET',
      path: '/v2/checkout/sessions/:id/line_items',
      body: 'none',
      parse: ({ path, query }) => {
        const id = sessionInPath(path);
        const page = parsePageQuery(query);
        return id && { id, page };
      },
      // Of no items, none is a cursor.
      act: async ({ id, page: { cursor } }, { call }, { checkoutSessions }) => {
        const found = await checkoutSessions.retrieve(call.scope, id);
        return found.kind === 'done' && cursor ? refuse('cursor_not_found', cursor) : found;
      },
      render: ({ session }) => renderLineItems(payjp, session.id),
    }),
  ];
}

export function renderCheckoutSession(payjp: Payjp, session: CheckoutSession, vaultUrl: string) {
  const { ids } = payjp;
  const { customer, customerDetails } = session;
  const customerId = customer && ids.customer.render(customer);
  const setupFlowId = ids.setupFlow.render(session.setupIntentId);
  const id = ids.checkoutSession.render(session.id);
  return {
    object: 'checkout.session',
    id,
    livemode: session.scope.mode === 'live',
    mode: 'setup',
    status: STATUS_NAMES[session.status],
    ui_mode: 'hosted',
    url: `${vaultUrl}/setup/${id}`,
    currency: 'jpy',
    amount_subtotal: null,
    amount_total: null,
    customer_id: inNames(payjp, 'current', customerId),
    customer: inNames(payjp, 'seed', customerId),
    customer_email: session.customerEmail,
    customer_details: customerDetails && renderCustomerDetails(customerDetails),
    payment_flow_id: inNames(payjp, 'current', null),
    payment_flow: inNames(payjp, 'seed', null),
    setup_flow_id: inNames(payjp, 'current', setupFlowId),
    setup_flow: inNames(payjp, 'seed', setupFlowId),
    payment_method_types: session.paymentMethodTypes,
    payment_method_options: renderPaymentMethodOptions(session.threeDSecureRequest),
    submit_type: null,
    locale: session.locale,
    success_url: session.successUrl,
    cancel_url: session.cancelUrl,
    expires_at: renderTime(session.expiresAt),
    metadata: session.metadata,
    created_at: renderTime(session.createdAt),
    updated_at: renderTime(session.updatedAt),
  };
}

const EXPANSIONS = ['line_items', 'customer', 'payment_flow', 'setup_flow'] as const;
type Expansion = (typeof EXPANSIONS)[number];

/** Of the earlier generation: `expand=`, repeated for each field to be answered whole. */
function parseExpand({ naming }: Payjp, query: Fields): readonly Expansion[] {
  if (naming === 'current' || !query.has('expand')) return [];
  const given = query.raw('expand');
  const names = new Fields(query.faults, { expand: Array.isArray(given) ? given : [given] });
  return names.choices('expand', EXPANSIONS) ?? [];
}

interface ExpandedSession {
  readonly found: CheckoutSessionWithIntent;
  /** Whole objects, in the shapes of the earlier generation, under their fields' names. */
  readonly expanded: Readonly<Record<string, unknown>>;
}

async function retrieveExpanded(
  payjp: Payjp,
  { id, expand }: { readonly id: Uuid; readonly expand: readonly Expansion[] },
  { call }: DialectRequest,
  operations: Operations,
): Promise<Outcome<ExpandedSession>> {
  const outcome = await operations.checkoutSessions.retrieve(call.scope, id);
  if (outcome.kind === 'refused') return outcome;

  const { session, intent } = outcome.value;
  const earlier: Payjp = { ...payjp, naming: 'seed' };
  const customer = expand.includes('customer') ? await findCustomer(session, operations) : null;
  return done({
    found: outcome.value,
    expanded: {
      ...(expand.includes('line_items') && { line_items: renderLineItems(payjp, id) }),
      ...(customer && { customer: renderCustomer(earlier, customer) }),
      ...(expand.includes('setup_flow') && {
        setup_flow: renderSetupFlow(earlier, intent, clientSecretOf(payjp, operations, intent)),
      }),
    },
  });
}

/** `null` also for a customer who was deleted since; the field keeps their id then. */
async function findCustomer({ scope, customer }: CheckoutSession, { customers }: Operations): Promise<Customer | null> {
  const outcome = customer && (await customers.retrieve(scope, { id: customer.id }));
  return outcome?.kind === 'done' ? outcome.value : null;
}

/** A session that saves a method sells nothing. */
function renderLineItems({ ids }: Payjp, id: Uuid) {
  const url = `/v2/checkout/sessions/${ids.checkoutSession.render(id)}/line_items`;
  return renderList({ items: [], hasMore: false }, url, (item) => item);
}

function renderCustomerDetails({ email, name, phone, address }: CustomerDetails) {
  return { email, name, phone, address: renderAddress(address) };
}

const STATUS_NAMES = {
  open: 'open',
  complete: 'complete',
  expired: 'expired',
} as const satisfies Record<CheckoutSessionStatus, string>;
