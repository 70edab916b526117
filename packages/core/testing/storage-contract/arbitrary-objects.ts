import fc, { type Arbitrary } from 'fast-check';
import type {
  Address,
  BillingDetails,
  CardDetails,
  CheckoutSession,
  Consent,
  Customer,
  CustomerRef,
  EventObjects,
  EventObjectType,
  Instant,
  IntentDraft,
  Mandate,
  Metadata,
  PaymentMethod,
  PaymentMethodConfiguration,
  Scope,
  SetupAttempt,
  SetupIntent,
  Uuid,
} from '../../src/index.js';
import { DECLINE_CODES, METADATA_KEYS_MAX, SETUP_INTENT_STATUSES } from '../../src/index.js';

/** Any text that a caller may send: every character but NUL, which PostgreSQL's text does not have and the edge refuses. */
export const anyText: Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom(
      '',
      ' ',
      "'; --",
      '\\',
      '\\x00',
      '{}',
      'null',
      '👩‍👩‍👧‍👦',
      'ﷺ',
      '日本語',
      '\u202eRTL',
      '\u{10ffff}',
      '$1',
    ),
  )
  .map((text) => text.replaceAll('\0', ''));

const maybeText = fc.option(anyText);
export const anyInstant: Arbitrary<Instant> = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
const maybeInstant = fc.option(anyInstant);
/** The cases about expiry live before 2000. */
const anyExpiry = fc.integer({ min: Date.UTC(2000), max: Date.UTC(9999) });
const anyUuid = fc.uuid() as unknown as Arbitrary<Uuid>;
const maybeUuid = fc.option(anyUuid);
const anyRef: Arbitrary<CustomerRef | null> = fc.option(fc.record({ id: anyUuid, chosenId: maybeText }));

/** The edge refuses `__proto__` as a key, and keys with a backslash; -0 is 0 in JSON. */
export const anyMetadata: Arbitrary<Metadata> = fc.dictionary(
  anyText.filter((key) => key !== '__proto__' && !key.includes('\\')),
  fc.oneof(
    anyText,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.boolean(),
  ),
  { maxKeys: METADATA_KEYS_MAX, noNullPrototype: true },
);

const anyAddress: Arbitrary<Address> = fc.record({
  line1: maybeText,
  line2: maybeText,
  city: maybeText,
  state: maybeText,
  zip: maybeText,
  country: maybeText,
});
const anyBillingDetails: Arbitrary<BillingDetails> = fc.record({
  name: maybeText,
  email: maybeText,
  phone: maybeText,
  address: anyAddress,
});
const anyConsent: Arbitrary<Consent> = fc.record({
  acceptedAt: anyInstant,
  textVersion: maybeText,
  language: maybeText,
  clientAddress: maybeText,
  userAgent: maybeText,
});
const anyTypes = fc.subarray(['card', 'apple_pay', 'paypay'] as const);
const anyUsage = fc.constantFrom('on_session' as const, 'off_session' as const);
const maybeThreeDSecure = fc.option(fc.constantFrom('automatic' as const, 'any' as const, 'none' as const));
const maybeStanding = fc.option(fc.constantFrom('unscheduled' as const, 'installment' as const, 'recurring' as const));
const maybeMethodUsage = fc.option(
  fc.constantFrom('on_session' as const, 'off_session' as const, 'on_and_off_session' as const),
);

const anyCard: Arbitrary<CardDetails> = fc.record({
  brand: fc.constantFrom('visa', 'jcb', 'unionpay'),
  bin: fc.constantFrom('424242', '353011'),
  last4: fc.constantFrom('4242', '0000'),
  expMonth: fc.integer({ min: 1, max: 12 }),
  expYear: fc.integer({ min: 2020, max: 2099 }),
  country: maybeText,
  fingerprint: anyText,
});
const anyDraft: Arbitrary<IntentDraft> = fc.record({
  paymentMethodId: anyUuid,
  attemptId: anyUuid,
  usage: maybeMethodUsage,
  card: anyCard,
  consent: anyConsent,
});

interface Identity {
  readonly id: Uuid;
  readonly scope: Scope;
}

