import type { DialectResponse } from '../dialect.js';
import type { FieldProblem } from '../fields.js';
import { CODES } from './choices.js';

/** One of the errors of this wire API. */
export interface ToastError {
  readonly status: number;
  readonly code: number;
  /** Fit to be shown to a customer. */
  readonly message: string;
  readonly fieldName?: string;
  /** Whether the same request may succeed another time. */
  readonly canRetry?: boolean;
}

export interface ErrorFacts {
  readonly path: string;
  readonly requestId?: string;
  readonly developerMessage?: string;
  readonly problems?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An `ErrorMessage`. */
export function renderError(error: ToastError, facts: ErrorFacts): DialectResponse {
  const { problems = [], headers = {} } = facts;
  const errors = problems.map((problem) => renderMessage(problemError(problem), facts));
  return { status: error.status, headers, body: { ...renderMessage(error, facts), errors } };
}

/** Several wrong fields are one error; each has its own entry under `errors`. */
export function fieldsError([first, ...others]: readonly FieldProblem[]): ToastError {
  if (first !== undefined && others.length === 0) return problemError(first);
  const isMissing = [first, ...others].every((problem) => problem?.kind === 'missing');
  return {
    status: 400,
    code: isMissing ? CODES.missingField : CODES.invalidField,
    message: 'Some fields are not as they have to be.',
  };
}

function problemError({ field, message, kind }: FieldProblem): ToastError {
  return {
    status: 400,
    code: kind === 'missing' ? CODES.missingField : CODES.invalidField,
    message: `${field}: ${message}`,
    fieldName: field,
  };
}

/** The authentication API has two of the fields as texts. */
function renderMessage({ status, canRetry = false, ...error }: ToastError, facts: ErrorFacts) {
  const { path, requestId, developerMessage } = facts;
  const hasTexts = path.startsWith('/authentication/');
  return {
    status: hasTexts ? String(status) : status,
    code: error.code,
    message: error.message,
    messageKey: null,
    fieldName: error.fieldName ?? null,
    link: null,
    requestId: requestId ?? '',
    developerMessage: developerMessage ?? null,
    errors: [] as unknown[],
    canRetry: hasTexts ? String(canRetry) : canRetry,
  };
}
