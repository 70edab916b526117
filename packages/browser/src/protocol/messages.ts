import type { CheckoutAsk, CheckoutNews, CheckoutOptions, CheckoutResult } from './checkout-messages.js';

/** Of the handshake and of everything that follows it. */
export const PROTOCOL_VERSION = 1;

/** A message is JSON text, so that its size is known before it is read and nothing but data can be in it. */
export const MESSAGE_CHARACTERS_MAX = 16_384;

export type FormLocale = 'ja' | 'en';
export type AddressMode = 'shipping' | 'billing';

// By window, before there is a port.

/** The frame is there, or says why there will be no form in it. */
export type Greeting =
  | { readonly type: 'hello'; readonly id: string }
  | { readonly type: 'refused'; readonly id: string; readonly reason: RefusedReason };

export const REFUSED_REASONS = ['unknown_key'] as const;
export type RefusedReason = (typeof REFUSED_REASONS)[number];

/** The page's only answer to `hello`; one end of a channel comes with it. */
export interface Init {
  readonly type: 'init';
  readonly id: string;
  readonly version: typeof PROTOCOL_VERSION;
  readonly clientSecret: string;
  readonly state: FormState;
}

/** Everything that the page decides about a form; sent whole whenever some of it changes. */
export interface FormState {
  readonly locale: FormLocale;
  readonly appearance: Appearance;
  readonly options: PaymentOptions | AddressOptions | ChallengeOptions | CheckoutOptions;
}

export interface Appearance {
  readonly isDark: boolean;
  /** As the merchant wrote them; the frame reads them as values, and drops what is none. */
  readonly variables: Readonly<Partial<Record<AppearanceVariable, string>>>;
}

export const APPEARANCE_VARIABLES = [
  'colorPrimary',
  'colorBackground',
  'colorText',
  'colorDanger',
  'fontFamily',
  'fontSizeBase',
] as const;
export type AppearanceVariable = (typeof APPEARANCE_VARIABLES)[number];

export interface PaymentOptions {
  readonly form: 'payment';
  readonly layout: 'tab' | 'accordion';
  readonly isCollapsed: boolean;
  /** Whether the form asks for it; what it does not ask for, the page has to bring when it confirms. */
  readonly asks: Readonly<Record<ContactField, boolean>>;
  readonly values: Readonly<Partial<Record<ContactField, string>>>;
}

export const CONTACT_FIELDS = ['name', 'email', 'phone'] as const;
export type ContactField = (typeof CONTACT_FIELDS)[number];

export interface AddressOptions {
  readonly form: 'address';
  readonly mode: AddressMode;
  readonly asksPhone: boolean;
  readonly values: Readonly<Partial<Record<AddressField, string>>>;
}

export const ADDRESS_FIELDS = ['country', 'name', 'zip', 'state', 'city', 'line1', 'line2', 'phone'] as const;
export type AddressField = (typeof ADDRESS_FIELDS)[number];

/** 3-D Secure: the frame shows the card company's page. */
export interface ChallengeOptions {
  readonly form: 'challenge';
  /** Of the card company's page. Its width is the frame's. */
  readonly heightPx: number;
  /** Also when no card was saved the browser goes on to the flow's return URL. */
  readonly alwaysReturns: boolean;
}

// By port.

export type ToFrame =
  | { readonly type: 'update'; readonly state: FormState }
  /** Out of the way: the payment form then has no method selected; a challenge asks whether to stop. */
  | { readonly type: 'collapse' }
  | { readonly type: 'ask'; readonly number: number; readonly ask: Ask };

/**
 * `confirm`: save the card. `refresh`: read the flow anew. `check`: show what is wrong with the entries. `authenticate`:
 * answered once the challenge is over.
 */
export type Ask =
  | { readonly kind: 'confirm'; readonly returnUrl: string; readonly billing: BillingDetails }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'check' }
  | { readonly kind: 'authenticate' }
  | CheckoutAsk;

export interface BillingDetails extends Readonly<Partial<Record<ContactField, string>>> {
  readonly address?: Readonly<Partial<Record<AddressPart, string>>>;
}

export const ADDRESS_PARTS = ['line1', 'line2', 'city', 'state', 'zip', 'country'] as const;
export type AddressPart = (typeof ADDRESS_PARTS)[number];

export type ToPage =
  | { readonly type: 'ready' }
  | { readonly type: 'height'; readonly px: number }
  | { readonly type: 'focus' }
  | { readonly type: 'blur' }
  /** Of the payment form. There is no place in it for anything that was typed. */
  | { readonly type: 'change'; readonly isEmpty: boolean; readonly isComplete: boolean; readonly method: 'card' | null }
  /** Of the address form, whose values are the merchant's to have. */
  | {
      readonly type: 'address';
      readonly isEmpty: boolean;
      readonly isComplete: boolean;
      readonly values: AddressValues;
    }
  /** Of the checkout form. */
  | { readonly type: 'news'; readonly news: CheckoutNews }
  | { readonly type: 'failed'; readonly error: FormError }
  | { readonly type: 'reply'; readonly number: number; readonly outcome: Outcome };

export type AddressValues = Readonly<Record<AddressField, string>>;

export type Outcome =
  | { readonly kind: 'done' }
  /** The browser has to go on to this address, which is http or https. */
  | { readonly kind: 'go'; readonly url: string }
  | { readonly kind: 'result'; readonly result: CheckoutResult }
  /** The card company has to see the cardholder first, at this address: a challenge shows it. */
  | { readonly kind: 'authenticate'; readonly url: string }
  /** `isStopped`: the cardholder closed the challenge. */
  | { readonly kind: 'error'; readonly error: FormError; readonly isStopped?: true };

export const ERROR_KINDS = ['payment', 'validation', 'api', 'sdk'] as const;

/** `payment`: another card is wanted. `validation`: the form shows it. `api`, `sdk`: the merchant's to mend. */
export interface FormError {
  readonly kind: (typeof ERROR_KINDS)[number];
  readonly code: string;
  readonly message: string;
  readonly problems: readonly FieldProblem[];
}

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
  readonly problem: string;
}
