import type { ThreeDSecureRequest } from '@onfile/core';
import type { Fields } from './fields.js';

/** `payment_method_options`: `undefined` when it was not given, `null` when it was given and asks for nothing. */
export function parseThreeDSecureRequest(body: Fields): ThreeDSecureRequest | null | undefined {
  const options = body.object('payment_method_options');
  if (options === undefined) return undefined;
  return options.object('card')?.choice('request_three_d_secure', ['automatic', 'any']) ?? null;
}

export function renderPaymentMethodOptions(request: ThreeDSecureRequest | null) {
  return request === null || request === 'none' ? null : { card: { request_three_d_secure: request } };
}
