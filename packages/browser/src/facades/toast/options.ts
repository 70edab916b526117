import { ASK_CHARACTERS_MAX, CHECKOUT_STYLE_KEYS, type CheckoutStyleKey } from '../../protocol/checkout-messages.js';
import type { FormLocale } from '../../protocol/messages.js';
import { isText } from '../../protocol/read.js';
import { MERCHANT_UNKNOWN, refusal, type ToastEvent } from './events.js';

export interface ReadOptions {
  readonly container: Element;
  readonly merchantId: string;
  readonly locale: FormLocale;
  readonly session: { readonly token: string; readonly sessionSecret: string };
}

/** The third argument of `initialize`: all four are needed. `locale` is ours: `en` unless `ja`. */
export function readOptions(options: unknown): ReadOptions | ToastEvent {
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  const missing = [...NAMES, 'domElementId'].find((name) => typeof given[name] !== 'string' || given[name] === '');
  if (missing) return refusal('INVALID_OPTIONS', `${missing} has to be a text.`, { fieldName: missing });

  const wrong = NAMES.find((name) => !FORMS[name].isRight(given[name] as string));
  if (wrong) return refusal(FORMS[wrong].code, FORMS[wrong].message, { fieldName: wrong });

  const { merchantId, oauthToken, sessionSecret, domElementId, locale } = given as Readonly<Record<string, string>>;
  const container = document.getElementById(domElementId as string);
  if (container === null) {
    return refusal('ELEMENT_NOT_FOUND', `There is no element with the id ${domElementId}.`, {
      fieldName: 'domElementId',
    });
  }
  return {
    container,
    merchantId: merchantId as string,
    locale: locale === 'ja' ? 'ja' : 'en',
    session: { token: oauthToken as string, sessionSecret: sessionSecret as string },
  };
}

/** The third argument of `confirmIntent`, which may name a card that was entered otherwise. */
export function readPaymentMethodId(options: unknown): string | null | ToastEvent {
  const { paymentMethodId = null } = (options ?? {}) as { paymentMethodId?: unknown };
  if (paymentMethodId === null || isText(paymentMethodId, ASK_CHARACTERS_MAX.id)) return paymentMethodId;
  const fieldName = 'paymentMethodId';
  return refusal('INVALID_OPTIONS', 'paymentMethodId has to be the id of a payment method.', { fieldName });
}

const NAMES = ['merchantId', 'oauthToken', 'sessionSecret'] as const;

// The frame leaves unanswered what cannot be right, and what no header can carry it could not send.
const FORMS = {
  merchantId: {
    isRight: (text: string) => isText(text, ASK_CHARACTERS_MAX.id),
    code: 'UNKNOWN_MERCHANT',
    message: MERCHANT_UNKNOWN,
  },
  oauthToken: {
    isRight: (text: string) => isText(text, ASK_CHARACTERS_MAX.token) && /^[\t\n\r -~]+$/.test(text),
    code: 'INVALID_OPTIONS',
    message: 'oauthToken has to be a token, as the login answers it.',
  },
  sessionSecret: {
    isRight: (text: string) => isText(text, ASK_CHARACTERS_MAX.sessionSecret),
    code: 'INVALID_SESSION_SECRET',
    message: 'sessionSecret has to be the session secret of a setup intent.',
  },
} as const;

/** Eleven keys are known; the others are left out, with one warning. What a value says is for the frame to read. */
export function readStyles(styles: unknown): Readonly<Partial<Record<CheckoutStyleKey, string>>> {
  const given = Object.entries((styles ?? {}) as object);
  const unknown = given.filter(([name]) => !isStyleKey(name)).map(([name]) => name);
  if (unknown.length > 0) console.warn(`loader.js: these styles are not known, and ignored: ${unknown.join(', ')}`);
  const texts = given.filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  const known = texts.map(([name, value]) => [name, String(value)] as const);
  return Object.fromEntries(known.filter(([name, text]) => isStyleKey(name) && text.length <= 200));
}

function isStyleKey(name: string): boolean {
  return (CHECKOUT_STYLE_KEYS as readonly string[]).includes(name);
}
