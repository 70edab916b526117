import type { Dialect, RateLimits } from '../dialect.js';
import { authenticationRoutes } from './authentication.js';
import { RATE_LIMIT_WINDOWS } from './choices.js';
import { customerRoutes } from './customer.js';
import { IDEMPOTENCY_HEADER, LOCATION_HEADER, SESSION_SECRET_HEADER } from './headers.js';
import { mandateRoutes } from './mandate.js';
import { paymentMethodRoutes } from './payment-method.js';
import { readSettings, type ToastSettings } from './settings.js';
import { setupIntentRoutes } from './setup-intent.js';

/** Toast's hosted checkout, as far as it saves cards. Where each wire fact is published: `SOURCES.md` beside this file. */
export function createToastDialect(settings: ToastSettings): Dialect {
  const toast = readSettings(settings);
  return {
    name: 'toast',
    routes: [
      ...setupIntentRoutes(toast),
      ...paymentMethodRoutes(toast),
      ...mandateRoutes(toast),
      ...customerRoutes(toast),
    ],
    openRoutes: authenticationRoutes(toast, toast.errors),
    errors: toast.errors,
    callers: toast.callers,
    headers: [LOCATION_HEADER, SESSION_SECRET_HEADER],
    idempotencyHeader: IDEMPOTENCY_HEADER,
    idempotencyKeyPattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    ...((settings.hasRateLimits ?? true) && { rateLimits: RATE_LIMITS }),
    // No page of the merchant's is ever returned to: there is no 3-D Secure here.
    renderReturnUrl: ({ returnUrl }) => returnUrl,
  };
}

/**
 * By location where one is named, by address otherwise. Pages always by address: one of them could use up what the merchant's
 * server may ask.
 */
const RATE_LIMITS: RateLimits = {
  windows: RATE_LIMIT_WINDOWS,
  countedAs: ({ caller, headers, clientAddress }) =>
    headers[LOCATION_HEADER] === undefined || caller.access === 'browser'
      ? `address ${clientAddress ?? 'unknown'}`
      : `location ${caller.scope.merchantId} ${caller.scope.mode}`,
  renderHeaders: ({ remaining, resetAt }) => ({
    'x-toast-ratelimit-by': 'GLOBAL',
    'x-toast-ratelimit-remaining': String(remaining),
    'x-toast-ratelimit-reset': String(resetAt),
  }),
};
