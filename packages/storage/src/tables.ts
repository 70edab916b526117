import type {
  ApiClient,
  ApiKey,
  CardDetails,
  CheckoutSession,
  Customer,
  EventObjects,
  EventObjectType,
  Mandate,
  Merchant,
  OperatorKey,
  PaymentMethod,
  PaymentMethodConfiguration,
  SetupAttempt,
  SetupIntent,
  WebhookEndpoint,
  WrappedMerchantKey,
} from '@onfile/core';
import {
  bytes,
  composite,
  customerRef,
  entriesOf,
  type FieldEntry,
  type Fields,
  instant,
  json,
  plain,
  type Row,
  readFields,
  scope,
  writeFields,
} from './fields.js';

/** Where objects of one kind are kept. */
export interface Table<T> {
  readonly name: string;
  readonly columns: readonly string[];
  readonly entries: readonly FieldEntry[];
  read(row: Row): T;
}

function table<T extends object>(name: string, fields: Fields<T>): Table<T> {
  const entries = entriesOf(fields);
  const columns = entries.flatMap(([, field]) => field.columns);
  return { name, columns, entries, read: (row) => readFields(entries, row) as T };
}

/** An object's values in the order of its table's columns. */
export function valuesOf<T extends object>({ entries }: Table<T>, object: T): readonly unknown[] {
  return writeFields(entries, object);
}

export const setupIntents = table<SetupIntent>('setup_intents', {
  id: plain('id'),
  scope: scope(),
  version: plain('version'),
  status: plain('status'),
  customer: customerRef('customer'),
  description: plain('description'),
  metadata: json('metadata'),
  usage: plain('usage'),
  standingInstruction: plain('standing_instruction'),
  externalReference: plain('external_reference'),
  paymentMethodTypes: plain('payment_method_types'),
  threeDSecureRequest: plain('three_d_secure_request'),
  paymentMethodId: plain('payment_method_id'),
  draft: json('draft'),
  mandateId: plain('mandate_id'),
  checkoutSessionId: plain('checkout_session_id'),
  attemptsLeft: plain('attempts_left'),
  latestAttemptId: plain('latest_attempt_id'),
  nextAction: json('next_action'),
  returnUrl: plain('return_url'),
  lastSetupError: json('last_setup_error'),
  cancellationReason: plain('cancellation_reason'),
  expiresAt: instant('expires_at'),
  createdAt: instant('created_at'),
  updatedAt: instant('updated_at'),
});

export const setupAttempts = table<SetupAttempt>('setup_attempts', {
  id: plain('id'),
  scope: scope(),
  version: plain('version'),
  setupIntentId: plain('setup_intent_id'),
  paymentMethodId: plain('payment_method_id'),
  paymentMethodOrigin: plain('payment_method_origin'),
  connector: plain('connector'),
  state: plain('state'),
  outcome: plain('outcome'),
  errorCode: plain('error_code'),
  processorReference: plain('processor_reference'),
  authenticationUrl: plain('authentication_url'),
  authenticationDeadlineAt: instant('authentication_deadline_at'),
  returnedAt: instant('returned_at'),
  consent: json('consent'),
  makesDefault: plain('makes_default'),
  nextCheckAt: instant('next_check_at'),
  checks: plain('checks'),
  notFoundReads: plain('not_found_reads'),
  startedAt: instant('started_at'),
  closedAt: instant('closed_at'),
});

export const paymentMethods = table<PaymentMethod>('payment_methods', {
  id: plain('id'),
  scope: scope(),
  version: plain('version'),
  state: plain('state'),
  type: plain('type'),
  usage: plain('usage'),
  customer: customerRef('customer'),
  formerCustomer: customerRef('former_customer'),
  card: composite<CardDetails>({
    brand: plain('card_brand'),
    bin: plain('card_bin'),
    last4: plain('card_last4'),
    expMonth: plain('card_exp_month'),
    expYear: plain('card_exp_year'),
    country: plain('card_country'),
    fingerprint: plain('card_fingerprint'),
  }),
  billingDetails: json('billing_details'),
  metadata: json('metadata'),
  verifiedAt: instant('verified_at'),
  networkTransactionId: plain('network_transaction_id'),
  expiryNoticeDays: plain('expiry_notice_days'),
  detachedAt: instant('detached_at'),
  createdAt: instant('created_at'),
  updatedAt: instant('updated_at'),
});

