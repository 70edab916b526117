import type { EventObjectType, Refusal, RefusalCode, RefusalFacts, SetupErrorCode, Uuid } from '@onfile/core';
import type { DialectErrors, DialectResponse } from '../dialect.js';
import { DECLINES } from './declines.js';
import type { FieldProblem, ParseFault } from './fields.js';
import { httpFaultError } from './http-faults.js';
import type { PayjpIds } from './ids.js';
import {
  cardNumberField,
  type ErrorPlace,
  NOT_FOUND,
  type PayjpError,
  type ProblemFacts,
  renderProblem,
  VALIDATION_ERROR,
} from './problem.js';

export interface PayjpErrors extends DialectErrors {
  /** The answer to a request that could not be put to the domain. */
  parseFault(fault: ParseFault, place: ErrorPlace): DialectResponse;
  /** The answer to a confirmation that did not save the card. */
  decline(code: SetupErrorCode, place: ErrorPlace): DialectResponse;
}

export function createPayjpErrors({ errorTypeBase, ids }: { errorTypeBase: string; ids: PayjpIds }): PayjpErrors {
  const problem = (error: PayjpError, facts: ProblemFacts) => renderProblem(error, facts, errorTypeBase);

  const refusal: PayjpErrors['refusal'] = (refused, place) => {
    const { error, detail, field } = refusalError(refused, ids);
    const problems = field && [{ field: field(place), message: detail, kind: 'value' } as const];
    return problem(error, { detail, place, problems, headers: retryAfter(error.retryAfterSeconds) });
  };

  return {
    refusal,

    fault(fault, facts) {
      const error = httpFaultError(fault, facts);
      const { detail = error.detail, retryAfterSeconds } = facts;
      const problems =
        error.status === 422 ? [{ field: 'body', message: detail, kind: 'missing' } as const] : undefined;
      // Not `Basic`: a browser would ask the cardholder for a password.
      const challenge = error.status === 401 ? { 'www-authenticate': 'Bearer' } : {};
      return problem(error, {
        detail,
        place: facts,
        problems,
        headers: { ...challenge, ...retryAfter(retryAfterSeconds) },
      });
    },

    parseFault(fault, place) {
      if (fault.kind === 'refused') return refusal(fault.refusal, place);
      return problem(VALIDATION_ERROR, { detail: invalidDetail(fault.problems), place, problems: fault.problems });
    },

    decline(code, place) {
      const { error, message: detail } = DECLINES[code];
      const problems =
        error.status === 422 ? [{ field: cardNumberField(place), message: detail, kind: 'value' } as const] : undefined;
      return problem(error, { detail, place, problems });
    },
  };
}

function invalidDetail(problems: readonly FieldProblem[]): string {
  return problems.length === 1
    ? 'A field is not as it has to be; errors tells which.'
    : `${problems.length} fields are not as they have to be; errors tells which.`;
}

function refusalError({ code, facts }: Refusal, ids: PayjpIds) {
  // Each code has its own facts in the table; TypeScript does not follow that through the union.
  const error = REFUSALS[code] as RefusalError<RefusalCode>;
  return { error, field: error.field, detail: error.detail(facts as never, ids) };
}

type RefusalError<C extends RefusalCode> = PayjpError & {
  readonly detail: (facts: Readonly<RefusalFacts[C]>, ids: PayjpIds) => string;
  /** Present when the answer is a 422 about one field. */
  readonly field?: (place: ErrorPlace) => string;
  readonly retryAfterSeconds?: number;
};

const INVALID_STATUS: PayjpError = { status: 400, code: 'invalid_status', title: 'Invalid Status' };
const UNSUPPORTED_TYPE: PayjpError = {
  status: 400,
  code: 'unsupported_payment_method_type',
  title: 'Unsupported Payment Method Type',
};

