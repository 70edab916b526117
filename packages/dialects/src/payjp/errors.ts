import type {
  EventObjectType,
  LimitName,
  Refusal,
  RefusalCode,
  RefusalFacts,
  SetupErrorCode,
  Uuid,
} from '@onfile/core';
import type { DialectErrors, DialectResponse } from '../dialect.js';
import { DECLINES } from './declines.js';
import { ERROR_CODES, type ErrorCode } from './error-codes.js';
import type { FieldProblem, ParseFault } from './fields.js';
import { httpFaultError } from './http-faults.js';
import { cardNumberField, type ErrorPlace, type ErrorType, type ProblemFacts, renderProblem } from './problem.js';
import type { Payjp } from './settings.js';

export interface PayjpErrors extends DialectErrors {
  /** The answer to a request that could not be put to the domain. */
  parseFault(fault: ParseFault, place: ErrorPlace): DialectResponse;
  /** The answer to a confirmation that did not save the card. */
  decline(code: SetupErrorCode, place: ErrorPlace): DialectResponse;
}

export function createPayjpErrors({ errorType, ...spoken }: Spoken & { readonly errorType: ErrorType }): PayjpErrors {
  const problem = (code: ErrorCode, facts: ProblemFacts) => renderProblem(code, facts, errorType);

  const refusal: PayjpErrors['refusal'] = (refused, place) => {
    const { code, detail, field, retryAfterSeconds } = refusalError(refused, { ...spoken, place });
    const problems = field && [{ field: field(place), message: detail, kind: 'value' } as const];
    return problem(code, { detail, place, problems, headers: retryAfter(retryAfterSeconds) });
  };

  return {
    refusal,

    fault(fault, facts) {
      const { code, detail: own } = httpFaultError(fault, facts);
      const { detail = own, retryAfterSeconds } = facts;
      const problems = isAboutFields(code) ? [{ field: 'body', message: detail, kind: 'missing' } as const] : undefined;
      // Not `Basic`: a browser would ask the cardholder for a password.
      const challenge = code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {};
      return problem(code, {
        detail,
        place: facts,
        problems,
        headers: { ...challenge, ...retryAfter(retryAfterSeconds) },
      });
    },

    parseFault(fault, place) {
      if (fault.kind === 'refused') return refusal(fault.refusal, place);
      return problem('validation_error', { detail: invalidDetail(fault.problems), place, problems: fault.problems });
    },

    decline(reason, place) {
      const { code, message: detail } = DECLINES[reason];
      const problems = isAboutFields(code)
        ? [{ field: cardNumberField(place), message: detail, kind: 'value' } as const]
        : undefined;
      return problem(code, { detail, place, problems });
    },
  };
}

/** Answers with such a code list the fields. */
function isAboutFields(code: ErrorCode): boolean {
  return ERROR_CODES[code].status === 422;
}

const FIELDS_NAMED_MAX = 5;

/** Whoever logs an error logs its detail, so that tells the fields too. */
function invalidDetail(problems: readonly FieldProblem[]): string {
  const [first, ...others] = problems;
  if (first !== undefined && others.length === 0) return `Invalid field ${first.field}: ${first.message}`;
  const named = problems.slice(0, FIELDS_NAMED_MAX).map(({ field }) => field);
  const more = problems.length > named.length ? ` and ${problems.length - named.length} more` : '';
  return `Invalid fields: ${named.join(', ')}${more}. What is wrong with each is in errors.`;
}

function refusalError({ code, facts }: Refusal, context: RefusalContext) {
  // Each code has its own facts in the table; TypeScript does not follow that through the union.
  const error = REFUSALS[code] as RefusalError<RefusalCode>;
  return {
    ...error,
    code: (context.naming === 'seed' && error.seedCode) || error.code,
    detail: error.detail(facts as never, context),
    retryAfterSeconds: error.retryAfterSeconds?.(facts as never),
  };
}

const LIMITS_TOLD: Readonly<Record<LimitName, string>> = {
  address: 'from one address',
  cards_of_setup: 'with different cards',
  card: 'of one card',
  card_everywhere: 'of one card',
  merchant: 'by one merchant',
  attack: 'with many cards that are declined',
};

type Spoken = Pick<Payjp, 'naming' | 'ids'>;

interface RefusalContext extends Spoken {
  readonly place: ErrorPlace;
}

interface RefusalError<C extends RefusalCode> {
  readonly code: ErrorCode;
  /** In the earlier generation, where that had another. */
  readonly seedCode?: ErrorCode;
  readonly detail: (facts: Readonly<RefusalFacts[C]>, context: RefusalContext) => string;
  /** Present when the answer is a 422 about one field. */
  readonly field?: (place: ErrorPlace) => string;
  readonly retryAfterSeconds?: (facts: Readonly<RefusalFacts[C]>) => number;
}

