import type { FormError } from '../../protocol/messages.js';

/** An error in the shape of PAY.JP's script. Codes beyond its lists are allowed: the lists are open-ended by contract. */
export interface PayjpPaymentsError {
  readonly type: 'payment_error' | 'validation_error' | 'api_error' | 'sdk_error';
  readonly code: string;
  readonly message: string;
  readonly validationErrors?: readonly ValidationError[];
}

export interface ValidationError {
  readonly field: string;
  readonly message: string;
  readonly error_type: string;
}

export function payjpError({ kind, code, message, problems }: FormError): PayjpPaymentsError {
  const error = { type: `${kind}_error`, code, message } as const;
  if (kind !== 'validation') return error;
  return {
    ...error,
    validationErrors: problems.map((each) => ({ field: each.field, message: each.message, error_type: each.problem })),
  };
}

/** The error for an answer of the server that is none of success. */
export function errorOfAnswer(body: { readonly code?: string; readonly detail?: string }): PayjpPaymentsError {
  const { code = 'internal_server_error', detail = 'The answer cannot be read.' } = body;
  return { type: 'api_error', code, message: detail };
}

export const NETWORK_ERROR: PayjpPaymentsError = {
  type: 'api_error',
  code: 'network_error',
  message: "The server cannot be reached, or the page's content policy lacks it in connect-src.",
};

export const NO_PAYMENTS: PayjpPaymentsError = {
  type: 'sdk_error',
  code: 'session_not_loaded',
  message: 'This server takes no payments: use a setup flow and confirmSetup.',
};
