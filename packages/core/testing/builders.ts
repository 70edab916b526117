import {
  type CheckoutSession,
  type Customer,
  type Ids,
  type Instant,
  NO_ADDRESS,
  type PaymentMethod,
  type Scope,
  type SetupAttempt,
  type SetupIntent,
  type Uuid,
} from '../src/index.js';

/** What a test does not care about. */
export const NOON: Instant = Date.UTC(2026, 0, 2, 12);
export const SCOPE: Scope = { merchantId: uuid(1), mode: 'test' };

/** A UUIDv7 that sorts by `n`. */
export function uuid(n: number): Uuid {
  return `019b7e1a-0000-7000-8000-${n.toString(16).padStart(12, '0')}` as Uuid;
}

/** Ids in ascending order, the same in every run. */
export function sequentialIds(from = 1_000): Ids {
  let n = from;
  return {
    next: () => {
      n += 1;
      return uuid(n);
    },
  };
}

export function aSetupIntent(parts: Partial<SetupIntent> = {}): SetupIntent {
  return {
    id: uuid(10),
    scope: SCOPE,
    version: 1,
    status: 'requires_payment_method',
    customer: null,
    description: null,
    metadata: {},
    usage: 'off_session',
    standingInstruction: null,
    externalReference: null,
    paymentMethodTypes: ['card'],
    threeDSecureRequest: null,
    paymentMethodId: null,
    draft: null,
    mandateId: null,
    checkoutSessionId: null,
    attemptsLeft: null,
    latestAttemptId: null,
    nextAction: null,
    returnUrl: null,
    lastSetupError: null,
    cancellationReason: null,
    expiresAt: null,
    createdAt: NOON,
    updatedAt: NOON,
    ...parts,
  };
}

export function aSetupAttempt(parts: Partial<SetupAttempt> = {}): SetupAttempt {
  return {
    id: uuid(20),
    scope: SCOPE,
    version: 1,
    setupIntentId: uuid(10),
    paymentMethodId: uuid(30),
    paymentMethodOrigin: 'entered',
    connector: 'simulator',
    state: 'asking',
    outcome: null,
    errorCode: null,
    processorReference: null,
    authenticationUrl: null,
    authenticationDeadlineAt: null,
    returnedAt: null,
    consent: { acceptedAt: NOON, textVersion: null, language: null, clientAddress: null, userAgent: null },
    makesDefault: false,
    nextCheckAt: NOON,
    checks: 0,
    notFoundReads: 0,
    startedAt: NOON,
    closedAt: null,
    ...parts,
  };
}

export function aPaymentMethod(parts: Partial<PaymentMethod> = {}): PaymentMethod {
  return {
    id: uuid(30),
    scope: SCOPE,
    version: 1,
    state: 'usable',
    type: 'card',
    usage: null,
    customer: null,
    formerCustomer: null,
    card: {
      brand: 'visa',
      bin: '424242',
      last4: '4242',
      expMonth: 12,
      expYear: 2030,
      country: null,
      fingerprint: 'fp_test',
    },
    billingDetails: { name: 'TARO YAMADA', email: 'taro@example.com', phone: null, address: NO_ADDRESS },
    metadata: {},
    verifiedAt: null,
    networkTransactionId: null,
    expiryNoticeDays: null,
    detachedAt: null,
    createdAt: NOON,
    updatedAt: NOON,
    ...parts,
  };
}

export function aCustomer(parts: Partial<Customer> = {}): Customer {
  return {
    id: uuid(40),
    scope: SCOPE,
    version: 1,
    chosenId: null,
    externalReference: null,
    email: null,
    description: null,
    metadata: {},
    defaultPaymentMethodId: null,
    createdAt: NOON,
    updatedAt: NOON,
    deletedAt: null,
    ...parts,
  };
}

export function aCheckoutSession(parts: Partial<CheckoutSession> = {}): CheckoutSession {
  return {
    id: uuid(50),
    scope: SCOPE,
    version: 1,
    status: 'open',
    setupIntentId: uuid(10),
    customer: null,
    customerEmail: null,
    customerCreation: null,
    customerDetails: null,
    clientReferenceId: null,
    successUrl: null,
    cancelUrl: null,
    locale: null,
    paymentMethodTypes: null,
    threeDSecureRequest: null,
    metadata: {},
    expiresAt: NOON + 24 * 60 * 60_000,
    createdAt: NOON,
    updatedAt: NOON,
    ...parts,
  };
}
