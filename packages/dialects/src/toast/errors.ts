import type { Clock, Instant, Refusal, RefusalCode, SetupErrorCode } from '@onfile/core';
import type { Access, DialectErrors, DialectResponse } from '../dialect.js';
import type { ParseFault } from '../fields.js';
import { CODES } from './choices.js';
import { type ErrorFacts, fieldsError, renderError, type ToastError } from './error-message.js';
import { HTTP_FAULT_ERRORS } from './http-faults.js';

export interface ErrorPlace {
  readonly path: string;
  readonly requestId?: string;
  readonly access?: Access;
}

export interface ToastErrors extends DialectErrors {
  refusal(refusal: Refusal, place: ErrorPlace): DialectResponse;
  /** The answer to a request that could not be put to the domain. */
  parseFault(fault: ParseFault, place: ErrorPlace): DialectResponse;
  /** The answer to a confirmation that did not save the card. */
  decline(code: SetupErrorCode, place: ErrorPlace): DialectResponse;
  /** An error of this API that the domain does not know. */
  own(error: ToastError, place: ErrorPlace): DialectResponse;
}

export function createToastErrors({ clock }: { readonly clock: Clock }): ToastErrors {
  const refusal: ToastErrors['refusal'] = (refused, place) => {
    const error = refusalError(refused);
    return renderError(
      error,
      factsAt(place, { ...retryAfter(error, refused, clock.now()), ...developerMessage(refused.code, place) }),
    );
  };
  return {
    refusal,
    fault(fault, { detail, retryAfterSeconds, ...place }) {
      const error = HTTP_FAULT_ERRORS[fault];
      const seconds = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      const challenge = error.status === 401 ? { 'www-authenticate': 'Bearer' } : {};
      return renderError(
        error,
        factsAt(place, {
          headers: { ...challenge, ...seconds },
          ...(detail === undefined ? {} : { developerMessage: detail }),
        }),
      );
    },
    parseFault(fault, place) {
      if (fault.kind === 'refused') return refusal(fault.refusal, place);
      const { problems } = fault;
      return renderError(fieldsError(problems), factsAt(place, { problems }));
    },
    decline: (code, place) =>
      renderError(
        code === 'not_processed' ? NOT_CHECKED : CARD_DECLINED,
        factsAt(place, developerMessage(code, place)),
      ),
    own: (error, place) => renderError(error, factsAt(place, {})),
  };
}

export const UNKNOWN_CUSTOMER: ToastError = {
  status: 400,
  code: CODES.unknownCustomer,
  message: 'There is no such customer.',
  fieldName: 'customerId',
};
export const WRONG_SESSION_SECRET: ToastError = {
  status: 403,
  code: CODES.sessionSecret,
  message: 'This session secret does not belong to this.',
};
export const WRONG_LOCATION: ToastError = {
  status: 403,
  code: CODES.location,
  message: 'These credentials are not for this location.',
};
export const SCOPE_MISSING: ToastError = {
  status: 403,
  code: CODES.scope,
  message: 'These credentials do not allow this.',
};
const NOT_FOUND: ToastError = { status: 404, code: CODES.notFound, message: 'There is no such object.' };
export const EXPIRED: ToastError = {
  status: 404,
  code: CODES.expired,
  message: 'This session has expired. Please start again.',
};
const CONFLICT: ToastError = {
  status: 409,
  code: CODES.stateConflict,
  message: 'This cannot be done any more, or not now.',
};
/** One message for every reason: who tries cards out learns nothing from it. */
const CARD_DECLINED: ToastError = {
  status: 400,
  code: CODES.cardDeclined,
  message: 'The card was declined. Please try another card.',
  canRetry: true,
};

/** No issuer was asked. */
const NOT_CHECKED: ToastError = { ...CARD_DECLINED, message: 'The card could not be checked. Please try again.' };

function invalid(fieldName: string, message: string): ToastError {
  return { status: 400, code: CODES.invalidField, message, fieldName };
}

