import type { Access, DialectResponse } from '../dialect.js';
import { ERROR_CODES, type ErrorCode } from './error-codes.js';
import type { FieldProblem } from './fields.js';

/** The address that an answer's `type` gives for a code. */
export type ErrorType = (code: ErrorCode) => string;

/** Where an error happened, as far as its body tells. */
export interface ErrorPlace {
  readonly path: string;
  readonly access?: Access;
}

export interface ProblemFacts {
  readonly detail: string;
  readonly place: ErrorPlace;
  readonly problems?: readonly FieldProblem[] | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An `application/problem+json` answer. */
export function renderProblem(code: ErrorCode, facts: ProblemFacts, errorType: ErrorType): DialectResponse {
  const { status, title } = ERROR_CODES[code];
  const { detail, place, problems, headers = {} } = facts;
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: {
      type: errorType(code),
      title,
      status,
      code,
      detail,
      instance: withoutCardNumbers(place.path),
      ...(problems && { errors: problems.map((each) => renderFieldProblem(each, place)) }),
    },
  };
}

function renderFieldProblem({ field, message, kind }: FieldProblem, { access }: ErrorPlace): Record<string, string> {
  return access === 'browser' ? { field, message, error_type: kind } : { field, message };
}

/** The body's path to a card number, by the route. */
export function cardNumberField({ path }: ErrorPlace): string {
  return path.includes('/payment_methods') ? 'card.number' : 'payment_method_data.card.number';
}

/** A path is echoed, so a number that somebody put where an id belongs is not. */
function withoutCardNumbers(path: string): string {
  return path
    .split('/')
    .map((segment) => (/^(?:\d|%20|[ +-]){12,}$/.test(segment) ? '…' : segment))
    .join('/');
}
