import {
  ADDRESS_FIELDS,
  type AddressValues,
  ERROR_KINDS,
  type FieldProblem,
  type FormError,
  type Greeting,
  type Outcome,
  REFUSED_REASONS,
  type ToPage,
} from './messages.js';
import {
  type Fields,
  fieldsOf,
  isInstanceId,
  isOneOf,
  isText,
  isWhole,
  REQUEST_NUMBER_MAX,
  readMessage,
  textsUnder,
  VALUE_CHARACTERS_MAX,
} from './read.js';

/** What a frame posts to the page's window; `null` for anything else. Who sent it is for the caller to check. */
export function parseGreeting(data: unknown): Greeting | null {
  const fields = readMessage(data);
  if (fields === null || !isInstanceId(fields.id)) return null;
  const { type, id, reason } = fields;
  if (type === 'hello') return { type, id };
  return type === 'refused' && isOneOf(reason, REFUSED_REASONS) ? { type, id, reason } : null;
}

/** What the checkout form alone tells and answers: a script without that form does not carry the checks of it. */
export interface CheckoutParsing {
  readonly message: (fields: Fields) => Extract<ToPage, { type: 'news' }> | null;
  readonly outcome: (fields: Fields) => Extract<Outcome, { kind: 'result' }> | null;
}

/** What a frame sends by its port; `null` for anything else. */
export function parseToPage(data: unknown, checkout?: CheckoutParsing): ToPage | null {
  const fields = readMessage(data);
  return fields === null ? null : parseFields(fields, checkout);
}

/** Which request a reply is to, whatever else is in it; `null` for what is no reply. */
export function parseReplyNumber(data: unknown): number | null {
  const { type, number } = readMessage(data) ?? {};
  return type === 'reply' && isWhole(number, REQUEST_NUMBER_MAX) ? number : null;
}

const HEIGHT_PX_MAX = 20_000;

function parseFields(fields: Fields, checkout: CheckoutParsing | undefined): ToPage | null {
  const { type, px, isEmpty, isComplete, method } = fields;
  switch (type) {
    case 'ready':
    case 'focus':
    case 'blur':
      return { type };
    case 'height':
      return isWhole(px, HEIGHT_PX_MAX) ? { type, px } : null;
    case 'change':
    case 'address': {
      if (typeof isEmpty !== 'boolean' || typeof isComplete !== 'boolean') return null;
      if (type === 'change') {
        return method === 'card' || method === null ? { type, isEmpty, isComplete, method } : null;
      }
      const values = parseAddress(fields.values);
      return values && { type, isEmpty, isComplete, values };
    }
    case 'failed': {
      const error = parseError(fields.error);
      return error && { type, error };
    }
    case 'reply': {
      const { number } = fields;
      const outcome = parseOutcome(fieldsOf(fields.outcome), checkout);
      return outcome && isWhole(number, REQUEST_NUMBER_MAX) ? { type, number, outcome } : null;
    }
    default:
      return checkout?.message(fields) ?? null;
  }
}

function parseAddress(value: unknown): AddressValues | null {
  const texts = textsUnder(value, ADDRESS_FIELDS, VALUE_CHARACTERS_MAX);
  return texts !== null && ADDRESS_FIELDS.every((name) => texts[name] !== undefined) ? (texts as AddressValues) : null;
}

function parseOutcome(fields: Fields | null, checkout: CheckoutParsing | undefined): Outcome | null {
  if (fields === null) return null;
  const { kind, url } = fields;
  if (kind === 'done') return { kind };
  if (kind === 'go' || kind === 'authenticate') {
    return isText(url, 4_096) && /^https?:\/\//.test(url) ? { kind, url } : null;
  }
  if (kind !== 'error') return checkout?.outcome(fields) ?? null;
  const error = parseError(fields.error);
  return error && { kind, error, ...(fields.isStopped === true && { isStopped: true }) };
}

const PROBLEMS_MAX = 20;

function parseError(value: unknown): FormError | null {
  const { kind, code, message, problems } = fieldsOf(value) ?? {};
  if (!isOneOf(kind, ERROR_KINDS) || !isText(code, 100) || !isText(message, 500)) return null;
  if (!Array.isArray(problems) || problems.length > PROBLEMS_MAX) return null;
  return problems.every(isProblem) ? { kind, code, message, problems } : null;
}

function isProblem(value: unknown): value is FieldProblem {
  const { field, message, problem } = fieldsOf(value) ?? {};
  return isText(field, 100) && isText(message, 500) && isText(problem, 100);
}
