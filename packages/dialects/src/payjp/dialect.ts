import type { SetupIntent, WebhookDialect } from '@onfile/core';
import type { Dialect } from '../dialect.js';
import { checkoutSessionRoutes } from './checkout-session.js';
import { customerRoutes } from './customer.js';
import { ERROR_PAGES } from './error-codes.js';
import type { PayjpErrors } from './errors.js';
import { eventRoutes } from './event.js';
import type { PayjpIds } from './ids.js';
import { paymentMethodRoutes } from './payment-method.js';
import { paymentMethodConfigurationRoutes } from './payment-method-configuration.js';
import { withQueryParameters } from './return-url.js';
import { type PayjpSettings, readSettings } from './settings.js';
import { setupFlowRoutes } from './setup-flow.js';
import { payjpWebhooks } from './webhooks.js';

/** PAY.JP API v2, as far as it saves payment methods. Where each wire fact is published: `SOURCES.md` beside this file. */
export interface PayjpDialect extends Dialect {
  readonly errors: PayjpErrors;
  /** For pages and links, which show ids of this dialect: the address of a hosted page ends in a checkout session's. */
  readonly ids: PayjpIds;
  readonly webhooks: WebhookDialect;
}

export function createPayjpDialect(settings: PayjpSettings): PayjpDialect {
  const payjp = readSettings(settings);
  const { ids, errors } = payjp;
  return {
    name: 'payjp',
    ids,
    errors,
    webhooks: payjpWebhooks(payjp),
    errorPages: ERROR_PAGES,
    routes: [
      ...setupFlowRoutes(payjp),
      ...customerRoutes(payjp),
      ...paymentMethodRoutes(payjp),
      ...paymentMethodConfigurationRoutes(payjp),
      ...checkoutSessionRoutes(payjp),
      ...eventRoutes(payjp),
    ],
    idempotencyKeyPattern: /^[A-Za-z0-9_-]{1,255}$/,
    renderReturnUrl: (intent, clientSecret) => renderReturnUrl(ids, intent, clientSecret),
  };
}

/** Both parameters are replaced where the merchant's URL has them; a card that was not saved returns the same way. */
function renderReturnUrl(ids: PayjpIds, { id, returnUrl }: SetupIntent, clientSecret: string): string | null {
  return (
    returnUrl &&
    withQueryParameters(returnUrl, {
      setup_flow_id: ids.setupFlow.render(id),
      setup_flow_client_secret: ids.clientSecret.render(id, clientSecret),
    })
  );
}