const REFUSALS: { readonly [C in RefusalCode]: RefusalError<C> } = {
  idempotency_key_reused: {
    status: 409,
    code: 'idempotency_conflict',
    title: 'Idempotency Conflict',
    detail: () => 'This idempotency key was used before with another request. Use another key.',
  },
  idempotency_key_in_use: {
    status: 409,
    code: 'idempotency_timeout',
    title: 'Idempotency Timeout',
    retryAfterSeconds: 1,
    detail: () => 'The first request with this idempotency key has not ended yet. Try again with the same key.',
  },
  object_not_found: {
    ...NOT_FOUND,
    detail: ({ object, id }, ids) => `There is no ${OBJECT_NAMES[object]}${named(object, id, ids)}.`,
  },
  cursor_not_found: {
    status: 400,
    code: 'resource_missing',
    title: 'Resource Missing',
    detail: ({ parameter }) => `The cursor in ${parameter} names no object of this list.`,
  },
  setup_intent_owned_by_checkout_session: {
    ...INVALID_STATUS,
    detail: ({ checkoutSessionId }, ids) =>
      `This setup flow belongs to the checkout session ${ids.checkoutSession.render(checkoutSessionId as Uuid)}; expire the session instead.`,
  },
  setup_intent_unexpected_status: { ...INVALID_STATUS, detail: (facts) => unexpectedStatus('setup flow', facts) },
  setup_intent_expired: {
    ...INVALID_STATUS,
    detail: ({ expiresAt }) => `This setup flow expired at ${new Date(expiresAt).toISOString()}.`,
  },
  setup_intent_attempts_exhausted: {
    status: 429,
    code: 'too_many_attempts',
    title: 'Too Many Attempts',
    detail: () => 'This setup flow has been confirmed as often as it may be. Create another.',
  },
  checkout_session_unexpected_status: {
    ...INVALID_STATUS,
    detail: (facts) => unexpectedStatus('checkout session', facts),
  },
  customer_id_taken: {
    status: 400,
    code: 'already_exists_id',
    title: 'Already Exists ID',
    detail: () => 'Another customer has this id.',
  },
  metadata_limit_exceeded: {
    status: 400,
    code: 'metadata_limit_exceeded',
    title: 'Metadata Limit Exceeded',
    detail: ({ count, limit }) => `Metadata may have ${limit} keys; this would make ${count}.`,
  },
  return_url_missing: {
    ...VALIDATION_ERROR,
    field: () => 'return_url',
    detail: () => 'Required: the card has to be authenticated, and the customer needs a page to return to.',
  },
  raw_card_in_live_mode: {
    ...UNSUPPORTED_TYPE,
    detail: () =>
      'Card numbers are accepted here in test mode only. Use the hosted page or the browser script in live mode.',
  },
  payment_method_type_unsupported: {
    ...UNSUPPORTED_TYPE,
    detail: ({ type }) => `Payment methods of type ${type} cannot be used here.`,
  },
  payment_method_types_unavailable: {
    status: 400,
    code: 'invalid_payment_method_types',
    title: 'Invalid Payment Method Types',
    detail: ({ types }) =>
      types.length === 0
        ? 'No payment method type that can be saved is available; see the payment method configuration.'
        : `Not available by the payment method configuration: ${types.join(', ')}.`,
  },
  payment_method_missing: {
    status: 400,
    code: 'missing_payment_method',
    title: 'Missing Payment Method',
    detail: () => 'The setup flow has no payment method, and the request names none.',
  },
  payment_method_detached: {
    status: 400,
    code: 'detached_payment_method_not_usable',
    title: 'Detached Payment Method Not Usable',
    detail: () => 'This payment method was detached from its customer and cannot be used again.',
  },
  payment_method_never_attached: {
    status: 400,
    code: 'payment_method_unattached',
    title: 'Payment Method Unattached',
    detail: () => 'This payment method is not attached to a customer.',
  },
  payment_method_already_detached: {
    status: 400,
    code: 'payment_method_already_detached',
    title: 'Payment Method Already Detached',
    detail: () => 'This payment method was detached before.',
  },
  payment_method_already_attached: {
    status: 400,
    code: 'payment_method_already_attached',
    title: 'Payment Method Already Attached',
    detail: () => 'This payment method is attached to a customer already.',
  },
  payment_method_not_owned_by_customer: {
    status: 400,
    code: 'payment_method_not_owned_by_customer',
    title: 'Payment Method Not Owned By Customer',
    detail: () => 'This payment method is attached to another customer.',
  },
  payment_method_customer_required: {
    status: 400,
    code: 'customer_required_for_payment_method',
    title: 'Customer Required For Payment Method',
    detail: () => 'This payment method is attached to a customer, whom the setup flow has to name as its own.',
  },
  payment_method_not_of_intent: {
    status: 400,
    code: 'payment_method_not_of_setup_flow',
    title: 'Payment Method Not Of Setup Flow',
    detail: () => 'This is not the card that was entered for this setup flow.',
  },
  payment_method_usage_mismatch: {
    status: 400,
    code: 'payment_method_usage_mismatch',
    title: 'Payment Method Usage Mismatch',
    detail: ({ usage, intentUsage }) => `A card for use ${usage} cannot be entered for a setup flow ${intentUsage}.`,
  },
  payment_method_not_to_be_kept: {
    status: 400,
    code: 'payment_method_not_to_be_kept',
    title: 'Payment Method Not To Be Kept',
    detail: () => 'The customer did not agree that this card is kept.',
  },
  card_number_invalid: {
    ...VALIDATION_ERROR,
    field: cardNumberField,
    detail: () => 'This is not a card number; check the digits.',
  },
  card_brand_unsupported: {
    ...VALIDATION_ERROR,
    field: cardNumberField,
    detail: () => 'Cards of this brand are not accepted.',
  },
  test_card_in_live_mode: {
    status: 402,
    code: 'test_card_on_livemode',
    title: 'Payment Failed',
    detail: () => 'This is a test card; live mode needs a real one.',
  },
  live_card_in_test_mode: {
    status: 402,
    code: 'test_mode_live_card',
    title: 'Payment Failed',
    detail: () => 'Test mode accepts the published test cards only; this number was not stored.',
  },
  card_expiry_invalid: {
    status: 402,
    code: 'invalid_expiration_date',
    title: 'Payment Failed',
    detail: () => "This cannot be a card's expiry date.",
  },
  card_expired: { status: 402, code: 'expired_card', title: 'Payment Failed', detail: () => 'The card has expired.' },
  cvc_invalid: {
    status: 402,
    code: 'invalid_cvc',
    title: 'Payment Failed',
    detail: () => "The security code does not have as many digits as the card's brand prints.",
  },
  processor_missing: {
    status: 400,
    code: 'processor_missing',
    title: 'Processor Missing',
    detail: ({ mode }) => `No processor is connected for ${mode} mode, so no card can be verified.`,
  },
  too_many_changes_at_once: {
    status: 409,
    code: 'too_many_changes_at_once',
    title: 'Too Many Changes At Once',
    retryAfterSeconds: 1,
    detail: () => 'This object is being changed by other requests. Nothing was done; try again.',
  },
};

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

