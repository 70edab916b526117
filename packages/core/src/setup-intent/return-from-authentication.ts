import type { LoadedAttempt } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import type { Scope, Uuid } from '../scope.js';
import { settleAttempt } from '../setup-attempt/settle.js';
import { type AttemptOutcome, isOpen } from '../setup-attempt/setup-attempt.js';
import { attemptNamedBy } from '../setup-attempt/state-token.js';
import type { SetupIntent } from './setup-intent.js';

const LOADS_MAX = 4;

/**
 * The cardholder's browser came back. That it did is all we take from it: the processor is asked how it went. `null` for a
 * token that is forged or used up, or whose attempt was given up.
 */
export async function returnFromAuthentication(ports: Ports, stateToken: string): Promise<SetupIntent | null> {
  const named = attemptNamedBy(ports, stateToken);
  const loaded = named && (await ports.storage.loadAttempt(named.scope, named.id));
  if (!loaded || !mayReturn(loaded)) return null;

  const connector = ports.connectors[named.scope.mode];
  if (isOpen(loaded.attempt) && connector !== null) {
    const answer = await connector.lookUp(named.scope, named.id);
    await settleAttempt(ports, loaded.attempt, answer, { known: null, idempotency: null });
  }
  return spendToken(ports, named);
}

/**
 * Who comes back without having finished may go there again, so the token is used up by the first return that finds the
 * attempt over: of two at once, one goes on. A job may work on the same attempt meanwhile.
 */
async function spendToken(
  ports: Ports,
  { scope, id }: { readonly scope: Scope; readonly id: Uuid },
): Promise<SetupIntent | null> {
  for (let loads = 0; loads < LOADS_MAX; loads += 1) {
    const loaded = await ports.storage.loadAttempt(scope, id);
    if (loaded === null || !mayReturn(loaded)) return null;
    if (isOpen(loaded.attempt) || (await markReturned(ports, loaded))) return loaded.intent;
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
