import type { LookUpAnswer, VerificationAnswer } from '../ports/connector.js';
import type { IdempotencyEntry, IdempotencyStep, LoadedAttempt } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import type { Scope, Uuid } from '../scope.js';
import type { SetupIntent } from '../setup-intent/setup-intent.js';
import { type AnswerContext, decideAnswer } from './decide-answer.js';

const SETTLINGS_MAX = 6;

/**
 * Writes down what the processor said about an attempt, with all that follows from it, in one commit. A late writer, or
 * one that says what is known already, changes nothing. Answers the intent as it is afterwards.
 */
export async function settleAttempt(
  ports: Ports,
  { scope, id }: { readonly scope: Scope; readonly id: Uuid },
  answer: VerificationAnswer | LookUpAnswer,
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

/** Whether the customer is still there is looked up only when a first commit that required it did not go through. */
async function contextOf(ports: Ports, { intent }: LoadedAttempt, tries: number): Promise<AnswerContext> {
  const connector = ports.connectors[intent.scope.mode];
  const customer =
    tries > 0 && intent.customer
      ? await ports.storage.loadCustomer(intent.scope, { id: intent.customer.id })
      : undefined;
  return {
    now: ports.clock.now(),
    ids: ports.ids,
    settledAfterMs: (connector?.verifyTimeoutMs ?? 0) + (connector?.settlingMs ?? 0),
    customerGone: customer === null,
  };
}

function finishStep(changeIndex: number, entry: IdempotencyEntry | null): IdempotencyStep | null {
  return entry && changeIndex >= 0 ? { step: 'finish', entry, changeIndex } : null;
}
