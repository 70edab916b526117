import type { LookUpAnswer, VerificationAnswer } from '../ports/connector.js';
import type { IdempotencyEntry, IdempotencyStep, LoadedAttempt } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import type { Scope, Uuid } from '../scope.js';
import type { SetupIntent } from '../setup-intent/setup-intent.js';
import { type AnswerContext, type AuthenticationAbandoned, decideAnswer } from './decide-answer.js';

const SETTLINGS_MAX = 6;

/**
 * Writes down what the processor said about an attempt, or that its cardholder left, with all that follows from it, in one commit. A late writer, or
 * one that says what is known already, changes nothing. Answers the intent as it is afterwards.
 */
export async function settleAttempt(
  ports: Ports,
  { scope, id }: { readonly scope: Scope; readonly id: Uuid },
  answer: VerificationAnswer | LookUpAnswer | AuthenticationAbandoned,
  { known, idempotency }: { readonly known: LoadedAttempt | null; readonly idempotency: IdempotencyEntry | null },
): Promise<SetupIntent> {
  let loaded = known ?? (await loadAttempt(ports, scope, id));
  for (let tries = 0; tries < SETTLINGS_MAX; tries += 1) {
    const context = await contextOf(ports, loaded, tries);
    const changes = decideAnswer(loaded, answer, context);
    if (changes.length === 0) return loaded.intent;

    const changeIndex = changes.findIndex((change) => change.kind === 'update' && change.objectType === 'setup_intent');
    const step = finishStep(changeIndex, idempotency);
    const result = await ports.storage.commit({ scope, at: context.now, changes, idempotency: step });
    if (result.kind === 'committed') return (result.objects[changeIndex] as SetupIntent | undefined) ?? loaded.intent;
    loaded = await loadAttempt(ports, scope, id);
  }
  // Somebody else keeps changing it, so somebody else is at work on it; the job that resumes attempts looks again.
  return loaded.intent;
}

async function loadAttempt({ storage }: Ports, scope: Scope, id: Uuid): Promise<LoadedAttempt> {
  const loaded = await storage.loadAttempt(scope, id);
  if (loaded === null) throw new Error('an attempt that was committed is gone');
  return loaded;
}

/**
 * The customer is looked up when their default method is to change; otherwise only whether they are still there, once a first
 * commit that required them did not go through.
 */
async function contextOf(ports: Ports, { attempt, intent }: LoadedAttempt, tries: number): Promise<AnswerContext> {
  const connector = ports.connectors[intent.scope.mode];
  const customer =
    intent.customer && (tries > 0 || attempt.makesDefault)
      ? await ports.storage.loadCustomer(intent.scope, { id: intent.customer.id })
      : undefined;
  return {
    now: ports.clock.now(),
    ids: ports.ids,
    settledAfterMs: (connector?.verifyTimeoutMs ?? 0) + (connector?.settlingMs ?? 0),
    customerGone: customer === null,
    defaultFor: attempt.makesDefault ? (customer ?? null) : null,
  };
}

function finishStep(changeIndex: number, entry: IdempotencyEntry | null): IdempotencyStep | null {
  return entry && changeIndex >= 0 ? { step: 'finish', entry, changeIndex } : null;
}
