import type { Change, LoadedAttempt } from '../ports/storage.js';
import type { Ports } from '../ports.js';
import type { Instant } from '../scope.js';
import { ASKING_MS_MAX, nextCheckAt } from './schedule.js';
import { settleAttempt } from './settle.js';
import type { SetupAttempt } from './setup-attempt.js';

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

async function voidAttempt({ connectors, clock, storage }: Ports, { attempt }: LoadedAttempt): Promise<void> {
  const { scope, id } = attempt;
  const answer = await connectors[scope.mode]?.void(scope, id);
  const now = clock.now();
  const changes = [afterVoiding(attempt, answer === 'done', now)];
  await storage.commit({ scope, at: now, changes, idempotency: null });
}

function afterVoiding(
  { id, version, checks, closedAt, startedAt }: SetupAttempt,
  isDone: boolean,
  now: Instant,
): Change {
  const change = { kind: 'update_attempt', id, expectVersion: version } as const;
  if (isDone) return { ...change, patch: { state: 'closed', nextCheckAt: null } };

  const isOverdue = now >= (closedAt ?? startedAt) + ASKING_MS_MAX;
  if (isOverdue) return { ...change, patch: { state: 'void_needs_review', nextCheckAt: null } };
  return { ...change, patch: { checks: checks + 1, nextCheckAt: nextCheckAt(checks + 1, now) } };
}
