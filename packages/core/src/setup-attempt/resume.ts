import type { LoadedAttempt } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import { nextCheckAt } from './schedule.js';
import { settleAttempt } from './settle.js';

/**
 * For how long a claimed attempt is left alone by other workers. Two that look the same one up do no harm, since both ask only
 * and one writes; but one that was claimed by a worker which then died has to wait for this long, and nothing may be stuck
 * for a minute.
 */
const LEASE_MS = 15_000;

/**
 * Asks processors about attempts that are due: those whose answer never came, those whose cardholder is away, and those
 * that were given up and have to be undone. Answers how many it looked at.
 */
export async function resumeAttempts(ports: Ports, limit: number): Promise<number> {
  const now = ports.clock.now();
  const due = await ports.storage.claimDueAttempts(now, now + LEASE_MS, limit);
  const results = await Promise.allSettled(due.map((loaded) => resumeAttempt(ports, loaded)));
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (faults.length > 0)
    throw new AggregateError(faults, `${faults.length} of ${due.length} attempts were not resumed`);
  return due.length;
}

async function resumeAttempt(ports: Ports, loaded: LoadedAttempt): Promise<void> {
  const { attempt } = loaded;
  const connector = ports.connectors[attempt.scope.mode];
  if (connector === null) return;
  if (attempt.state === 'voiding') return voidAttempt(ports, loaded);

  const answer = await connector.lookUp(attempt.scope, attempt.id);
  await settleAttempt(ports, attempt, answer, { known: loaded, idempotency: null });
}

async function voidAttempt(ports: Ports, { attempt }: LoadedAttempt): Promise<void> {
  const { scope, id, checks, version } = attempt;
  const answer = await ports.connectors[scope.mode]?.void(scope, id);
  const now = ports.clock.now();
  const patch =
    answer === 'done'
      ? ({ state: 'closed', nextCheckAt: null } as const)
      : { checks: checks + 1, nextCheckAt: nextCheckAt(checks + 1, now) };
  const change = { kind: 'update_attempt', id, expectVersion: version, patch } as const;
  await ports.storage.commit({ scope, at: now, changes: [change], idempotency: null });
}
