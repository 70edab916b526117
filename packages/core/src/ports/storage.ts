import type { ApiClient } from '../api-key/api-client.js';
import type { ApiKey } from '../api-key/api-key.js';
import type { CheckoutSession } from '../checkout-session/checkout-session.js';
import type { Customer, CustomerSelector } from '../customer/customer.js';
import type { Event, EventObjects, EventObjectType, EventType } from '../event/event.js';
import type { AttackSigns, CountedLimit, LimitReached, Rate } from '../limits/limits.js';
import type { Mandate } from '../mandate/mandate.js';
import type { Branding, BrandingSettings, Logo, LogoImage } from '../merchant/branding.js';
import type { Merchant } from '../merchant/merchant.js';
import type { MetadataChange } from '../metadata.js';
import type { ExpiryWindow } from '../payment-method/expiry.js';
import type { PaymentMethod } from '../payment-method/payment-method.js';
import type { PaymentMethodConfiguration } from '../payment-method-configuration/payment-method-configuration.js';
import type { Refusal } from '../refusals.js';
import type { Instant, Mode, Scope, Uuid } from '../scope.js';
import type { SetupAttempt } from '../setup-attempt/setup-attempt.js';
import type { SetupIntent, SetupIntentStatus } from '../setup-intent/setup-intent.js';
import type { OperatorStorage } from './operator-storage.js';
import type { SealedCard } from './vault.js';
import type { WebhookStorage } from './webhook-storage.js';

/**
 * What has to hold for a commit to happen; the rows it names stay locked until the commit's end.
 * A version is the surest; the others let a transition happen in one round trip, without loading the object first.
 */
export type Expectation =
  | { readonly version: number }
  | {
      readonly statusIn: readonly SetupIntentStatus[];
      /** Only when no checkout session drives the intent. */
      readonly withoutCheckoutSession?: boolean;
      /** Only when it has no limit, or its limit is after this moment. */
      readonly notExpiredAt?: Instant;
      /** Only an intent that has neither a draft nor a method to confirm with: nothing that has to be looked at first. */
      readonly isPlain?: boolean;
    };

/** Fields of an object to set; `metadata` is a change to merge, so that it needs no load. */
export type Patch<T> = Partial<Omit<T, 'id' | 'scope' | 'version' | 'createdAt' | 'updatedAt' | 'metadata'>> & {
  readonly metadata?: MetadataChange;
};

export interface NewEvent<T extends EventObjectType> {
  readonly id: Uuid;
  readonly type: EventType<T>;
}

/** A new object, at version 1, with the event that announces it. */
export type Insert = {
  [T in EventObjectType]: {
    readonly kind: 'insert';
    readonly objectType: T;
    readonly object: EventObjects[T];
    readonly event: NewEvent<T>;
  };
}[EventObjectType];

/** A change of an object: its version goes up by one, `updatedAt` becomes the commit's moment, and the event tells. */
export type Update = {
  [T in EventObjectType]: {
    readonly kind: 'update';
    readonly objectType: T;
    readonly id: Uuid;
    readonly expect: Expectation;
    readonly patch: Patch<EventObjects[T]>;
    readonly event: NewEvent<T>;
    /** Of a setup intent: takes one of the attempts that it has left, and holds only if there is one. */
    readonly takesAttempt?: boolean;
  };
}[EventObjectType];

/** Things that are changed together with announced objects, but are not announced themselves. */
export type Silent =
  /** A card entered for an attempt: version 0, seen by nobody until an update (expecting version 0) makes it usable. */
  | { readonly kind: 'insert_draft'; readonly paymentMethod: PaymentMethod; readonly sealed: SealedCard }
  /** Removes a draft and its sealed card. Does nothing to a method that is no draft. */
  | { readonly kind: 'delete_draft'; readonly id: Uuid }
  | { readonly kind: 'insert_sealed_card'; readonly paymentMethodId: Uuid; readonly sealed: SealedCard }
  /** For a method that can never be used again: its number is kept no longer than that. */
  | { readonly kind: 'delete_sealed_card'; readonly paymentMethodId: Uuid }
  | { readonly kind: 'insert_attempt'; readonly attempt: SetupAttempt }
  | {
      readonly kind: 'update_attempt';
      readonly id: Uuid;
      readonly expectVersion: number;
      readonly patch: Partial<Omit<SetupAttempt, 'id' | 'scope' | 'version' | 'setupIntentId' | 'startedAt'>>;
    }
  /** A card that was entered for an attempt; see {@link CardSighting}. */
  | { readonly kind: 'note_card'; readonly attemptId: Uuid; readonly card: string; readonly neighbours: string }
  /**
   * Counts, when all that stands before it holds; and holds only within its limit. What is counted stays counted, also when
   * a later limit keeps the commit from happening.
   */
  | { readonly kind: 'count'; readonly limit: CountedLimit }
  /** Holds only while nobody tries cards out at the merchant. */
  | { readonly kind: 'require_no_attack' }
  /**
   * Holds only if this customer exists; it cannot be deleted before the commit's end. With `withoutDefault`, only while that
   * method is not their default, and it cannot become it.
   */
  | { readonly kind: 'require_customer'; readonly id: Uuid; readonly withoutDefault?: Uuid }
  /** Holds only if this method is usable and that customer's; it cannot be detached before the commit's end. */
  | { readonly kind: 'require_payment_method'; readonly id: Uuid; readonly customerId: Uuid }
  /** Holds only if the merchant's payment method configuration is active and cards are on. */
  | { readonly kind: 'require_cards_available' };

