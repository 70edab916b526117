import {
  CHECKOUT_BOXES,
  CHECKOUT_FIELDS,
  CHECKOUT_STEPS,
  type CheckoutNews,
  type CheckoutResult,
} from './checkout-messages.js';
import { type Fields, fieldsOf, isOneOf, isText } from './read.js';

/** What the checkout form tells of itself; `null` for anything else. */
export function parseCheckoutMessage({ type, news: sent }: Fields) {
  const news = type === 'news' ? parseNews(fieldsOf(sent)) : null;
  return news && ({ type: 'news', news } as const);
}

/** What came of something that was asked of the checkout form; `null` for anything else. */
export function parseCheckoutOutcome({ kind, result: sent }: Fields) {
  const result = kind === 'result' ? parseResult(fieldsOf(sent)) : null;
  return result && ({ kind: 'result', result } as const);
}

function parseNews(fields: Fields | null): CheckoutNews | null {
  const { about, field, box, step, isEmpty, isValid, isChecked, problem, brand } = fields ?? {};
  switch (about) {
    case 'field':
      return isOneOf(field, CHECKOUT_FIELDS) &&
        isBoolean(isEmpty) &&
        isBoolean(isValid) &&
        isCode(problem) &&
        isCode(brand)
        ? { about, field, isEmpty, isValid, problem, brand }
        : null;
    case 'validity':
      return isBoolean(isValid) ? { about, isValid } : null;
    case 'box':
      return isOneOf(box, CHECKOUT_BOXES) && isBoolean(isChecked) ? { about, box, isChecked } : null;
    case 'step':
      return isOneOf(step, CHECKOUT_STEPS) ? { about, step } : null;
    default:
      return null;
  }
}

function parseResult(fields: Fields | null): CheckoutResult | null {
  const { kind, intentId, paymentMethodId, code, message, canRetry, requestId, fieldName } = fields ?? {};
  switch (kind) {
    case 'opened':
      return isId(intentId) ? { kind, intentId } : null;
    case 'entered': {
      const { usage, card } = fields ?? {};
      const { brand, lastFour, month, year } = fieldsOf(card) ?? {};
      if (!isId(paymentMethodId) || !isWord(usage) || !isWord(brand)) return null;
      return isDigits(lastFour, 4) && isDigits(month, 2) && isDigits(year, 2)
        ? { kind, paymentMethodId, usage, card: { brand, lastFour, month, year } }
        : null;
    }
    case 'saved': {
      const { status, mandateId, customerId, externalReferenceId } = fields ?? {};
      if (!isId(intentId) || !isWord(status) || !isOptional(paymentMethodId)) return null;
      if (!isOptional(mandateId) || !isOptional(customerId) || !isOptional(externalReferenceId)) return null;
      return { kind, intentId, status, paymentMethodId, mandateId, customerId, externalReferenceId };
    }
    case 'refused':
      if (!isText(code, 40) || !isText(message, 500) || !isBoolean(canRetry)) return null;
      return isOptional(requestId) && isOptional(fieldName)
        ? { kind, code, message, requestId, canRetry, fieldName }
        : null;
    default:
      return null;
  }
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

/** A name of ours: it has no room for digits. */
function isCode(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && /^[a-z_]{1,40}$/.test(value));
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z_]{1,40}$/.test(value);
}

function isId(value: unknown): value is string {
  return isText(value, 36);
}

function isOptional(value: unknown): value is string | null {
  return value === null || isText(value, 255);
}

function isDigits(value: unknown, length: number): value is string {
  return typeof value === 'string' && value.length === length && /^\d+$/.test(value);
}