const REFUSALS: { readonly [C in RefusalCode]: RefusalError<C> } = {
  idempotency_key_reused: {
    code: 'idempotency_conflict',
    detail: () => 'This idempotency key was used before with another request. Use another key.',
  },
  idempotency_key_in_use: {
    code: 'idempotency_timeout',
    retryAfterSeconds: () => 1,
    detail: () => 'The first request with this idempotency key has not ended yet. Try again with the same key.',
  },
  object_not_found: {
    code: 'not_found',
    // The same words for an id of another merchant's object, of none, and of no form that we know: none is repeated.
    detail: ({ object }, { place }) =>
      place.access === 'browser'
        ? `There is no ${OBJECT_NAMES[object]} for this id, client secret and public key.`
        : `There is no ${OBJECT_NAMES[object]} with this id.`,
  },
  cursor_not_found: {
    code: 'resource_missing',
    detail: ({ parameter }) => `The cursor in ${parameter} names no object of this list.`,
  },
  setup_intent_owned_by_checkout_session: {
    code: 'invalid_status',
    detail: ({ checkoutSessionId }, { ids }) =>
      `This setup flow belongs to the checkout session ${ids.checkoutSession.render(checkoutSessionId as Uuid)}; expire the session instead.`,
  },
  setup_intent_unexpected_status: { code: 'invalid_status', detail: (facts) => unexpectedStatus('setup flow', facts) },
  setup_intent_expired: {
    code: 'invalid_status',
    detail: ({ expiresAt }) => `This setup flow expired at ${new Date(expiresAt).toISOString()}.`,
  },
  setup_intent_attempts_exhausted: {
    code: 'too_many_attempts',
    detail: () => 'This setup flow has been confirmed as often, or with as many cards, as it may be. Create another.',
  },
  confirmation_limit_reached: {
    code: 'over_capacity',
    retryAfterSeconds: ({ retryAfterSeconds }) => retryAfterSeconds,
    // Whoever tries cards out is not told what stopped them.
    detail: ({ limit }, { place }) =>
      place.access === 'browser'
        ? 'There were too many attempts. Try again later.'
        : `There were too many confirmations (${LIMITS_TOLD[limit]}). Try again after the seconds in Retry-After.`,
  },
  checkout_session_unexpected_status: {
    code: 'invalid_status',
    detail: (facts) => unexpectedStatus('checkout session', facts),
  },
  customer_id_taken: {
    code: 'already_exists_id',
    detail: () => 'Another customer has this id.',
  },
  metadata_limit_exceeded: {
    code: 'metadata_limit_exceeded',
    detail: ({ count, limit }) => `Metadata may have ${limit} keys; this would make ${count}.`,
  },
  return_url_missing: {
    code: 'validation_error',
    field: () => 'return_url',
    detail: () =>
      'A return_url is required: the card has to be authenticated, and the customer needs a page to return to.',
  },
  checkout_session_expiry_out_of_range: {
    code: 'validation_error',
    field: () => 'expires_at',
    detail: ({ leastMs, mostMs }) =>
      `A session has to expire ${leastMs / 60_000} minutes to ${mostMs / 3_600_000} hours from now.`,
  },
  raw_card_in_live_mode: {
    code: 'unsupported_payment_method_type',
    detail: () =>
      'Card numbers are accepted here in test mode only. Use the hosted page or the browser script in live mode.',
  },
  payment_method_type_unsupported: {
    code: 'unsupported_payment_method_type',
    detail: ({ type }) => `Payment methods of type ${type} cannot be used here.`,
  },
  payment_method_types_unavailable: {
    code: 'invalid_payment_method_types',
    seedCode: 'unsupported_payment_method_type',
    detail: ({ types }) =>
      types.length === 0
        ? 'No payment method type that can be saved is available; see the payment method configuration.'
        : `Not available by the payment method configuration: ${types.join(', ')}.`,
  },
  payment_method_missing: {
    code: 'missing_payment_method',
    detail: () => 'The setup flow has no payment method, and the request names none.',
  },
  payment_method_detached: {
    code: 'detached_payment_method_not_usable',
    detail: () => 'This payment method was detached from its customer and cannot be used again.',
  },
  payment_method_never_attached: {
    code: 'payment_method_unattached',
    detail: () => 'This payment method is not attached to a customer.',
  },
  payment_method_already_detached: {
    code: 'payment_method_already_detached',
    detail: () => 'This payment method was detached before.',
  },
  payment_method_already_attached: {
    code: 'payment_method_already_attached',
    detail: () => 'This payment method is attached to a customer already.',
  },
  payment_method_not_owned_by_customer: {
    code: 'payment_method_not_owned_by_customer',
    detail: () => 'This payment method is attached to another customer.',
  },
  payment_method_customer_required: {
    code: 'customer_required_for_payment_method',
    detail: () => 'This payment method is attached to a customer, whom the setup flow has to name as its own.',
  },
  payment_method_not_of_intent: {
    code: 'payment_method_not_of_setup_flow',
    detail: () => 'This is not the card that was entered for this setup flow.',
  },
  payment_method_usage_mismatch: {
    code: 'payment_method_usage_mismatch',
    detail: ({ usage, intentUsage }) => `A card for use ${usage} cannot be entered for a setup flow ${intentUsage}.`,
  },
  payment_method_not_to_be_kept: {
    code: 'payment_method_not_to_be_kept',
    detail: () => 'The customer did not agree that this card is kept.',
  },
  card_number_invalid: {
    code: 'validation_error',
    field: cardNumberField,
    detail: () => 'This is not a card number; check the digits.',
  },
  card_brand_unsupported: {
    code: 'validation_error',
    field: cardNumberField,
    detail: () => 'Cards of this brand are not accepted.',
  },
  test_card_in_live_mode: {
    code: 'test_card_on_livemode',
    detail: () => 'This is a test card; live mode needs a real one.',
  },
  live_card_in_test_mode: {
    code: 'test_mode_live_card',
    detail: () => 'Test mode accepts the published test cards only; this number was not stored.',
  },
  card_expiry_invalid: {
    code: 'invalid_expiration_date',
    detail: () => "This cannot be a card's expiry date; the year has four digits.",
  },
  card_expired: { code: 'expired_card', detail: () => 'The card has expired.' },
  cvc_invalid: {
    code: 'invalid_cvc',
    detail: () => "The security code does not have as many digits as the card's brand prints.",
  },
  processor_missing: {
    code: 'processor_missing',
    detail: ({ mode }) => `No processor is connected for ${mode} mode, so no card can be verified.`,
  },
  too_many_changes_at_once: {
    code: 'too_many_changes_at_once',
    retryAfterSeconds: () => 1,
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