export type Change = Insert | Update | Silent;

/** Remembers the answer to a request under the key that its caller chose. */
export interface IdempotencyEntry {
  readonly key: string;
  /** Method and route template: one key may be used once for each. */
  readonly operation: string;
  readonly requestDigest: Uint8Array;
  readonly expiresAt: Instant;
}

/**
 * How a commit deals with the caller's idempotency key. `begin`: the work goes on after this commit, with this attempt.
 * `done`: this commit is the work, and the object of its change number `changeIndex` (an insert or update) is the answer.
 * `finish`: the key was begun before.
 */
export type IdempotencyStep =
  | { readonly step: 'begin'; readonly entry: IdempotencyEntry; readonly attemptId: Uuid }
  | { readonly step: 'done'; readonly entry: IdempotencyEntry; readonly changeIndex: number }
  | { readonly step: 'finish'; readonly entry: IdempotencyEntry; readonly changeIndex: number };

export interface IdempotencyRecord {
  readonly requestDigest: Uint8Array;
  readonly state: 'running' | 'done';
  readonly attemptId: Uuid | null;
  /** The answer: an object as it was then, or a refusal. */
  readonly answer: Event['object'] | null;
  readonly answerType: EventObjectType | null;
  readonly refusal: Refusal | null;
}

/** All of it happens, or nothing; in one round trip. */
export interface Commit {
  readonly scope: Scope;
  readonly at: Instant;
  readonly changes: readonly Change[];
  readonly idempotency: IdempotencyStep | null;
}

export type CommitResult =
  /** `objects[i]` is the object after `changes[i]`; `null` for silent ones. */
  | { readonly kind: 'committed'; readonly objects: readonly (Event['object'] | null)[] }
  | Stale
  /** A limit was reached, or the merchant is under attack; nothing was changed, besides what was counted. */
  | LimitReached
  /** The idempotency key is there already; nothing was changed. */
  | { readonly kind: 'key_taken' }
  /** An id that the merchant chose is taken; nothing was changed. */
  | { readonly kind: 'customer_id_taken' };

/** Some expectation or requirement did not hold; nothing was changed. Load, decide again. */
export interface Stale {
  readonly kind: 'stale';
}

/** A page of a list: newest first. At most one cursor is set. */
export interface PageRequest {
  readonly limit: number;
  readonly startingAfter: Uuid | null;
  readonly endingBefore: Uuid | null;
}

/** `cursor_not_found`: the cursor names no object of this list. */
export type Page<T> =
  | { readonly kind: 'page'; readonly items: readonly T[]; readonly hasMore: boolean }
  | { readonly kind: 'cursor_not_found' };

/** A setup intent with what an operation on it may need, read at once. */
export interface LoadedSetupIntent {
  readonly intent: SetupIntent;
  readonly openAttempt: SetupAttempt | null;
}

/** An attempt with everything that deciding its end needs, read at once. */
export interface LoadedAttempt {
  readonly attempt: SetupAttempt;
  readonly intent: SetupIntent;
  readonly paymentMethod: PaymentMethod | null;
  readonly checkoutSession: CheckoutSession | null;
}

/**
 * The database. Every method is one round trip unless it says otherwise. A fault (connection lost, disk full) is thrown
 * as {@link StorageFault}; a commit whose fate is unknown after a lost connection is looked up before it answers.
 */
export interface Storage extends WebhookStorage, OperatorStorage {
  commit(commit: Commit): Promise<CommitResult>;

  loadSetupIntent(scope: Scope, id: Uuid): Promise<LoadedSetupIntent | null>;
  listSetupIntents(scope: Scope, page: PageRequest): Promise<Page<SetupIntent>>;
  /** Those of a customer that have not ended; at most `limit`. */
  listOpenSetupIntentsOfCustomer(scope: Scope, customerId: Uuid, limit: number): Promise<readonly LoadedSetupIntent[]>;

