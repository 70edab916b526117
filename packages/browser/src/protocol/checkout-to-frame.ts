import {
  ASK_CHARACTERS_MAX,
  CHECKOUT_STYLE_KEYS,
  type CheckoutAsk,
  type CheckoutOptions,
} from './checkout-messages.js';
import { type Fields, isText, textsUnder } from './read.js';

/** The options of the checkout form; `null` for anything else. */
export function parseCheckoutOptions(fields: Fields | null): CheckoutOptions | null {
  const styles = textsUnder(fields?.styles, CHECKOUT_STYLE_KEYS, 200);
  return fields?.form === 'checkout' && styles ? { form: 'checkout', styles } : null;
}

/** What a page may ask of the checkout form; `null` for anything else. */
export function parseCheckoutAsk(fields: Fields | null): CheckoutAsk | null {
  const { kind, token, sessionSecret, merchantId, paymentMethodId } = fields ?? {};
  const max = ASK_CHARACTERS_MAX;
  switch (kind) {
    case 'open': {
      if (!isText(token, max.token) || !isText(sessionSecret, max.sessionSecret)) return null;
      return isText(merchantId, max.id) ? { kind, token, sessionSecret, merchantId } : null;
    }
    case 'enter':
      return { kind };
    case 'save':
      return paymentMethodId === null || isText(paymentMethodId, max.id) ? { kind, paymentMethodId } : null;
    default:
      return null;
  }
}
