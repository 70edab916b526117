import type { Access, DialectResponse } from '../dialect.js';
import type { FieldProblem } from './fields.js';

/** One of the errors of this wire API. */
export interface PayjpError {
  readonly status: number;
  readonly code: string;
  readonly title: string;
}

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

export const VALIDATION_ERROR: PayjpError = { status: 422, code: 'validation_error', title: 'Validation Error' };
export const NOT_FOUND: PayjpError = { status: 404, code: 'not_found', title: 'Not Found' };

/** An `application/problem+json` answer. `errorTypeBase`: what its `type` begins with. */
export function renderProblem(error: PayjpError, facts: ProblemFacts, errorTypeBase: string): DialectResponse {
  const { status, code, title } = error;
  const { detail, place, problems, headers = {} } = facts;
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: {
      type: errorTypeBase + code.replaceAll('_', '-'),
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