/** What the domain refuses, in this API's numbers. */
export const REFUSAL_ERRORS = {
  idempotency_key_reused: {
    status: 409,
    code: CODES.idempotencyMismatch,
    message: 'This idempotency key was used before with another request.',
  },
  idempotency_key_in_use: { ...CONFLICT, message: 'The first request with this key has not ended.', canRetry: true },
  object_not_found: NOT_FOUND,
  cursor_not_found: NOT_FOUND,
  setup_intent_owned_by_checkout_session: CONFLICT,
  setup_intent_unexpected_status: CONFLICT,
  setup_intent_expired: EXPIRED,
  setup_intent_attempts_exhausted: {
    status: 429,
    code: CODES.tooManyAttempts,
    message: 'There were too many attempts. Please start again.',
  },
  confirmation_limit_reached: {
    status: 429,
    code: CODES.tooManyAttempts,
    message: 'There were too many attempts. Please try again later.',
  },
  checkout_session_unexpected_status: CONFLICT,
  customer_id_taken: CONFLICT,
  metadata_limit_exceeded: invalid('metadata', 'There are too many entries.'),
  return_url_missing: { ...CONFLICT, message: 'The card has to be authenticated, which is not possible here.' },
  checkout_session_expiry_out_of_range: invalid('expiresAt', 'This is too near or too far ahead.'),
  raw_card_in_live_mode: { status: 403, code: CODES.rawCard, message: 'Card numbers are taken from the iframe only.' },
  payment_method_type_unsupported: invalid('type', 'Only cards that are typed in can be saved.'),
  payment_method_types_unavailable: invalid('type', 'Cards cannot be saved at present.'),
  payment_method_missing: {
    status: 400,
    code: CODES.paymentMethodMissing,
    message: 'No card has been entered.',
    fieldName: 'paymentMethodId',
  },
  payment_method_detached: NOT_FOUND,
  payment_method_never_attached: CONFLICT,
  payment_method_already_detached: NOT_FOUND,
  payment_method_already_attached: CONFLICT,
  payment_method_not_owned_by_customer: NOT_FOUND,
  payment_method_customer_required: {
    status: 400,
    code: CODES.missingField,
    message: 'This payment method has a customer, who has to be named.',
    fieldName: 'customerId',
  },
  payment_method_not_of_intent: {
    status: 409,
    code: CODES.paymentMethodNotOfIntent,
    message: 'This payment method was not entered for this intent.',
    fieldName: 'paymentMethodId',
  },
  payment_method_usage_mismatch: invalid('usage', 'The setup intent does not ask for this usage.'),
  payment_method_not_to_be_kept: {
    status: 400,
    code: CODES.cardNotToBeKept,
    message: 'The customer has to agree that the card is remembered.',
    fieldName: 'usage',
  },
  card_number_invalid: invalid('card.number', 'This is not a card number.'),
  card_brand_unsupported: invalid('card.number', 'Cards of this brand are not accepted.'),
  test_card_in_live_mode: invalid('card.number', 'This is a test card.'),
  live_card_in_test_mode: invalid('card.number', 'Only published test cards are accepted here.'),
  card_expiry_invalid: invalid('card.expiry', 'This cannot be an expiry date.'),
  card_expired: invalid('card.expiry', 'The card has expired.'),
  cvc_invalid: invalid('card.cvv', 'The security code has another length.'),
  processor_missing: { ...CONFLICT, message: 'No processor is connected.' },
  too_many_changes_at_once: { ...CONFLICT, message: 'Others are changing this. Please try again.', canRetry: true },
} as const satisfies Record<RefusalCode, ToastError>;

/** What was canceled, through another dialect or by its time, reads here as what has expired. */
function refusalError({ code, facts }: Refusal): ToastError {
  const isEnded = code === 'setup_intent_unexpected_status' && facts.status === 'canceled';
  return isEnded ? EXPIRED : REFUSAL_ERRORS[code];
}

function retryAfter(error: ToastError, refused: Refusal, now: Instant): Pick<ErrorFacts, 'headers'> {
  const seconds = retryAfterSeconds(error, refused, now);
  return seconds === null ? {} : { headers: { 'retry-after': String(seconds) } };
}

function retryAfterSeconds({ canRetry, status }: ToastError, { code, facts }: Refusal, now: Instant): number | null {
  if (code === 'confirmation_limit_reached') return facts.retryAfterSeconds;
  if (code === 'setup_intent_attempts_exhausted') {
    // A refusal that an earlier release remembered has no such fact.
    return Math.max(1, Math.ceil(((facts.expiresAt ?? now) - now) / 1_000));
  }
  return canRetry && status === 409 ? 1 : null;
}

/** For the merchant's server only: a page would show it to whoever tries cards out. */
function developerMessage(code: string, { access }: ErrorPlace): Pick<ErrorFacts, 'developerMessage'> {
  return access === 'secret' ? { developerMessage: code } : {};
}

function factsAt({ path, requestId }: ErrorPlace, facts: Partial<ErrorFacts>): ErrorFacts {
  return { path, ...(requestId !== undefined && { requestId }), ...facts };
}
