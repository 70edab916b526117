import type { OnfileError } from './errors.js';
import type { SaveResult } from './onfile.js';

export type Locale = 'ja' | 'en';

/** A form for a card, in a frame of the vault's origin: nothing that is typed into it reaches the page. */
export interface CardForm {
  /** Throws where there is no such element. Mounted before, it moves there, empty. */
  mount(target: string | Element): void;
  /** At any moment, any number of times. A `save` under way ends with `form_not_mounted`. */
  unmount(): void;
  /** What is left out stays. Nothing that was entered is lost. */
  update(options: CardFormChanges): void;
  /** Answers a function that ends the listening. */
  on<E extends keyof CardFormEvents>(event: E, listener: (detail: CardFormEvents[E]) => void): () => void;
  /**
   * Saves the card that was entered, after the bank's question where there is one. Never rejects. The page is left only for
   * a bank's question on a narrow or isolated page; then this does not resolve, and the browser comes back to `returnUrl`.
   * Called while it works, it answers the same promise.
   */
  save(options?: SaveOptions): Promise<SaveResult>;
}

export interface CardFormOptions extends CardFormChanges {
  /** Of the setup that the card is for, as your server got it. It is secret from everybody but its customer. */
  readonly clientSecret: string;
}

export interface CardFormChanges {
  readonly locale?: Locale;
  readonly appearance?: Appearance;
  /** What the form asks for beside the card: all of it, unless it says `false`. What it does not ask for, `save` has to bring. */
  readonly fields?: { readonly [F in ContactField]?: boolean };
  /** What its fields start with. */
  readonly defaultValues?: { readonly [F in ContactField]?: string };
}

export type ContactField = 'name' | 'email' | 'phone';

export interface Appearance {
  readonly theme?: 'light' | 'dark';
  readonly variables?: {
    /** Colours: a name, `#rrggbb`, or a function such as `rgb(…)` or `oklch(…)`. */
    readonly colorPrimary?: string;
    readonly colorBackground?: string;
    readonly colorText?: string;
    readonly colorDanger?: string;
    /** Families that systems bring along; nothing is loaded. */
    readonly fontFamily?: string;
    /** 12px to 24px. */
    readonly fontSizeBase?: string;
  };
}

export interface CardFormEvents {
  /** It can be typed into. */
  readonly ready: undefined;
  readonly change: CardFormChange;
  readonly focus: undefined;
  readonly blur: undefined;
  /** There is no usable form: `error` says why, and the console too. */
  readonly loaderror: { readonly error: OnfileError };
}

export interface CardFormChange {
  readonly isEmpty: boolean;
  /** Nothing is missing or wrong, as far as can be told without the bank. */
  readonly isComplete: boolean;
}

export interface SaveOptions {
  /** Where the browser comes back to, if a bank takes the whole window; this page's own address otherwise. http or https. */
  readonly returnUrl?: string;
  readonly billingDetails?: BillingDetails;
}

export interface BillingDetails {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly address?: {
    readonly line1?: string;
    readonly line2?: string;
    readonly city?: string;
    readonly state?: string;
    readonly zip?: string;
    /** Two letters, as in ISO 3166-1. */
    readonly country?: string;
  };
}
