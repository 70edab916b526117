import { CHECKOUT_STYLE_KEYS, type CheckoutStyleKey } from '../../protocol/checkout-messages.js';
import type { FormLocale } from '../../protocol/messages.js';
import { refusal, type ToastEvent } from './events.js';

export interface ReadOptions {
  readonly container: Element;
  readonly merchantId: string;
  readonly locale: FormLocale;
  readonly session: { readonly token: string; readonly sessionSecret: string };
}

/** The third argument of `initialize`: all four are needed. `locale` is ours: `en` unless `ja`. */
export function readOptions(options: unknown): ReadOptions | ToastEvent {
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  const missing = NAMES.find((name) => typeof given[name] !== 'string' || given[name] === '');
  if (missing) return refusal('INVALID_OPTIONS', `${missing} has to be a text.`, { fieldName: missing });

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

const NAMES = ['merchantId', 'oauthToken', 'sessionSecret', 'domElementId'] as const;

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
