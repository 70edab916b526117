import type { Call } from './call.js';
import type { CheckoutSession } from './checkout-session/checkout-session.js';
import type { Customer, CustomerSelector } from './customer/customer.js';
import type { Event, EventType } from './event/event.js';
import type { Mandate } from './mandate/mandate.js';
import type { Metadata, MetadataChange } from './metadata.js';
import type {
  BillingDetails,
  BillingDetailsChange,
  MethodUsage,
  PaymentMethod,
  PaymentMethodType,
} from './payment-method/payment-method.js';
import type {
  DisplayPreference,
  PaymentMethodConfiguration,
} from './payment-method-configuration/payment-method-configuration.js';
import type { PageRequest } from './ports/storage.js';
import type { CardReference } from './ports/vault.js';
import type { Outcome } from './refusals.js';
import type { Instant, Scope, Uuid } from './scope.js';
import type { Consent } from './setup-attempt/setup-attempt.js';
import type {
  CancellationReason,
  SetupIntent,
  StandingInstruction,
  ThreeDSecureRequest,
  Usage,
} from './setup-intent/setup-intent.js';

/** A card in a request, after the vault took its number and code out. */
export interface EnteredCard {
  readonly reference: CardReference;
  /** As sent: checked by the vault together with the number. */
  readonly expMonth: number;
  /** Four digits. */
  readonly expYear: number;
  readonly billingDetails: BillingDetails;
}

/**
 * Which method a confirmation uses: a card typed for it, a saved one, the one that was entered for the intent before (and
 * no other, where it is named), or whichever the intent has already.
 */
export type MethodToConfirm =
  | { readonly kind: 'entered'; readonly card: EnteredCard }
  | { readonly kind: 'saved'; readonly paymentMethodId: Uuid }
  | { readonly kind: 'draft'; readonly paymentMethodId: Uuid | null }
  | { readonly kind: 'current' };

export interface NewSetupIntent {
  readonly customer: CustomerSelector | null;
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly usage: Usage;
  /** `null`: all that can be saved and are available. */
  readonly paymentMethodTypes: readonly PaymentMethodType[] | null;
  readonly threeDSecureRequest: ThreeDSecureRequest | null;
  /** A saved method to confirm with later (earlier PAY.JP generation). */
  readonly paymentMethodId: Uuid | null;
  readonly standingInstruction?: StandingInstruction | null;
  readonly externalReference?: string | null;
  /** From when on it cannot be confirmed any more; no limit unless given. */
  readonly expiresAt?: Instant | null;
  /** How many attempts may begin; the installation's limit unless given. */
  readonly attemptsMax?: number | null;
}

/** A card that is entered for an intent ahead of its confirmation. */
export interface CardEntry {
  readonly by: 'merchant' | 'browser';
  readonly card: EnteredCard;
  /** What the cardholder agreed to; `null` when they agreed to nothing of their own. */
  readonly usage: MethodUsage | null;
  readonly consent: Pick<Consent, 'textVersion' | 'language'>;
}

/** Absent fields stay as they are. */
export interface SetupIntentChanges {
  /** `null`: nobody's any more. With another customer or usage, a card that was entered before goes. */
  readonly customer?: CustomerSelector | null;
  readonly usage?: Usage;
  readonly standingInstruction?: StandingInstruction | null;
  readonly description?: string | null;
  readonly metadata?: MetadataChange;
  readonly paymentMethodTypes?: readonly PaymentMethodType[];
  readonly threeDSecureRequest?: ThreeDSecureRequest | null;
  readonly paymentMethodId?: Uuid;
}

export interface Confirmation {
  /** `session`: our hosted page, for the intent of its checkout session; it alone may confirm such an intent. */
  readonly by: 'merchant' | 'browser' | 'session';
  readonly method: MethodToConfirm;
  /** Where the cardholder is brought after authentication; required by every caller but the merchant. */
  readonly returnUrl: string | null;
  readonly threeDSecureRequest?: ThreeDSecureRequest;
  /** The words that the cardholder saw, when we showed them. */
  readonly consent: Pick<Consent, 'textVersion' | 'language'>;
  /** The cardholder wishes that the method becomes their default when it is saved; without a customer it has no effect. */
  readonly makesDefault?: boolean;
}

export interface NewCheckoutSession {
  readonly customer: CustomerSelector | null;
  readonly customerEmail: string | null;
  readonly customerCreation: 'always' | 'if_required' | null;
  readonly clientReferenceId: string | null;
  readonly successUrl: string | null;
  readonly cancelUrl: string | null;
  readonly locale: 'auto' | 'ja' | null;
  readonly paymentMethodTypes: readonly PaymentMethodType[] | null;
  readonly threeDSecureRequest: ThreeDSecureRequest | null;
  readonly metadata: Metadata;
  /** Checked by the dialect against its bounds; `null` for 24 hours. */
  readonly expiresAt: Instant | null;
  readonly setupIntent: { readonly description: string | null; readonly metadata: Metadata };
}