export const customers = table<Customer>('customers', {
  id: plain('id'),
  scope: scope(),
  version: plain('version'),
  chosenId: plain('chosen_id'),
  externalReference: plain('external_reference'),
  email: plain('email'),
  description: plain('description'),
  metadata: json('metadata'),
  defaultPaymentMethodId: plain('default_payment_method_id'),
  createdAt: instant('created_at'),
  updatedAt: instant('updated_at'),
  deletedAt: instant('deleted_at'),
});

export const checkoutSessions = table<CheckoutSession>('checkout_sessions', {
  id: plain('id'),
  scope: scope(),
  version: plain('version'),
  status: plain('status'),
  setupIntentId: plain('setup_intent_id'),
  customer: customerRef('customer'),
  customerEmail: plain('customer_email'),
  customerCreation: plain('customer_creation'),
  customerDetails: json('customer_details'),
  clientReferenceId: plain('client_reference_id'),
  successUrl: plain('success_url'),
  cancelUrl: plain('cancel_url'),
  locale: plain('locale'),
  paymentMethodTypes: plain('payment_method_types'),
  threeDSecureRequest: plain('three_d_secure_request'),
  metadata: json('metadata'),
  expiresAt: instant('expires_at'),
  createdAt: instant('created_at'),
  updatedAt: instant('updated_at'),
});

export const mandates = table<Mandate>('mandates', {
  id: plain('id'),
  scope: scope(),
  version: plain('version'),
  status: plain('status'),
  setupIntentId: plain('setup_intent_id'),
  setupAttemptId: plain('setup_attempt_id'),
  paymentMethodId: plain('payment_method_id'),
  customer: customerRef('customer'),
  usage: plain('usage'),
  standingInstruction: plain('standing_instruction'),
  consent: json('consent'),
  createdAt: instant('created_at'),
  updatedAt: instant('updated_at'),
});

export const paymentMethodConfigurations = table<PaymentMethodConfiguration>('payment_method_configurations', {
  id: plain('id'),
  scope: scope(),
  version: plain('version'),
  active: plain('active'),
  name: plain('name'),
  preferences: json('preferences'),
  createdAt: instant('created_at'),
  updatedAt: instant('updated_at'),
});

export const merchants = table<Merchant>('merchants', {
  id: plain('merchant_id'),
  name: plain('name'),
  createdAt: instant('created_at'),
});

export const apiKeys = table<ApiKey>('api_keys', {
  id: plain('id'),
  scope: scope(),
  kind: plain('kind'),
  name: plain('name'),
  digest: bytes('digest'),
  createdAt: instant('created_at'),
  revokedAt: instant('revoked_at'),
});

export const operatorKeys = table<OperatorKey>('operator_keys', {
  id: plain('id'),
  name: plain('name'),
  digest: bytes('digest'),
  createdAt: instant('created_at'),
  revokedAt: instant('revoked_at'),
});

export const apiClients = table<ApiClient>('api_clients', {
  id: plain('id'),
  scope: scope(),
  kind: plain('kind'),
  name: plain('name'),
  permissions: plain('permissions'),
  digest: bytes('digest'),
  tokenIssuedAt: instant('token_issued_at'),
  createdAt: instant('created_at'),
  revokedAt: instant('revoked_at'),
});

export const merchantKeys = table<WrappedMerchantKey>('merchant_keys', {
  merchantId: plain('merchant_id'),
  id: plain('id'),
  version: plain('version'),
  state: plain('state'),
  wrapped: bytes('wrapped'),
  createdAt: instant('created_at'),
});

export const webhookEndpoints = table<WebhookEndpoint>('webhook_endpoints', {
  id: plain('id'),
  scope: scope(),
  version: plain('version'),
  url: plain('url'),
  dialect: plain('dialect'),
  eventTypes: plain('event_types'),
  wantsAllEvents: plain('wants_all_events'),
  secrets: json('secrets'),
  state: plain('state'),
  disabledReason: plain('disabled_reason'),
  failures: plain('failures'),
  failingSince: instant('failing_since'),
  probeAt: instant('probe_at'),
  createdAt: instant('created_at'),
  updatedAt: instant('updated_at'),
});

/** The tables of the objects whose changes are announced. */
export const announced: { readonly [T in EventObjectType]: Table<EventObjects[T]> } = {
  setup_intent: setupIntents,
  payment_method: paymentMethods,
  customer: customers,
  checkout_session: checkoutSessions,
  mandate: mandates,
  payment_method_configuration: paymentMethodConfigurations,
};

/** An announced object as an event, or an idempotency record, has kept it. */
export function readAnnounced(type: EventObjectType, row: Row): EventObjects[EventObjectType] {
  return announced[type].read(row);
}
