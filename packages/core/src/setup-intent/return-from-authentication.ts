import type { LoadedAttempt } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { settleAttempt } from '../setup-attempt/settle.js';
import { type AttemptOutcome, isOpen } from '../setup-attempt/setup-attempt.js';
import { attemptNamedBy } from '../setup-attempt/state-token.js';
import type { SetupIntent } from './setup-intent.js';

const LOADS_MAX = 4;

/**
 * The cardholder's browser came back. That it did is all we take from it: the processor is asked how it went. `null` for a
 * token that is forged or used, or whose attempt was given up.
 */
export async function returnFromAuthentication(ports: Ports, stateToken: string): Promise<SetupIntent | null> {
  const loaded = await spendToken(ports, stateToken);
  if (loaded === null) return null;

  const { attempt, intent } = loaded;
  const connector = ports.connectors[attempt.scope.mode];
  if (!isOpen(attempt) || connector === null) return intent;
  const answer = await connector.lookUp(attempt.scope, attempt.id);
  return settleAttempt(ports, attempt, answer, { known: null, idempotency: null });
}

/** A token is good for one return: of two at once, one goes on. A job may work on the same attempt meanwhile. */
async function spendToken(ports: Ports, stateToken: string): Promise<LoadedAttempt | null> {
  const named = attemptNamedBy(ports, stateToken);
  if (named === null) return null;

  for (let loads = 0; loads < LOADS_MAX; loads += 1) {
    const loaded = await ports.storage.loadAttempt(named.scope, named.id);
    if (loaded === null || !mayReturn(loaded)) return null;
    if (await markReturned(ports, loaded)) return loaded;
  }
  return null;
}

/** Also after a job found the result first: the cardholder cannot know, and has to get back to the shop all the same. */
function mayReturn({ attempt }: LoadedAttempt): boolean {
  const { returnedAt, authenticationUrl, outcome } = attempt;
  return returnedAt === null && authenticationUrl !== null && !isGivenUp(outcome);
}

function isGivenUp(outcome: AttemptOutcome | null): boolean {
  return outcome === 'superseded' || outcome === 'canceled' || outcome === 'abandoned';
}

async function markReturned({ storage, clock }: Ports, { attempt }: LoadedAttempt): Promise<boolean> {
  const { scope, id, version } = attempt;
  const now = clock.now();
  const change = { kind: 'update_attempt', id, expectVersion: version, patch: { returnedAt: now } } as const;
  const result = await storage.commit({ scope, at: now, changes: [change], idempotency: null });
  return result.kind === 'committed';
}