  loadAttempt(scope: Scope, id: Uuid): Promise<LoadedAttempt | null>;
  loadSealedCard(scope: Scope, paymentMethodId: Uuid): Promise<SealedCard | null>;
  /** A draft with its sealed card. */
  loadDraft(
    scope: Scope,
    id: Uuid,
  ): Promise<{ readonly paymentMethod: PaymentMethod; readonly sealed: SealedCard } | null>;

  loadCustomer(scope: Scope, selector: CustomerSelector): Promise<Customer | null>;
  /** One that was deleted, whom no other read finds. */
  findDeletedCustomer(scope: Scope, selector: CustomerSelector): Promise<Customer | null>;
  findCustomerByReference(scope: Scope, externalReference: string): Promise<Customer | null>;
  listCustomers(scope: Scope, page: PageRequest): Promise<Page<Customer>>;

  /** Drafts are not found. */
  loadPaymentMethod(scope: Scope, id: Uuid): Promise<PaymentMethod | null>;
  /** All that are not drafts; with `customerId`, those attached to that customer. */
  listPaymentMethods(
    scope: Scope,
    filter: { readonly customerId?: Uuid },
    page: PageRequest,
  ): Promise<Page<PaymentMethod>>;

  loadCheckoutSession(scope: Scope, id: Uuid): Promise<{ session: CheckoutSession; intent: SetupIntent } | null>;
  /** For the hosted page, whose address holds the session's id alone: across merchants and modes. */
  findCheckoutSessionScope(id: Uuid): Promise<Scope | null>;
  listCheckoutSessions(scope: Scope, page: PageRequest): Promise<Page<CheckoutSession>>;

  /** Whether the merchant's configuration is active and cards are on: what `require_cards_available` requires. */
  areCardsAvailable(scope: Scope): Promise<boolean>;
  loadPaymentMethodConfiguration(scope: Scope, id: Uuid): Promise<PaymentMethodConfiguration | null>;
  listPaymentMethodConfigurations(scope: Scope, page: PageRequest): Promise<Page<PaymentMethodConfiguration>>;

  loadMandate(scope: Scope, id: Uuid): Promise<Mandate | null>;
  listMandates(
    scope: Scope,
    filter: { readonly paymentMethodId?: Uuid; readonly setupIntentId?: Uuid },
    page: PageRequest,
  ): Promise<Page<Mandate>>;

  loadEvent(scope: Scope, id: Uuid): Promise<Event | null>;
  listEvents(
    scope: Scope,
    filter: { readonly types: readonly EventType[]; readonly objectId?: Uuid },
    page: PageRequest,
  ): Promise<Page<Event>>;

  findIdempotencyRecord(scope: Scope, operation: string, key: string, now: Instant): Promise<IdempotencyRecord | null>;
  /** Remembers a refusal under a key; if the key is there already, changes nothing and answers what is there. */
  recordRefusal(
    scope: Scope,
    entry: IdempotencyEntry,
    refusal: Refusal,
    now: Instant,
  ): Promise<IdempotencyRecord | null>;
  deleteExpiredIdempotencyRecords(now: Instant, limit: number): Promise<number>;

  // Sweeps over all merchants, for jobs. A row is claimed by its own compare-and-set, so that any number of workers may
  // run, and no statement has to skip locked rows across merchants. What changes rows finds them first, and then changes each
  // merchant's by themselves: another round trip for each merchant that has any.
  /** Attempts whose next check is due. Claiming moves their `nextCheckAt` to `leaseUntil`, so that nobody else takes them. */
  claimDueAttempts(now: Instant, leaseUntil: Instant, limit: number): Promise<readonly LoadedAttempt[]>;
  /** Open ones whose time is up and that no checkout session drives; those end with their session. */
  listExpiredSetupIntents(
    now: Instant,
    limit: number,
  ): Promise<readonly { readonly scope: Scope; readonly id: Uuid }[]>;
  /** Open ones whose time is up. Those that await a processor's answer end by it, and would stand before the others for ever. */
  listExpiredCheckoutSessions(
    now: Instant,
    limit: number,
  ): Promise<readonly { readonly scope: Scope; readonly id: Uuid }[]>;

  /** Those that wait for their confirmation with a card that was entered at this moment or before; the oldest first. */
  listSetupIntentsWithIdleCards(
    enteredBefore: Instant,
    limit: number,
  ): Promise<readonly { readonly scope: Scope; readonly id: Uuid }[]>;
  /**
   * Usable methods without a customer that were made at this moment or before, and whose mandates had all ended by then; the
   * oldest first.
   */
  listUnusedMethods(before: Instant, limit: number): Promise<readonly { readonly scope: Scope; readonly id: Uuid }[]>;
  /**
   * Usable methods whose cards end within the window and of which that has not been told, by mode, merchant, month and id;
   * from after `after`.
   */
  listExpiringMethods(
    window: ExpiryWindow,
    page: { readonly after: PaymentMethod | null; readonly limit: number },
  ): Promise<readonly PaymentMethod[]>;

