import type { CheckoutResult } from '../../protocol/checkout-messages.js';
import type { FormError, Outcome } from '../../protocol/messages.js';

export type Callback = (event: unknown) => void;

/** What the callbacks get. Names of events are Toast's as far as they are published; their fields are not. */
export type ToastEvent =
  | { readonly type: 'InitResultEvent'; readonly intentId: string; readonly intentType: 'SETUP_INTENT' }
  | {
      readonly type: 'CreatePaymentMethodResultEvent';
      readonly paymentMethodId: string;
      readonly card: {
        readonly brand: string;
        readonly lastFour: string;
        readonly expiry: { readonly month: string; readonly year: string };
      };
      readonly usage: string;
    }
  | {
      readonly type: 'ConfirmIntentResultEvent';
      readonly intentId: string;
      readonly intentType: 'SETUP_INTENT';
      readonly status: string;
      readonly paymentMethodId: string | null;
      readonly mandateId: string | null;
      readonly customerId: string | null;
      readonly externalReferenceId: string | null;
    }
  | ErrorEvent;

interface ErrorEvent {
  readonly type: 'error';
  /** A number of the server's, as in its `ErrorMessage`, or a name of this script's. */
  readonly code: number | string;
  readonly message: string;
  readonly requestId: string | null;
  readonly canRetry: boolean;
  readonly fieldName: string | null;
}

export function eventOf(outcome: Outcome): ToastEvent {
  if (outcome.kind === 'result') return eventOfResult(outcome.result);
  return refusal(...(outcome.kind === 'error' ? reasonOf(outcome.error) : UNEXPECTED));
}

export function refusal(code: string, message: string, more: Partial<ErrorEvent> = {}): ErrorEvent {
  return { type: 'error', code, message, requestId: null, canRetry: false, fieldName: null, ...more };
}

const INTENT_TYPE = { intentType: 'SETUP_INTENT' } as const;

function eventOfResult({ kind, ...result }: CheckoutResult): ToastEvent {
  if ('code' in result)
    return { type: 'error', ...result, code: /^\d{5}$/.test(result.code) ? Number(result.code) : result.code };
  if ('card' in result) {
    const { brand, lastFour, ...expiry } = result.card;
    return { type: 'CreatePaymentMethodResultEvent', ...result, card: { brand, lastFour, expiry } };
  }
  if ('status' in result) return { type: 'ConfirmIntentResultEvent', ...INTENT_TYPE, ...result };
  return { type: 'InitResultEvent', ...INTENT_TYPE, ...result };
}

type Reason = readonly [code: string, message: string, more?: Partial<ErrorEvent>];

const UNEXPECTED: Reason = ['INTERNAL', 'The form gave an answer that this script does not know.'];

/** What happened between the page and the frame. */
function reasonOf({ code, message }: FormError): Reason {
  if (code === 'form_not_found') return ['DESTROYED', message];
  if (code === 'timeout') return ['TIMEOUT', message, { canRetry: true }];
  if (code === 'session_not_loaded') return ['NOT_LOADED', message, { canRetry: true }];
  return code === 'unauthorized'
    ? ['UNKNOWN_MERCHANT', MERCHANT_UNKNOWN, { fieldName: 'merchantId' }]
    : ['INTERNAL', message];
}

export const MERCHANT_UNKNOWN =
  'There is no such merchant here. merchantId is the id of the merchant in this installation.';