export interface CheckoutSessionWithIntent {
  readonly session: CheckoutSession;
  readonly intent: SetupIntent;
}

export interface NewCustomer {
  /** An id that the merchant chose, or `{ id }` when it has the form of one of ours; `null` to make one. */
  readonly selector: CustomerSelector | null;
  readonly email: string | null;
  readonly description: string | null;
  readonly metadata: Metadata;
  /** Attached, and made the default. */
  readonly paymentMethodId: Uuid | null;
}

export interface CustomerChanges {
  readonly email?: string | null;
  readonly description?: string | null;
  readonly metadata?: MetadataChange;
  readonly defaultPaymentMethodId?: Uuid | null;
}

export interface NewPaymentMethod {
  readonly card: EnteredCard;
  readonly customer: CustomerSelector | null;
  readonly metadata: Metadata;
}

export interface PaymentMethodChanges {
  readonly billingDetails?: BillingDetailsChange;
  readonly metadata?: MetadataChange;
}

export interface ConfigurationChanges {
  readonly active?: boolean;
  readonly name?: string | null;
  readonly preferences?: Partial<Record<PaymentMethodType, DisplayPreference>>;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** Everything that a dialect, the hosted page or a job can ask of the domain. Faults are thrown. */
export interface Operations {
  readonly setupIntents: {
    create(call: Call, input: NewSetupIntent): Promise<Outcome<SetupIntent>>;
    /** Creates and confirms with a saved method. Without one it is refused and nothing is created. */
    createAndConfirm(call: Call, input: NewSetupIntent, confirmation: Confirmation): Promise<Outcome<SetupIntent>>;
    retrieve(scope: Scope, id: Uuid): Promise<Outcome<SetupIntent>>;
    list(scope: Scope, page: PageRequest): Promise<Outcome<List<SetupIntent>>>;
    /**
     * With `expectVersion`, only the intent as it was at that version: what was decided on it may not hold any more, and
     * then the refusal is `too_many_changes_at_once`.
     */
    update(
      call: Call,
      id: Uuid,
      changes: SetupIntentChanges,
      options?: { readonly expectVersion: number },
    ): Promise<Outcome<SetupIntent>>;
    /** Keeps a card for the confirmation, in place of one that was entered before; `draft` tells what it is. */
    enterCard(call: Call, id: Uuid, entry: CardEntry): Promise<Outcome<SetupIntent>>;
    /**
     * Runs an attempt. Answers the intent as it is afterwards: `succeeded`; `requires_action`; `processing` while the
     * processor's answer is not known; or `requires_payment_method` with `lastSetupError` set, which is a decline.
     */
    confirm(call: Call, id: Uuid, confirmation: Confirmation): Promise<Outcome<SetupIntent>>;
    cancel(call: Call, id: Uuid, reason: CancellationReason | null): Promise<Outcome<SetupIntent>>;
    /**
     * What the same request was answered under its idempotency key before; `null` when it is the first. For who refuses
     * before asking for any of the above, which look by themselves.
     */
    firstAnswer(call: Call): Promise<Outcome<SetupIntent> | null>;
    /** The secret that lets one browser act on this intent: 43 characters of base62, without any dialect's prefix. */
    clientSecret(intent: SetupIntent): string;
    isClientSecret(candidate: string, scope: Scope, id: Uuid): boolean;
    /**
     * The cardholder came back from the issuer with our state token. Nothing else they bring is believed: the processor is
     * asked. `null` for a token that is forged, or of an attempt that is over.
     */
    returnFromAuthentication(stateToken: string): Promise<SetupIntent | null>;
    /**
     * The cardholder closed the issuer's page. Unless the processor knows of an outcome, the attempt is over and the
     * processor told to undo it. Answers the intent as it is afterwards; whoever asks has shown its client secret.
     */
    abandonAuthentication(scope: Scope, id: Uuid): Promise<Outcome<SetupIntent>>;
  };
  readonly checkoutSessions: {
    create(call: Call, input: NewCheckoutSession): Promise<Outcome<CheckoutSessionWithIntent>>;
    retrieve(scope: Scope, id: Uuid): Promise<Outcome<CheckoutSessionWithIntent>>;
    /** For the hosted page, whose address is the session's id alone. */
    retrieveForPage(id: Uuid): Promise<(CheckoutSessionWithIntent & { readonly merchantName: string }) | null>;
    list(scope: Scope, page: PageRequest): Promise<Outcome<List<CheckoutSession>>>;
    update(call: Call, id: Uuid, metadata: MetadataChange): Promise<Outcome<CheckoutSessionWithIntent>>;
    expire(call: Call, id: Uuid): Promise<Outcome<CheckoutSessionWithIntent>>;
  };
  readonly customers: {
    create(call: Call, input: NewCustomer): Promise<Outcome<Customer>>;
    /** The customer of that external reference, as they are, or a new one. */
    findOrCreate(
      call: Call,
      input: { readonly externalReference: string; readonly description: string | null },
    ): Promise<Outcome<Customer>>;
    retrieve(scope: Scope, selector: CustomerSelector): Promise<Outcome<Customer>>;
    /** One that was deleted, as they were then; `null` when there is none. */
    findDeleted(scope: Scope, selector: CustomerSelector): Promise<Customer | null>;
    list(scope: Scope, page: PageRequest): Promise<Outcome<List<Customer>>>;
    update(call: Call, selector: CustomerSelector, changes: CustomerChanges): Promise<Outcome<Customer>>;
    /** Detaches the customer's methods and cancels their open setup intents (`abandoned`). */
    delete(call: Call, selector: CustomerSelector): Promise<Outcome<Customer>>;
    listPaymentMethods(
      scope: Scope,
      selector: CustomerSelector,
      page: PageRequest,
    ): Promise<Outcome<List<PaymentMethod>>>;
  };
  readonly paymentMethods: {
    /** Stores a raw card without asking the issuer; test mode only. */
    create(call: Call, input: NewPaymentMethod): Promise<Outcome<PaymentMethod>>;
    retrieve(scope: Scope, id: Uuid): Promise<Outcome<PaymentMethod>>;
    list(
      scope: Scope,
      filter: { readonly customer?: CustomerSelector },
      page: PageRequest,
    ): Promise<Outcome<List<PaymentMethod>>>;
    update(call: Call, id: Uuid, changes: PaymentMethodChanges): Promise<Outcome<PaymentMethod>>;
    attach(call: Call, id: Uuid, customer: CustomerSelector): Promise<Outcome<PaymentMethod>>;
    detach(call: Call, id: Uuid): Promise<Outcome<PaymentMethod>>;
    /**
     * Takes a method from its customer, or, with `customer` null, one that has none out of use. While a mandate to charge
     * off session is active the method stays, for that alone: its usage becomes `off_session`. Otherwise it is detached.
     */
    release(call: Call, id: Uuid, owner: { readonly customerId: Uuid | null }): Promise<Outcome<PaymentMethod>>;
  };
  readonly mandates: {
    retrieve(scope: Scope, id: Uuid): Promise<Outcome<Mandate>>;
    listOfPaymentMethod(scope: Scope, paymentMethodId: Uuid, page: PageRequest): Promise<Outcome<List<Mandate>>>;
    /** For good. A mandate that has ended before is answered as it is. */
    revoke(call: Call, id: Uuid): Promise<Outcome<Mandate>>;
  };
  readonly configurations: {
    retrieve(scope: Scope, id: Uuid): Promise<Outcome<PaymentMethodConfiguration>>;
    list(scope: Scope, page: PageRequest): Promise<Outcome<List<PaymentMethodConfiguration>>>;
    update(call: Call, id: Uuid, changes: ConfigurationChanges): Promise<Outcome<PaymentMethodConfiguration>>;
  };
  readonly events: {
    retrieve(scope: Scope, id: Uuid): Promise<Outcome<Event>>;
    list(
      scope: Scope,
      filter: { readonly types: readonly EventType[]; readonly objectId?: Uuid },
      page: PageRequest,
    ): Promise<Outcome<List<Event>>>;
    /** How many webhook endpoints have not accepted each of these events yet; those that wait for none are left out. */
    countPendingDeliveries(scope: Scope, ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, number>>;
  };
  readonly jobs: {
    /** Asks processors about attempts that are due; answers how many it looked at. */
    resumeAttempts(limit: number): Promise<number>;
    /** Cancels setup intents, and expires checkout sessions, whose time is up; answers how many. */
    expire(limit: number): Promise<number>;
    forgetIdempotencyKeys(limit: number): Promise<number>;
    /** Forgets counts whose time is over; answers how many. */
    forgetCounts(limit: number): Promise<number>;
    /** Looks for merchants where somebody tries cards out; answers those where it begins now. */
    detectAttacks(): Promise<readonly Scope[]>;
    /** Announces saved cards that end in so many days, and those that have ended; answers how many it looked at. */
    announceExpiries(noticeDays: readonly number[], limit: number): Promise<number>;
    /** Forgets cards that were entered ahead and never confirmed; answers how many it looked at. */
    forgetIdleCards(limit: number): Promise<number>;
    /** Takes saved methods out of use that are nobody's and not to be charged; answers how many it looked at. */
    forgetUnusedMethods(limit: number): Promise<number>;
  };
}
