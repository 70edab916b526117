import type { EventObjectType } from './event/event.js';
import type { LimitName } from './limits/limits.js';

/**
 * Every "no" that the domain can answer, with the facts that go with it. Where several apply, the first in this list is
 * given: who may see the object at all comes before the state it is in, and that before what was asked of it.
 */
export interface RefusalFacts {
  /** The idempotency key was used before with another request. */
  idempotency_key_reused: Record<never, never>;
  /** The first request with this idempotency key has not ended yet. */
  idempotency_key_in_use: Record<never, never>;

  /** Unknown, another merchant's, of the other mode, or deleted: the caller cannot tell which. */
  object_not_found: { object: EventObjectType | 'event'; id: string };
  /** The page cursor names no object. */
  cursor_not_found: { parameter: 'starting_after' | 'ending_before'; id: string };

  setup_intent_owned_by_checkout_session: { checkoutSessionId: string };
  setup_intent_unexpected_status: { status: string; allowed: readonly string[] };
  setup_intent_expired: { expiresAt: number };
  /** As many attempts have begun as may, until the intent ends; `null` where it has no time limit, or none was looked up. */
  setup_intent_attempts_exhausted: { expiresAt: number | null };
  /** Too many confirmations, of whatever was counted. */
  confirmation_limit_reached: { limit: LimitName; retryAfterSeconds: number };
  checkout_session_unexpected_status: { status: string; allowed: readonly string[] };

  customer_id_taken: { id: string };
  metadata_limit_exceeded: { count: number; limit: number };
  return_url_missing: Record<never, never>;
  /** How far ahead a session may expire, in milliseconds. */
  checkout_session_expiry_out_of_range: { leastMs: number; mostMs: number };

  /** Raw card numbers over the server API are for test mode; live cards come through our pages and frames. */
  raw_card_in_live_mode: Record<never, never>;
  payment_method_type_unsupported: { type: string };
  payment_method_types_unavailable: { types: readonly string[] };
  payment_method_missing: Record<never, never>;
  payment_method_detached: { id: string };
  payment_method_never_attached: { id: string };
  payment_method_already_detached: { id: string };
  payment_method_already_attached: { id: string };
  payment_method_not_owned_by_customer: { id: string };
  payment_method_customer_required: { id: string };
  /** Not the card that was entered for this intent. */
  payment_method_not_of_intent: Record<never, never>;
  /** The card may not be used later in the way that the intent asks for, or in more ways than it asks for. */
  payment_method_usage_mismatch: { intentUsage: string; usage: string };
  /** The cardholder did not agree that the card is kept. */
  payment_method_not_to_be_kept: Record<never, never>;

  card_number_invalid: Record<never, never>;
  card_brand_unsupported: Record<never, never>;
  test_card_in_live_mode: Record<never, never>;
  live_card_in_test_mode: Record<never, never>;
  card_expiry_invalid: Record<never, never>;
  card_expired: Record<never, never>;
  cvc_invalid: Record<never, never>;

  /** No processor is connected for this mode. */
  processor_missing: { mode: string };
  /** The object kept changing under us; nothing was done, and the caller may try again. */
  too_many_changes_at_once: Record<never, never>;
}

export type RefusalCode = keyof RefusalFacts;

/** The order of precedence. A test holds it complete and equal to the order of {@link RefusalFacts}. */
export const REFUSAL_CODES = [
  'idempotency_key_reused',
  'idempotency_key_in_use',
  'object_not_found',
  'cursor_not_found',
  'setup_intent_owned_by_checkout_session',
  'setup_intent_unexpected_status',
  'setup_intent_expired',
  'setup_intent_attempts_exhausted',
  'confirmation_limit_reached',
  'checkout_session_unexpected_status',
  'customer_id_taken',
  'metadata_limit_exceeded',
  'return_url_missing',
  'checkout_session_expiry_out_of_range',
  'raw_card_in_live_mode',
  'payment_method_type_unsupported',
  'payment_method_types_unavailable',
  'payment_method_missing',
  'payment_method_detached',
  'payment_method_never_attached',
  'payment_method_already_detached',
  'payment_method_already_attached',
  'payment_method_not_owned_by_customer',
  'payment_method_customer_required',
  'payment_method_not_of_intent',
  'payment_method_usage_mismatch',
  'payment_method_not_to_be_kept',
  'card_number_invalid',
  'card_brand_unsupported',
  'test_card_in_live_mode',
  'live_card_in_test_mode',
  'card_expiry_invalid',
  'card_expired',
  'cvc_invalid',
  'processor_missing',
  'too_many_changes_at_once',
] as const satisfies readonly RefusalCode[];

export type Refusal = {
  [C in RefusalCode]: { readonly code: C; readonly facts: Readonly<RefusalFacts[C]> };
}[RefusalCode];

export interface Refused {
  readonly kind: 'refused';
  readonly refusal: Refusal;
}

/** What an operation answers. `replayed` is set when an earlier request with the same idempotency key did the work. */
export interface Done<T> {
  readonly kind: 'done';
  readonly value: T;
  readonly replayed?: boolean;
}

export type Outcome<T> = Done<T> | Refused;

export function refuse<C extends RefusalCode>(code: C, facts: RefusalFacts[C]): Refused {
  return { kind: 'refused', refusal: { code, facts } as unknown as Refusal };
}

export function done<T>(value: T): Done<T> {
  return { kind: 'done', value };
}

/** The refusal that goes first, of several that apply. */
export function firstRefusal(refusals: readonly (Refused | null)[]): Refused | null {
  const given = refusals.filter((refused): refused is Refused => refused !== null);
  given.sort((a, b) => REFUSAL_CODES.indexOf(a.refusal.code) - REFUSAL_CODES.indexOf(b.refusal.code));
  return given[0] ?? null;
}