/** Any object at version 1 that storage has to keep, with this id in this scope. */
export const anyObject: { readonly [T in EventObjectType]: (identity: Identity) => Arbitrary<EventObjects[T]> } = {
  setup_intent: (identity) =>
    fc
      .record<SetupIntent>({
        ...born(identity),
        status: fc.constantFrom(...SETUP_INTENT_STATUSES),
        customer: anyRef,
        description: maybeText,
        metadata: anyMetadata,
        usage: anyUsage,
        standingInstruction: maybeStanding,
        externalReference: maybeText,
        paymentMethodTypes: anyTypes,
        threeDSecureRequest: maybeThreeDSecure,
        paymentMethodId: anyUuid,
        draft: fc.option(anyDraft),
        mandateId: maybeUuid,
        checkoutSessionId: maybeUuid,
        attemptsLeft: fc.option(fc.nat(100)),
        latestAttemptId: maybeUuid,
        nextAction: fc.option(fc.record({ type: fc.constant('redirect' as const), url: anyText, returnUrl: anyText })),
        returnUrl: maybeText,
        lastSetupError: fc.option(fc.record({ code: fc.constantFrom(...DECLINE_CODES), occurredAt: anyInstant })),
        cancellationReason: fc.option(fc.constantFrom('abandoned', 'duplicate', 'requested_by_customer')),
        expiresAt: fc.option(anyExpiry),
      })
      .chain((intent) =>
        intent.status === 'succeeded'
          ? fc.constant(intent)
          : maybeUuid.map((paymentMethodId) => ({ ...intent, paymentMethodId })),
      ),
  payment_method: (identity) =>
    fc.record<PaymentMethod>({
      ...born(identity),
      state: fc.constantFrom('usable', 'detached'),
      type: fc.constant('card'),
      usage: maybeMethodUsage,
      customer: anyRef,
      formerCustomer: anyRef,
      card: anyCard,
      billingDetails: anyBillingDetails,
      metadata: anyMetadata,
      verifiedAt: maybeInstant,
      networkTransactionId: maybeText,
      expiryNoticeDays: fc.option(fc.nat(365)),
      detachedAt: maybeInstant,
    }),
  customer: (identity) =>
    fc.record<Customer>({
      ...born(identity),
      chosenId: fc.constant(null),
      externalReference: fc.constant(null),
      email: maybeText,
      description: maybeText,
      metadata: anyMetadata,
      defaultPaymentMethodId: maybeUuid,
      deletedAt: fc.constant(null),
    }),
  checkout_session: (identity) =>
    fc.record<CheckoutSession>({
      ...born(identity),
      status: fc.constantFrom('open', 'complete', 'expired'),
      setupIntentId: anyUuid,
      customer: anyRef,
      customerEmail: maybeText,
      customerCreation: fc.constantFrom(null, 'always', 'if_required'),
      customerDetails: fc.option(anyBillingDetails),
      clientReferenceId: maybeText,
      successUrl: maybeText,
      cancelUrl: maybeText,
      locale: fc.constantFrom(null, 'auto', 'ja'),
      paymentMethodTypes: fc.option(anyTypes),
      threeDSecureRequest: maybeThreeDSecure,
      metadata: anyMetadata,
      expiresAt: anyExpiry,
    }),
  mandate: (identity) =>
    fc.record<Mandate>({
      ...born(identity),
      status: fc.constantFrom('active', 'inactive'),
      setupIntentId: anyUuid,
      setupAttemptId: anyUuid,
      paymentMethodId: anyUuid,
      customer: anyRef,
      usage: anyUsage,
      standingInstruction: maybeStanding,
      consent: anyConsent,
    }),
  payment_method_configuration: (identity) =>
    fc.record<PaymentMethodConfiguration>({
      ...born(identity),
      active: fc.boolean(),
      name: maybeText,
      preferences: fc.record({ card: anyPreference, apple_pay: anyPreference, paypay: anyPreference }),
    }),
};

const anyPreference = fc.constantFrom('none' as const, 'off' as const, 'on' as const);

export function anyAttempt({ id, scope, setupIntentId }: Identity & { setupIntentId: Uuid }): Arbitrary<SetupAttempt> {
  return fc.record<SetupAttempt>({
    id: fc.constant(id),
    scope: fc.constant(scope),
    version: fc.constant(1),
    setupIntentId: fc.constant(setupIntentId),
    paymentMethodId: anyUuid,
    paymentMethodOrigin: fc.constantFrom('entered', 'saved'),
    connector: anyText,
    state: fc.constantFrom(
      'asking',
      'awaiting_authentication',
      'needs_review',
      'voiding',
      'void_needs_review',
      'closed',
    ),
    outcome: fc.constantFrom(null, 'approved', 'declined', 'abandoned', 'superseded', 'canceled'),
    errorCode: fc.constantFrom(null, ...DECLINE_CODES),
    processorReference: maybeText,
    authenticationUrl: maybeText,
    authenticationDeadlineAt: maybeInstant,
    returnedAt: maybeInstant,
    consent: anyConsent,
    makesDefault: fc.boolean(),
    nextCheckAt: fc.constant(null),
    checks: fc.nat(1_000_000),
    notFoundReads: fc.nat(1_000),
    startedAt: anyInstant,
    closedAt: maybeInstant,
  });
}

function born({ id, scope }: Identity) {
  return {
    id: fc.constant(id),
    scope: fc.constant(scope),
    version: fc.constant(1),
    createdAt: anyInstant,
    updatedAt: anyInstant,
  };
}
