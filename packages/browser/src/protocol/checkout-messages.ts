/** Toast's eleven. Values are as the merchant wrote them; the frame reads them as values, and drops what is none. */
export const CHECKOUT_STYLE_KEYS = [
  'backgroundColor',
  'color',
  'fontFamily',
  'fontSize',
  'fontStyle',
  'fontWeight',
  'iconColor',
  'letterSpacing',
  'lineHeight',
  'padding',
  'textAlign',
] as const;
export type CheckoutStyleKey = (typeof CHECKOUT_STYLE_KEYS)[number];

export interface CheckoutOptions {
  readonly form: 'checkout';
  readonly styles: Readonly<Partial<Record<CheckoutStyleKey, string>>>;
}

/** `open`: use this session. `enter`: keep the card for it. `save`: confirm, with the card entered first where it has to be. */
export type CheckoutAsk =
  | { readonly kind: 'open'; readonly token: string; readonly sessionSecret: string; readonly merchantId: string }
  | { readonly kind: 'enter' }
  | { readonly kind: 'save'; readonly paymentMethodId: string | null };

/** Of what comes with a {@link CheckoutAsk}. Tokens are shorter, with all scopes. */
export const ASK_CHARACTERS_MAX = { token: 4_096, sessionSecret: 255, id: 36 } as const;

export const CHECKOUT_FIELDS = ['card_number', 'card_expiry', 'card_cvc', 'postal_code'] as const;
export type CheckoutField = (typeof CHECKOUT_FIELDS)[number];

export const CHECKOUT_BOXES = ['remember', 'authorization'] as const;
export type CheckoutBox = (typeof CHECKOUT_BOXES)[number];

export const CHECKOUT_STEPS = ['submit', 'processing', 'session_expiring', 'session_expired'] as const;
export type CheckoutStep = (typeof CHECKOUT_STEPS)[number];

/** What a page may watch. There is no place in it for anything that was typed. */
export type CheckoutNews =
  | {
      readonly about: 'field';
      readonly field: CheckoutField;
      readonly isEmpty: boolean;
      readonly isValid: boolean;
      /** A code such as `too_short`; `null` while nothing wrong is shown. */
      readonly problem: string | null;
      readonly brand: string | null;
    }
  | { readonly about: 'validity'; readonly isValid: boolean }
  | { readonly about: 'box'; readonly box: CheckoutBox; readonly isChecked: boolean }
  | { readonly about: 'step'; readonly step: CheckoutStep };

/** What came of a {@link CheckoutAsk}. */
export type CheckoutResult =
  | { readonly kind: 'opened'; readonly intentId: string }
  | {
      readonly kind: 'entered';
      readonly paymentMethodId: string;
      readonly usage: string;
      readonly card: {
        readonly brand: string;
        readonly lastFour: string;
        readonly month: string;
        readonly year: string;
      };
    }
  | {
      readonly kind: 'saved';
      readonly intentId: string;
      /** `SUCCEEDED`, or `PROCESSING` while the processor's answer is not known. */
      readonly status: string;
      readonly paymentMethodId: string | null;
      readonly mandateId: string | null;
      readonly customerId: string | null;
      readonly externalReferenceId: string | null;
    }
  | CheckoutRefusal;

/** `code` is one of the server's numbers, or a name of ours. */
export interface CheckoutRefusal {
  readonly kind: 'refused';
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
  readonly canRetry: boolean;
  readonly fieldName: string | null;
}
