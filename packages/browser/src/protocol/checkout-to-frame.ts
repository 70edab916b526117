import { CHECKOUT_STYLE_KEYS, type CheckoutAsk, type CheckoutOptions } from './checkout-messages.js';
import { type Fields, isText, textsUnder } from './read.js';

/** Longer than a token with all scopes is. */
const TOKEN_CHARACTERS_MAX = 4_096;

/** The options of the checkout form; `null` for anything else. */
export function parseCheckoutOptions(fields: Fields | null): CheckoutOptions | null {
  const styles = textsUnder(fields?.styles, CHECKOUT_STYLE_KEYS, 200);
  return fields?.form === 'checkout' && styles ? { form: 'checkout', styles } : null;
}

/** What a page may ask of the checkout form; `null` for anything else. */
export function parseCheckoutAsk(fields: Fields | null): CheckoutAsk | null {
  const { kind, token, sessionSecret, merchantId, paymentMethodId } = fields ?? {};
  switch (kind) {
    case 'open': {
      if (!isText(token, TOKEN_CHARACTERS_MAX) || !isText(sessionSecret, 255) || !isText(merchantId, 36)) return null;
      return { kind, token, sessionSecret, merchantId };
    }
    case 'enter':
      return { kind };
    case 'save':
      return paymentMethodId === null || isText(paymentMethodId, 36) ? { kind, paymentMethodId } : null;
    default:
      return null;
  }
}
