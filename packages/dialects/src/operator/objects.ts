import type {
  CheckoutSession,
  Customer,
  CustomerRef,
  Event,
  EventObjects,
  EventObjectType,
  Mandate,
  PaymentMethod,
  PaymentMethodConfiguration,
  SetupAttempt,
  SetupIntent,
} from '@onfile/core';
import type { Static } from 'typebox';
import Type from 'typebox';
import { answerObject, Count, Id, Mode, nullable, renderTime, renderTimeOrNull, Text, Time } from './fields.js';
import type { NamedKind, ObjectNames } from './object-names.js';

// Objects as operators see them: everything that is known of them outside the vault, but what lets its holder act, such as
// client secrets and addresses of authentication pages.

export const DialectIdsSchema = answerObject({ payjp: nullable(Text), toast: nullable(Text) });
const Metadata = Type.Record(Text, Type.Union([Text, Type.Number(), Type.Boolean()]));
const Customer_ = nullable(answerObject({ id: Id, dialect_ids: DialectIdsSchema }));
const Address = answerObject({
  line1: nullable(Text),
  line2: nullable(Text),
  city: nullable(Text),
  state: nullable(Text),
  zip: nullable(Text),
  country: nullable(Text),
});

const common = { id: Id, dialect_ids: DialectIdsSchema, mode: Mode, created_at: Time };
const versioned = { ...common, version: Count, updated_at: Time };

const ConsentSchema = answerObject({
  accepted_at: Time,
  text_version: nullable(Text),
  language: nullable(Text),
  client_address: nullable(Text),
  user_agent: nullable(Text),
});

export const SetupIntentSchema = answerObject({
  ...versioned,
  kind: Type.Literal('setup_intent'),
  status: Text,
  customer: Customer_,
  description: nullable(Text),
  metadata: Metadata,
  usage: Text,
  standing_instruction: nullable(Text),
  external_reference: nullable(Text),
  payment_method_types: Type.Array(Text),
  three_d_secure_request: nullable(Text),
  payment_method_id: nullable(Id),
  mandate_id: nullable(Id),
  checkout_session_id: nullable(Id),
  latest_attempt_id: nullable(Id),
  attempts_left: nullable(Count),
  next_action: nullable(Text),
  last_setup_error: nullable(answerObject({ code: Text, occurred_at: Time })),
  cancellation_reason: nullable(Text),
  expires_at: nullable(Time),
});

export const PaymentMethodSchema = answerObject({
  ...versioned,
  kind: Type.Literal('payment_method'),
  state: Text,
  usage: nullable(Text),
  customer: Customer_,
  former_customer: Customer_,
  card: answerObject({
    brand: Text,
    last4: Text,
    exp_month: Count,
    exp_year: Count,
    country: nullable(Text),
  }),
  billing_details: answerObject({
    name: nullable(Text),
    email: nullable(Text),
    phone: nullable(Text),
    address: Address,
  }),
  metadata: Metadata,
  verified_at: nullable(Time),
  network_transaction_id: nullable(Text),
  detached_at: nullable(Time),
});

export const CustomerSchema = answerObject({
  ...versioned,
  kind: Type.Literal('customer'),
  external_reference: nullable(Text),
  email: nullable(Text),
  description: nullable(Text),
  metadata: Metadata,
  default_payment_method_id: nullable(Id),
  deleted_at: nullable(Time),
});

export const CheckoutSessionSchema = answerObject({
  ...versioned,
  kind: Type.Literal('checkout_session'),
  status: Text,
  setup_intent_id: Id,
  customer: Customer_,
  customer_email: nullable(Text),
  client_reference_id: nullable(Text),
  metadata: Metadata,
  expires_at: Time,
});

export const MandateSchema = answerObject({
  ...versioned,
  kind: Type.Literal('mandate'),
  status: Text,
  setup_intent_id: Id,
  setup_attempt_id: Id,
  payment_method_id: Id,
  customer: Customer_,
  usage: Text,
  standing_instruction: nullable(Text),
  consent: ConsentSchema,
});

export const PaymentMethodConfigurationSchema = answerObject({
  ...versioned,
  kind: Type.Literal('payment_method_configuration'),
  active: Type.Boolean(),
  name: nullable(Text),
  preferences: Type.Record(Text, Text),
});

export const ObjectSchema = Type.Union([
  SetupIntentSchema,
  PaymentMethodSchema,
  CustomerSchema,
  CheckoutSessionSchema,
  MandateSchema,
  PaymentMethodConfigurationSchema,
]);

/** What the processor was asked, and what it said, as far as it is kept: no request or answer of it is stored. */
export const SetupAttemptSchema = answerObject({
  id: Id,
  setup_intent_id: Id,
  payment_method_id: Id,
  payment_method_origin: Text,
  connector: Text,
  state: Text,
  outcome: nullable(Text),
  error_code: nullable(Text),
  processor_reference: nullable(Text),
  asked_for_authentication: Type.Boolean(),
  authentication_deadline_at: nullable(Time),
  returned_at: nullable(Time),
  consent: ConsentSchema,
  next_check_at: nullable(Time),
  checks: Count,
  not_found_reads: Count,
  started_at: Time,
  closed_at: nullable(Time),
});

export interface ObjectRenderer {
  setupIntent(intent: SetupIntent): Static<typeof SetupIntentSchema>;
  paymentMethod(method: PaymentMethod): Static<typeof PaymentMethodSchema>;
  customer(customer: Customer): Static<typeof CustomerSchema>;
  checkoutSession(session: CheckoutSession): Static<typeof CheckoutSessionSchema>;
  mandate(mandate: Mandate): Static<typeof MandateSchema>;
  configuration(configuration: PaymentMethodConfiguration): Static<typeof PaymentMethodConfigurationSchema>;
  ofEvent(event: Event): Static<typeof ObjectSchema>;
}

