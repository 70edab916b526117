import { challenge } from '../../page/challenge.js';
import type { FrameHost } from '../../page/form-frame.js';
import { readAppearance, readLocale } from './appearance.js';
import { errorOfAnswer, NETWORK_ERROR, NO_PAYMENTS, type PayjpPaymentsError, payjpError } from './errors.js';
import type { SetupFlow } from './setup-flow.js';
import { flowIdIn } from './setup-flow.js';
import { createWidgets, type Widgets, type WidgetsOptions } from './widgets.js';

/** What `PayjpPayments(publicKey)` answers, under the names of PAY.JP's own script. */
export interface Payments {
  widgets(options: WidgetsOptions): Widgets;
  /** Rejects with an error of the shape that confirmations answer. */
  retrieveSetupFlow(clientSecret: string): Promise<SetupFlow>;
  /**
   * Has the customer authenticate, where that is the next step, and goes on to the flow's return URL whatever came of it;
   * otherwise just resolves. Rejects as above when the server does not answer.
   */
  handleNextAction(options: { clientSecret: string }): Promise<void>;
  /** This server takes no payments: always rejects. */
  retrievePaymentFlow(clientSecret: string): Promise<never>;
  /** As above; answers the error as PAY.JP's does. */
  confirmPayment(options: unknown): Promise<{ error: PayjpPaymentsError }>;
}

export interface PaymentsOptions {
  readonly locale?: string;
}

export function startPayments(vaultOrigin: string): (publicKey: string, options?: PaymentsOptions) => Payments {
  return (publicKey, options = {}) => {
    if (typeof publicKey !== 'string' || !publicKey.startsWith('pk_')) {
      throw new TypeError('PayjpPayments needs a public key, pk_…; a secret key must never be in a page.');
    }
    const site = { vaultOrigin, publicKey };
    const retrieveSetupFlow = (clientSecret: string) => readFlow({ ...site, clientSecret });
    return {
      widgets: ({ locale = options.locale, ...others }) => createWidgets(site, { ...others, locale }),
      retrieveSetupFlow,
      async handleNextAction({ clientSecret }) {
        const { next_action } = await retrieveSetupFlow(clientSecret);
        if (!next_action) return;
        const outcome = await challenge(
          { ...site, clientSecret },
          {
            locale: readLocale(options.locale, 'ja'),
            appearance: readAppearance(),
            url: next_action.redirect_to_url.url,
            alwaysReturns: true,
          },
        );
        if (outcome.kind === 'error') throw payjpError(outcome.error);
        if (outcome.kind === 'go') location.assign(outcome.url);
      },
      retrievePaymentFlow: () => Promise.reject(NO_PAYMENTS),
      confirmPayment: async () => ({ error: NO_PAYMENTS }),
    };
  };
}

async function readFlow({ vaultOrigin, publicKey, clientSecret }: FrameHost): Promise<SetupFlow> {
  const address = `${vaultOrigin}/v2/setup_flows/${flowIdIn(clientSecret)}?${new URLSearchParams({ client_secret: clientSecret })}`;
  const response = await fetch(address, { headers: { authorization: `Bearer ${publicKey}` } }).catch(() => null);
  if (response === null) throw NETWORK_ERROR;
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw errorOfAnswer(body);
  return body as SetupFlow;
}
