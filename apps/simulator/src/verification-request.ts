/** A request for a zero-amount verification, checked. It holds a card number and is never kept. */
export interface VerificationRequest {
  readonly reference: string;
  readonly currency: string;
  readonly card: {
    readonly number: string;
    readonly expMonth: number;
    readonly expYear: number;
    /** Empty when there is none. */
    readonly cvc: string;
  };
  readonly cardholder: Cardholder;
  readonly authentication: 'required' | 'if_needed' | 'none';
  readonly returnUrl: string;
}

export interface Cardholder {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
}

/** A request that cannot be read. It names the parameter and never repeats what was in it. */
export class InvalidRequest extends Error {
  readonly parameter: string;
  constructor(parameter: string, expected: string) {
    super(`${parameter}: expected ${expected}`);
    this.parameter = parameter;
  }
}

export function parseVerificationRequest(body: unknown): VerificationRequest {
  const request = objectAt(body, 'body');
  const card = objectAt(request.card, 'card');
  if (request.amount !== 0) throw new InvalidRequest('amount', '0: only zero-amount verifications are made here');
  return {
    reference: parseReference(request.reference),
    currency: matching(request.currency, 'currency', /^[a-z]{3}$/, 'three lower-case letters'),
    card: {
      number: matching(card.number, 'card.number', /^[0-9]{12,19}$/, '12 to 19 digits in a string'),
      expMonth: integer(card.exp_month, 'card.exp_month', 1, 12),
      expYear: integer(card.exp_year, 'card.exp_year', 2000, 2099),
      cvc: matching(card.cvc ?? '', 'card.cvc', /^([0-9]{3,4})?$/, '3 or 4 digits, or nothing'),
    },
    cardholder: parseCardholder(request.cardholder ?? {}),
    authentication: parseAuthentication(request.authentication),
    returnUrl: parseReturnUrl(request.return_url),
  };
}

export function parseReference(value: unknown): string {
  return matching(value, 'reference', /^[\x21-\x7e]{1,255}$/, '1 to 255 printable characters');
}

/** A card is good until the last day of its month. */
export function isPast({ expMonth, expYear }: VerificationRequest['card'], now: number): boolean {
  return Date.UTC(expYear, expMonth, 1) <= now;
}

function parseCardholder(value: unknown): Cardholder {
  const cardholder = objectAt(value, 'cardholder');
  return {
    name: optionalText(cardholder.name, 'cardholder.name'),
    email: optionalText(cardholder.email, 'cardholder.email'),
    phone: optionalText(cardholder.phone, 'cardholder.phone'),
  };
}

function parseAuthentication(value: unknown): VerificationRequest['authentication'] {
  if (value === 'required' || value === 'if_needed' || value === 'none') return value;
  throw new InvalidRequest('authentication', 'one of required, if_needed, none');
}

function parseReturnUrl(value: unknown): string {
  const expected = 'an absolute http or https address of at most 2,048 characters';
  if (typeof value !== 'string' || value.length > 2048 || !URL.canParse(value)) {
    throw new InvalidRequest('return_url', expected);
  }
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new InvalidRequest('return_url', expected);
  return url.href;
}

function objectAt(value: unknown, parameter: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidRequest(parameter, 'an object');
}

function matching(value: unknown, parameter: string, pattern: RegExp, expected: string): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new InvalidRequest(parameter, expected);
}

/** A number, or its digits in a string: whoever fills in a template has only strings. */
function integer(value: unknown, parameter: string, min: number, max: number): number {
  const number = typeof value === 'string' && /^[0-9]{1,4}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
  throw new InvalidRequest(parameter, `a whole number from ${min} to ${max}`);
}

function optionalText(value: unknown, parameter: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.length <= 500) return value;
  throw new InvalidRequest(parameter, 'a text of at most 500 characters');
}
