import type { FormError } from '../protocol/messages.js';
import type { Flow, Problem } from './setup-flow.js';

/** The page's return URL with the flow in it. Both parameters are replaced where the address has them. */
export function withFlow(returnUrl: string, { id }: Flow, clientSecret: string): string {
  const url = new URL(returnUrl);
  url.searchParams.set('setup_flow_id', id);
  url.searchParams.set('setup_flow_client_secret', clientSecret);
  return url.href;
}

export function errorOf(answer: Problem | { kind: 'unreachable' }): FormError {
  if (answer.kind === 'unreachable') return apiError('network_error', 'The server could not be reached. Try again.');
  const { status, code, detail, errors } = answer;
  if (status !== 422) return apiError(code, detail);
  const problems = errors.map(({ field, message, error_type }) => ({ field, message, problem: error_type }));
  return { kind: 'validation', code: 'validation_error', message: detail, problems };
}

export const CANCELED = apiError('invalid_status', 'The setup flow is canceled. Create a new one.');

function apiError(code: string, message: string): FormError {
  return { kind: 'api', code, message, problems: [] };
}
