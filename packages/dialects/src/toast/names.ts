import type { CardBrand, MethodUsage, SetupIntentStatus, StandingInstruction, Usage } from '@onfile/core';

/**
 * What a status is called here; `null` for an end that this API does not have: it reads as 404, as an expired one does.
 * There is no word for a cardholder at their bank, so that is told as processing too.
 */
export const STATUS_NAMES = {
  requires_payment_method: 'REQUIRES_PAYMENT_METHOD',
  requires_confirmation: 'REQUIRES_PAYMENT_METHOD',
  requires_action: 'PROCESSING',
  processing: 'PROCESSING',
  succeeded: 'SUCCEEDED',
  canceled: null,
} as const satisfies Record<SetupIntentStatus, string | null>;

export const USAGES = { ON_SESSION: 'on_session', OFF_SESSION: 'off_session' } as const;
export const USAGE_NAMES = { on_session: 'ON_SESSION', off_session: 'OFF_SESSION' } as const satisfies Record<
  Usage,
  string
>;

export const METHOD_USAGES = { ...USAGES, ON_AND_OFF_SESSION: 'on_and_off_session' } as const;
export const METHOD_USAGE_NAMES = {
  ...USAGE_NAMES,
  on_and_off_session: 'ON_AND_OFF_SESSION',
} as const satisfies Record<MethodUsage, string>;

export const STANDING_INSTRUCTIONS = {
  UNSCHEDULED: 'unscheduled',
  INSTALLMENT: 'installment',
  RECURRING: 'recurring',
} as const;
export const STANDING_INSTRUCTION_NAMES = {
  unscheduled: 'UNSCHEDULED',
  installment: 'INSTALLMENT',
  recurring: 'RECURRING',
} as const satisfies Record<StandingInstruction, string>;

/** Toast names four brands. Others that this installation accepts are `UNKNOWN`. */
export const BRAND_NAMES = {
  visa: 'VISA',
  mastercard: 'MASTERCARD',
  amex: 'AMEX',
  discover: 'DISCOVER',
  jcb: 'UNKNOWN',
  diners: 'UNKNOWN',
  unionpay: 'UNKNOWN',
} as const satisfies Record<CardBrand, string>;

export function namesOf<T extends string>(table: Readonly<Record<T, string>>): readonly T[] {
  return Object.keys(table) as T[];
}