export function objectRenderer(names: ObjectNames): ObjectRenderer {
  const customerOf = (ref: CustomerRef | null) =>
    ref && { id: ref.id, dialect_ids: names.render('customer', { id: ref.id, chosenId: ref.chosenId }) };
  const common = <K extends NamedKind>(
    kind: K,
    { id, scope, version, createdAt, updatedAt }: EventObjects[EventObjectType],
  ) => ({
    kind,
    id,
    dialect_ids: names.render(kind, { id }),
    mode: scope.mode,
    version,
    created_at: renderTime(createdAt),
    updated_at: renderTime(updatedAt),
  });

  const renderer: ObjectRenderer = {
    setupIntent: (intent) => ({
      ...common('setup_intent', intent),
      status: intent.status,
      customer: customerOf(intent.customer),
      description: intent.description,
      metadata: { ...intent.metadata },
      usage: intent.usage,
      standing_instruction: intent.standingInstruction,
      external_reference: intent.externalReference,
      payment_method_types: [...intent.paymentMethodTypes],
      three_d_secure_request: intent.threeDSecureRequest,
      payment_method_id: intent.paymentMethodId,
      mandate_id: intent.mandateId,
      checkout_session_id: intent.checkoutSessionId,
      latest_attempt_id: intent.latestAttemptId,
      attempts_left: intent.attemptsLeft,
      next_action: intent.nextAction?.type ?? null,
      last_setup_error: intent.lastSetupError && {
        code: intent.lastSetupError.code,
        occurred_at: renderTime(intent.lastSetupError.occurredAt),
      },
      cancellation_reason: intent.cancellationReason,
      expires_at: renderTimeOrNull(intent.expiresAt),
    }),
    paymentMethod: (method) => ({
      ...common('payment_method', method),
      state: method.state,
      usage: method.usage,
      customer: customerOf(method.customer),
      former_customer: customerOf(method.formerCustomer),
      card: {
        brand: method.card.brand,
        last4: method.card.last4,
        exp_month: method.card.expMonth,
        exp_year: method.card.expYear,
        country: method.card.country,
      },
      billing_details: { ...method.billingDetails, address: { ...method.billingDetails.address } },
      metadata: { ...method.metadata },
      verified_at: renderTimeOrNull(method.verifiedAt),
      network_transaction_id: method.networkTransactionId,
      detached_at: renderTimeOrNull(method.detachedAt),
    }),
    customer: (customer) => ({
      ...common('customer', customer),
      dialect_ids: names.render('customer', customer),
      external_reference: customer.externalReference,
      email: customer.email,
      description: customer.description,
      metadata: { ...customer.metadata },
      default_payment_method_id: customer.defaultPaymentMethodId,
      deleted_at: renderTimeOrNull(customer.deletedAt),
    }),
    checkoutSession: (session) => ({
      ...common('checkout_session', session),
      status: session.status,
      setup_intent_id: session.setupIntentId,
      customer: customerOf(session.customer),
      customer_email: session.customerEmail,
      client_reference_id: session.clientReferenceId,
      metadata: { ...session.metadata },
      expires_at: renderTime(session.expiresAt),
    }),
    mandate: (mandate) => ({
      ...common('mandate', mandate),
      status: mandate.status,
      setup_intent_id: mandate.setupIntentId,
      setup_attempt_id: mandate.setupAttemptId,
      payment_method_id: mandate.paymentMethodId,
      customer: customerOf(mandate.customer),
      usage: mandate.usage,
      standing_instruction: mandate.standingInstruction,
      consent: renderConsent(mandate.consent),
    }),
    configuration: (configuration) => ({
      ...common('payment_method_configuration', configuration),
      active: configuration.active,
      name: configuration.name,
      preferences: { ...configuration.preferences },
    }),
    ofEvent({ objectType, object }) {
      const renders: { readonly [T in EventObjectType]: (object: EventObjects[T]) => Static<typeof ObjectSchema> } = {
        setup_intent: renderer.setupIntent,
        payment_method: renderer.paymentMethod,
        customer: renderer.customer,
        checkout_session: renderer.checkoutSession,
        mandate: renderer.mandate,
        payment_method_configuration: renderer.configuration,
      };
      return renders[objectType](object as never);
    },
  };
  return renderer;
}

export function renderAttempt(attempt: SetupAttempt): Static<typeof SetupAttemptSchema> {
  return {
    id: attempt.id,
    setup_intent_id: attempt.setupIntentId,
    payment_method_id: attempt.paymentMethodId,
    payment_method_origin: attempt.paymentMethodOrigin,
    connector: attempt.connector,
    state: attempt.state,
    outcome: attempt.outcome,
    error_code: attempt.errorCode,
    processor_reference: attempt.processorReference,
    asked_for_authentication: attempt.authenticationUrl !== null,
    authentication_deadline_at: renderTimeOrNull(attempt.authenticationDeadlineAt),
    returned_at: renderTimeOrNull(attempt.returnedAt),
    consent: renderConsent(attempt.consent),
    next_check_at: renderTimeOrNull(attempt.nextCheckAt),
    checks: attempt.checks,
    not_found_reads: attempt.notFoundReads,
    started_at: renderTime(attempt.startedAt),
    closed_at: renderTimeOrNull(attempt.closedAt),
  };
}

function renderConsent(consent: Mandate['consent']): Static<typeof ConsentSchema> {
  return {
    accepted_at: renderTime(consent.acceptedAt),
    text_version: consent.textVersion,
    language: consent.language,
    client_address: consent.clientAddress,
    user_agent: consent.userAgent,
  };
}
