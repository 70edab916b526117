import type { CustomerRef } from '../customer/customer.js';
import type { Metadata } from '../metadata.js';
import type { Instant, Scope, Uuid } from '../scope.js';

export type PaymentMethodType = 'card' | 'apple_pay' | 'paypay';

/** The types that can be saved in this release. */
export const SAVABLE_TYPES: readonly PaymentMethodType[] = ['card'];

export type CardBrand = 'visa' | 'mastercard' | 'jcb' | 'amex' | 'diners' | 'discover' | 'unionpay';

/** What may be known of a card outside the vault. */
export interface CardDetails {
  readonly brand: CardBrand;
  /** The first six digits. */
  readonly bin: string;
  readonly last4: string;
  /** 1 to 12. */
  readonly expMonth: number;
  /** Four digits. */
  readonly expYear: number;
  /** Issuing country, ISO 3166-1 alpha-2, once the processor has told it. */
  readonly country: string | null;
  /** `fp_…`; the same card number always gives the same one within a merchant and mode. */
  readonly fingerprint: string;
}

export interface Address {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly zip: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
}

export interface BillingDetails {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: Address;
}

/** Absent fields stay as they are. */
export interface BillingDetailsChange extends Partial<Omit<BillingDetails, 'address'>> {
  readonly address?: Partial<Address>;
}

export function applyBillingDetailsChange(details: BillingDetails, change: BillingDetailsChange): BillingDetails {
  return { ...details, ...change, address: { ...details.address, ...change.address } };
}

export const NO_ADDRESS: Address = { line1: null, line2: null, city: null, state: null, zip: null, country: null };

/**
 * `draft`: entered for a setup that has not succeeded, and visible to nobody; removed when that setup fails.
 * `usable`: saved. `detached`: never usable again.
 */
export type PaymentMethodState = 'draft' | 'usable' | 'detached';

/**
 * Who may use a saved method. `on_session`: its customer, who can choose it again. `off_session`: the merchant alone, under
 * a mandate. `on_and_off_session`: both.
 */
export type MethodUsage = 'on_session' | 'off_session' | 'on_and_off_session';

export interface PaymentMethod {
  readonly id: Uuid;
  readonly scope: Scope;
  /** Counts announced changes; equal to the sequence of the object's latest event; 0 for a draft. */
  readonly version: number;
  readonly state: PaymentMethodState;
  readonly type: 'card';
  /** `null` where nobody said. */
  readonly usage: MethodUsage | null;
  readonly customer: CustomerRef | null;
  /** Whose it was before it was detached; never shown, kept for support and disputes. */
  readonly formerCustomer: CustomerRef | null;
  readonly card: CardDetails;
  readonly billingDetails: BillingDetails;
  readonly metadata: Metadata;
  /** When an issuer last approved it for later use; `null` for a card that was stored without asking (test mode). */
  readonly verifiedAt: Instant | null;
  /** The card network's id of that approval, which later charges refer to. */
  readonly networkTransactionId: string | null;
  /** How many days ahead its end was last announced: 0 once it was announced as expired, `null` before any notice. */
  readonly expiryNoticeDays: number | null;
  readonly detachedAt: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}
