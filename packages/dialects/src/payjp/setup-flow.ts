import {
  type CancellationReason,
  type NextAction,
  type Operations,
  type Refusal,
  refuse,
  type SetupIntent,
  type SetupIntentStatus,
} from '@onfile/core';
import type { DialectRequest, Route } from '../dialect.js';
import { renderSetupError } from './declines.js';
import type { Fields } from './fields.js';
import { inNames } from './naming.js';
import { operation } from './operation.js';
import { listPage, parsePageQuery, renderList } from './paging.js';
import type { Payjp } from './settings.js';
import { parseConfirmation, parseNewSetupFlow, parseSetupFlowChanges } from './setup-flow-input.js';
import { renderPaymentMethodOptions } from './three-d-secure.js';
import { renderTime } from './time.js';

export function setupFlowRoutes(payjp: Payjp): readonly Route[] {
  const { ids, errors } = payjp;
  const render = (intent: SetupIntent, { access }: DialectRequest, operations: Operations) => {
    const shown = access === 'secret' ? intent : withoutNotes(intent);
    return renderSetupFlow(payjp, shown, clientSecretOf(payjp, operations, intent));
  };
  const flowInPath = (path: Fields) => path.reference('id', 'setup_intent', ids.setupFlow.parse);
  /** A card that was not saved: the flow waits for another, and its last error tells why. */
  const failure = ({ status, lastSetupError }: SetupIntent, request: DialectRequest) =>
    status === 'requires_payment_method' && lastSetupError ? errors.decline(lastSetupError.code, request) : null;

  return [
    operation(payjp, {
      method: 'GET',
      path: '/v2/setup_flows',
      body: 'none',
      parse: ({ query }) => parsePageQuery(query),
      act: (page, { call }, { setupIntents }) =>
        listPage(page, ids.setupFlow.parse, (request) => setupIntents.list(call.scope, request)),
      render: (list, request, operations) =>
        renderList(list, '/v2/setup_flows', (intent) => render(intent, request, operations)),
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/setup_flows',
      body: 'optional',
      parse: ({ body }, request) => parseNewSetupFlow(payjp, body, request),
      act: ({ input, confirmation }, { call }, { setupIntents }) =>
        confirmation ? setupIntents.createAndConfirm(call, input, confirmation) : setupIntents.create(call, input),
      failure,
      render,
    }),
    operation(payjp, {
      method: 'GET',
      path: '/v2/setup_flows/:id',
      access: ['secret', 'browser'],
      body: 'none',
      admit: (request, operations) => admitBrowser(payjp, request, operations, onlyValue(request.query.client_secret)),
      parse: ({ path }) => flowInPath(path),
      act: (id, { call }, { setupIntents }) => setupIntents.retrieve(call.scope, id),
      render,
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/setup_flows/:id',
      body: 'required',
      parse: ({ path, body }) => {
        const id = flowInPath(path);
        const changes = parseSetupFlowChanges(payjp, body);
        return id && { id, changes };
      },
      act: ({ id, changes }, { call }, { setupIntents }) => setupIntents.update(call, id, changes),
      render,
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/setup_flows/:id/cancel',
      body: 'optional',
      parse: ({ path, body }) => {
        const id = flowInPath(path);
        const reason = parseCancellationReason(body);
        return id && { id, reason };
      },
      act: ({ id, reason }, { call }, { setupIntents }) => setupIntents.cancel(call, id, reason),
      render,
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/setup_flows/:id/confirm',
      access: ['secret', 'browser'],
      cardFields: { number: 'payment_method_data.card.number', cvc: 'payment_method_data.card.cvc' },
      body: 'optional',
      admit: (request, operations) => admitBrowser(payjp, request, operations, clientSecretInBody(request.body)),
      parse: ({ path, body }, request) => {
        const id = flowInPath(path);
        const confirmation = parseConfirmation(payjp, body, request);
        return id && confirmation && { id, confirmation };
      },
      act: ({ id, confirmation }, { call }, { setupIntents }) => setupIntents.confirm(call, id, confirmation),
      failure,
      render,
    }),
  ];
}

/** `clientSecret`: as {@link clientSecretOf} gives it; empty in events, where it must not be and typed clients need a text. */
export function renderSetupFlow(payjp: Payjp, intent: SetupIntent, clientSecret: string) {
  const { ids } = payjp;
  const { customer, paymentMethodId, nextAction, lastSetupError, cancellationReason } = intent;
  const customerId = customer && ids.customer.render(customer);
  const methodId = paymentMethodId && ids.paymentMethod.render(paymentMethodId);
  return {
    object: 'setup_flow',
    id: ids.setupFlow.render(intent.id),
    livemode: intent.scope.mode === 'live',
    client_secret: clientSecret,
    customer_id: inNames(payjp, 'current', customerId),
    customer: inNames(payjp, 'seed', customerId),
    description: intent.description,
    metadata: intent.metadata,
    payment_method_id: inNames(payjp, 'current', methodId),
    payment_method: inNames(payjp, 'seed', methodId),
    payment_method_options: renderPaymentMethodOptions(intent.threeDSecureRequest),
    payment_method_types: intent.paymentMethodTypes,
    status: STATUS_NAMES[intent.status],
    next_action: nextAction && renderNextAction(nextAction),
    return_url: intent.returnUrl,
    last_setup_error: lastSetupError && renderSetupError(lastSetupError.code),
    cancellation_reason: inNames(payjp, 'current', cancellationReason),
    created_at: renderTime(intent.createdAt),
    updated_at: renderTime(intent.updatedAt),
  };
}

/** What a cardholder's page may see: what the merchant's server notes is not for it. */
function withoutNotes(intent: SetupIntent): SetupIntent {
  return { ...intent, description: null, metadata: {} };
}

export function clientSecretOf({ ids }: Payjp, { setupIntents }: Operations, intent: SetupIntent): string {
  return ids.clientSecret.render(intent.id, setupIntents.clientSecret(intent));
}

/** A page sees a flow only with its client secret. Whatever does not fit gets one and the same answer. */
function admitBrowser(
  { ids }: Payjp,
  { access, call, params }: DialectRequest,
  { setupIntents }: Operations,
  candidate: string | undefined,
): Refusal | null {
  if (access === 'secret') return null;

  const id = ids.setupFlow.parse(params.id ?? '');
  const given = ids.clientSecret.parse(candidate ?? '');
  const fits = given !== null && given.id === id && setupIntents.isClientSecret(given.secret, call.scope, given.id);
  return fits ? null : refuse('object_not_found', { object: 'setup_intent', id: id ?? '' }).refusal;
}

function onlyValue(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}

function clientSecretInBody(body: unknown): string | undefined {
  const secret = (body as { readonly client_secret?: unknown } | null | undefined)?.client_secret;
  return typeof secret === 'string' ? secret : undefined;
}

/** `abondoned` is how the earlier generation spelled it. */
function parseCancellationReason(body: Fields): CancellationReason | null {
  const reason = body.choice('cancellation_reason', ['abandoned', 'abondoned', 'duplicate', 'requested_by_customer']);
  return reason === 'abondoned' ? 'abandoned' : (reason ?? null);
}

/** A shape of our own: PAY.JP publishes that it is an object or null, and that its script only ever redirects. */
function renderNextAction({ url, returnUrl }: NextAction) {
  return { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl } };
}

const STATUS_NAMES = {
  requires_payment_method: 'requires_payment_method',
  requires_confirmation: 'requires_confirmation',
  requires_action: 'requires_action',
  processing: 'processing',
  succeeded: 'succeeded',
  canceled: 'canceled',
} as const satisfies Record<SetupIntentStatus, string>;