function unexpectedStatus(object: string, { status, allowed }: { status: string; allowed: readonly string[] }): string {
  return `The ${object} is ${status}; for this it has to be ${allowed.join(' or ')}.`;
}

const OBJECT_NAMES: Readonly<Record<EventObjectType | 'event', string>> = {
  setup_intent: 'setup flow',
  payment_method: 'payment method',
  customer: 'customer',
  checkout_session: 'checkout session',
  mandate: 'mandate',
  payment_method_configuration: 'payment method configuration',
  event: 'event',
};

/** The id of our form that belongs to a UUID. Any other text came from the caller and is not repeated. */
function named(object: EventObjectType | 'event', id: string, ids: PayjpIds): string {
  if (!UUID.test(id)) return ' with this id';
  const forms: Partial<Record<EventObjectType | 'event', (id: Uuid) => string>> = {
    setup_intent: ids.setupFlow.render,
    payment_method: ids.paymentMethod.render,
    customer: (uuid) => ids.customer.render({ id: uuid, chosenId: null }),
    checkout_session: ids.checkoutSession.render,
    payment_method_configuration: ids.paymentMethodConfiguration.render,
    event: ids.event.render,
  };
  const render = forms[object];
  return render ? ` ${render(id as Uuid)}` : ' with this id';
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
