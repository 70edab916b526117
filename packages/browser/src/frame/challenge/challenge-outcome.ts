import type { Outcome } from '../../protocol/messages.js';
import { CANCELED, errorOf, withFlow } from '../flow-outcome.js';
import { declineReason } from '../payment/payjp-answers.js';
import type { Answer } from '../setup-flow.js';
import type { ChallengeTexts } from './texts.js';

/** What the page is told once a challenge is over. */
export function challengeOutcome(
  answer: Answer,
  context: {
    readonly clientSecret: string;
    readonly alwaysReturns: boolean;
    /** The cardholder closed it. */
    readonly isStopped: boolean;
    readonly reasons: ChallengeTexts['reasons'];
  },
): Outcome {
  if (answer.kind !== 'flow') return { kind: 'error', error: errorOf(answer) };

  const { status, returnUrl, lastErrorCode } = answer.flow;
  const isSaved = status === 'succeeded' || status === 'processing';
  if (returnUrl !== null && (isSaved || context.alwaysReturns)) {
    return { kind: 'go', url: withFlow(returnUrl, answer.flow, context.clientSecret) };
  }
  // The merchant's own server confirmed, and named no page to go on to.
  if (isSaved) return { kind: 'done' };
  if (status === 'canceled') return { kind: 'error', error: CANCELED };

  const code = lastErrorCode ?? 'three_d_secure_failed';
  return {
    kind: 'error',
    error: { kind: 'payment', code, message: context.reasons[declineReason(code)], problems: [] },
    ...(context.isStopped && { isStopped: true }),
  };
}
