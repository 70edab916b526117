import type { CardForm, CardFormOptions, Locale } from './card-form.js';
import type { OnfileError } from './errors.js';

export interface OnfileOptions {
  /** The vault's origin: `https://…`, or `http://` on the visitor's own machine. */
  readonly vaultUrl: string;
  /** `pk_…`. A secret key is refused: it must never be in a page. */
  readonly publicKey: string;
  /** Of every form that has none of its own. The page's language otherwise: Japanese for `<html lang="ja">`, else English. */
  readonly locale?: Locale;
}

export interface Onfile {
  /** Throws `invalid_options` for anything but a client secret that began with `setfws_`. */
  createCardForm(options: CardFormOptions): CardForm;
  /** As the server has it now. Rejects with an {@link OnfileError}. */
  retrieveSetupIntent(clientSecret: string): Promise<SetupIntent>;
  /**
   * What came of a setup that was left in the middle: by a bank's page that took the whole window, or by a reload. Waits
   * for a processor that is still thinking; opens nothing and leaves nothing. Never rejects.
   */
  resume(clientSecret: string): Promise<ResumeResult>;
}

/** What a page gets to see of a setup intent. In the server's API it is the setup flow of the same id. */
export interface SetupIntent {
  readonly id: string;
  readonly status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'succeeded'
    | 'canceled';
  /** Once it has `succeeded`, the saved card. */
  readonly paymentMethodId: string | null;
  readonly customerId: string | null;
  readonly isLiveMode: boolean;
}

/**
 * `succeeded`: the card is saved. `processing`: the processor has not answered yet, and a webhook will tell. `canceled`: the
 * cardholder closed the bank's question, and may try again. `failed`: `error` says why.
 */
export type SaveResult =
  | { readonly status: 'succeeded'; readonly setupIntent: SetupIntent; readonly error?: undefined }
  | { readonly status: 'processing'; readonly setupIntent: SetupIntent; readonly error?: undefined }
  | { readonly status: 'canceled'; readonly setupIntent: SetupIntent | null; readonly error?: undefined }
  | { readonly status: 'failed'; readonly setupIntent: SetupIntent | null; readonly error: OnfileError };

/**
 * `unfinished`: a card is still to be entered, or the bank's question to be answered. A mounted form shows which, and its
 * `save` goes on with it.
 */
export type ResumeResult =
  | SaveResult
  | { readonly status: 'unfinished'; readonly setupIntent: SetupIntent; readonly error?: undefined };
