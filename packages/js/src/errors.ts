/**
 * What goes wrong, by the code. `message` is a sentence for the developer, except where `isShown`: then it is one for the
 * cardholder, in the form's language. Bundles do not share classes, so tell an error by its `name`, which is `OnfileError`.
 */
export interface OnfileError extends Error {
  readonly name: 'OnfileError';
  readonly code: OnfileErrorCode;
  /** Whether the card form shows it to the cardholder by itself. */
  readonly isShown: boolean;
  /** The entries that are wrong, with `invalid_entries`; otherwise empty. */
  readonly fields: readonly InvalidEntry[];
}

export interface InvalidEntry {
  readonly field: 'number' | 'expiry' | 'cvc' | 'name' | 'email' | 'phone' | 'address';
  /** Such as `required`, `mistyped` or `past`. New ones may come. */
  readonly problem: string;
  readonly message: string;
}

/** Each is explained in docs/browser-sdk.md, with what to do. */
export type OnfileErrorCode =
  // The cardholder can do something about these, and the form says what.
  | 'invalid_entries'
  | 'card_declined'
  | 'expired_card'
  | 'invalid_cvc'
  | 'invalid_expiry'
  | 'processing_error'
  | 'authentication_failed'
  | 'unsupported_card'
  // The call is wrong.
  | 'invalid_options'
  | 'form_not_mounted'
  | 'unknown_public_key'
  | 'unknown_client_secret'
  | 'setup_intent_closed'
  // Something is in the way.
  | 'script_not_loaded'
  | 'form_not_loaded'
  | 'network_error'
  | 'outcome_unknown'
  | 'too_many_attempts'
  | 'rate_limited'
  | 'server_error';
