import { setTimeout as delay } from 'node:timers/promises';
import { type Change, type Commit, type CommitResult, StorageFault, type Uuid } from '@onfile/core';
import type { Database } from '../database.js';
import { CONNECTION } from '../faults.js';
import type { Row } from '../fields.js';
import { statement } from '../statement.js';
import { readAnnounced } from '../tables.js';

/** A server that was killed is back within seconds; longer than this no caller waits. */
const DELAYS_MS = [0, 100, 300, 900, 2_700];

/**
 * How a commit ended whose answer was lost: told by something that only this commit can have left behind. `null` when it
 * did not happen. Throws a {@link StorageFault} when the database stays away.
 */
export async function lookUpCommit(commit: Commit, database: Database): Promise<CommitResult | null> {
  let away: unknown;
  for (const delayMs of DELAYS_MS) {
    await delay(delayMs);
    try {
      return await lookUp(commit, database);
    } catch (fault) {
      if (!(fault instanceof StorageFault && isAway(fault))) throw fault;
      away = fault;
    }
  }
  throw away;
}

/** Not there, or just starting or stopping. */
function isAway({ code }: StorageFault): boolean {
  return code === CONNECTION || code.startsWith('57P');
}

async function lookUp(commit: Commit, database: Database): Promise<CommitResult | null> {
  const [eventId] = eventIdsOf(commit);
  if (eventId !== undefined) return lookUpEvents(commit, database);

  const scope = [commit.scope.merchantId, commit.scope.mode === 'live'];
  for (const change of commit.changes) {
    if (change.kind === 'insert_attempt')
      return happened(commit, await database.runRepeatable(ATTEMPT, [...scope, change.attempt.id]));
    if (change.kind === 'insert_draft')
      return happened(commit, await database.runRepeatable(CARD, [...scope, change.paymentMethod.id]));
    if (change.kind === 'insert_sealed_card')
      return happened(commit, await database.runRepeatable(CARD, [...scope, change.paymentMethodId]));
  }
  for (const change of commit.changes) {
    // Nothing tells whose change it was, so the caller has to look at what is there now.
    if (change.kind === 'update_attempt')
      return changed(change, await database.runRepeatable(ATTEMPT, [...scope, change.id]));
  }
  return null;
}

async function lookUpEvents(commit: Commit, database: Database): Promise<CommitResult | null> {
  const { merchantId, mode } = commit.scope;
  const rows = await database.runRepeatable(EVENTS, [merchantId, mode === 'live', eventIdsOf(commit)]);
  if (rows.length === 0) return null;

  const data = new Map(rows.map((row) => [row.id as Uuid, row.data as Row]));
  const objects = commit.changes.map((change) =>
    change.kind === 'insert' || change.kind === 'update'
      ? readAnnounced(change.objectType, data.get(change.event.id) as Row)
      : null,
  );
  return { kind: 'committed', objects };
}

function eventIdsOf({ changes }: Commit): readonly Uuid[] {
  return changes.flatMap((change) => (change.kind === 'insert' || change.kind === 'update' ? [change.event.id] : []));
}

function happened({ changes }: Commit, rows: readonly Row[]): CommitResult | null {
  return rows.length === 0 ? null : { kind: 'committed', objects: changes.map(() => null) };
}

function changed(change: Extract<Change, { kind: 'update_attempt' }>, [row]: readonly Row[]): CommitResult | null {
  return row?.version === change.expectVersion ? null : { kind: 'stale' };
}

const EVENTS = statement(`
  SELECT id, data FROM events WHERE merchant_id = $1 AND livemode = $2 AND id = ANY ($3)`);

const ATTEMPT = statement(`
  SELECT version FROM setup_attempts WHERE merchant_id = $1 AND livemode = $2 AND id = $3`);

const CARD = statement(`
  SELECT true FROM sealed_cards WHERE merchant_id = $1 AND livemode = $2 AND payment_method_id = $3`);