  /**
   * Notes, until that moment, every merchant and mode where cards that were lately entered show these signs: more than half
   * of the verifications were declined, or of cards whose numbers are near to each other. A mode without signs is left out.
   * Answers those that were not under attack before.
   */
  noteAttacks(
    signs: Readonly<Record<Mode, AttackSigns | null>>,
    at: { readonly now: Instant; readonly until: Instant },
  ): Promise<readonly Scope[]>;
  /** Removes counts whose period is over, and sightings of cards from before `seenBefore`; answers how many. */
  deleteEndedCounts(now: Instant, seenBefore: Instant, limit: number): Promise<number>;
  /** What a merchant may do instead of the installation's limit. */
  loadConfirmationRate(scope: Scope): Promise<Rate | null>;
  /** `null` for the installation's. */
  saveConfirmationRate(scope: Scope, rate: Rate | null, at: Instant): Promise<void>;

  /** Creates a merchant with a payment method configuration for each mode. Does nothing if the merchant is there. */
  createMerchant(merchant: Merchant, configurations: readonly PaymentMethodConfiguration[]): Promise<void>;
  loadMerchant(id: Uuid): Promise<Merchant | null>;
  /** Newest first; with `before`, those made before that one. */
  listMerchants(limit: number, before?: Uuid): Promise<readonly Merchant[]>;
  /** Answers whether it is there. */
  renameMerchant(id: Uuid, name: string): Promise<boolean>;

  /** Origins whose pages may frame our forms, such as `https://shop.example`, in alphabetical order. */
  listMerchantOrigins(merchantId: Uuid): Promise<readonly string[]>;
  /** Answers whether it was not there before. */
  addMerchantOrigin(merchantId: Uuid, origin: string, at: Instant): Promise<boolean>;
  /** Answers whether it was there. */
  removeMerchantOrigin(merchantId: Uuid, origin: string): Promise<boolean>;

  /** Every part `null` when the merchant has chosen nothing. */
  loadBranding(merchantId: Uuid): Promise<Branding>;
  /** Takes the place of all settings; the logo stays. Give it what `checkBranding` answered. */
  saveBranding(merchantId: Uuid, settings: BrandingSettings, at: Instant): Promise<void>;
  /** `null` takes the logo away; the settings stay. Answers the logo as it is kept. */
  saveLogo(merchantId: Uuid, image: LogoImage | null, at: Instant): Promise<Logo | null>;
  /** The logo of that digest, if it is the merchant's logo now. */
  loadLogo(merchantId: Uuid, digest: string): Promise<LogoImage | null>;

  insertApiKey(key: ApiKey): Promise<void>;
  loadApiKey(merchantId: Uuid, id: Uuid): Promise<ApiKey | null>;
  listApiKeys(merchantId: Uuid): Promise<readonly ApiKey[]>;
  /** Answers whether there was such a key, revoked before or not. */
  revokeApiKey(merchantId: Uuid, id: Uuid, at: Instant): Promise<boolean>;

  insertApiClient(client: ApiClient): Promise<void>;
  loadApiClient(merchantId: Uuid, id: Uuid): Promise<ApiClient | null>;
  listApiClients(merchantId: Uuid): Promise<readonly ApiClient[]>;
  /** Answers whether there was such a client, revoked before or not. */
  revokeApiClient(merchantId: Uuid, id: Uuid, at: Instant): Promise<boolean>;
  /**
   * When the client's token that is good now was issued: `issuedAt` if none was, or only before `unlessAfter`. Whoever asks
   * at the same time gets the same answer; `null` when there is no such client.
   */
  renewToken(
    merchantId: Uuid,
    id: Uuid,
    token: { readonly issuedAt: Instant; readonly unlessAfter: Instant },
  ): Promise<Instant | null>;

  /** The vault's keys of a merchant, wrapped; newest version first. */
  loadMerchantKeys(merchantId: Uuid): Promise<readonly WrappedMerchantKey[]>;
  /** Anyone of any merchant; `null` while there is none. */
  findMerchantKey(): Promise<WrappedMerchantKey | null>;
  /** Inserts unless that version exists; answers the one that is there afterwards. Two round trips. */
  insertMerchantKey(key: WrappedMerchantKey): Promise<WrappedMerchantKey>;

  /** Throws {@link StorageFault} when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface WrappedMerchantKey {
  readonly merchantId: Uuid;
  readonly id: Uuid;
  readonly version: number;
  readonly state: 'active' | 'decrypt_only' | 'destroyed';
  readonly wrapped: Uint8Array;
  readonly createdAt: Instant;
}

/** The database could not do it: callers answer 503 and may try again. Carries no values of the statement. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault';
  /** SQLSTATE, or `connection`. */
  readonly code: string;
  constructor(message: string, options: { code: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}
