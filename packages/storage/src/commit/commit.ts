import {
  type Change,
  type Commit,
  type CommitResult,
  type EventObjects,
  type EventObjectType,
  isSameScope,
  renderInstant,
  StorageFault,
} from '@onfile/core';
import type { CommitForm, Database, StorageLog } from '../database.js';
import { CONNECTION, isConnectionLost, isUnmet, toStorageFault, violatedKeyOf } from '../faults.js';
import type { Row } from '../fields.js';
import { statement } from '../statement.js';
import { readAnnounced } from '../tables.js';
import { composeCommit, composeCounts, composePipeline } from './composed-commits.js';
import { limitReached, limitReachedAt } from './limits.js';
import { lookUpCommit } from './look-up.js';

/** A commit is sent again when its key had expired, and when its connection was lost and it surely did not happen. */
const SENDINGS_MAX = 3;

/**
 * All of a commit or nothing of it, in one round trip whatever its form; what a limit refuses may take a second. An
 * answer that was lost with its connection is looked up on another one; while nothing can be found out, a
 * {@link StorageFault} is thrown.
 */
export async function runCommit(
  commit: Commit,
  { database, form, log }: { database: Database; form: CommitForm; log: StorageLog },
): Promise<CommitResult> {
  refuseImpossible(commit);
  let isLost = false;
  for (let sendings = 0; sendings < SENDINGS_MAX; sendings += 1) {
    const sent = await (form === 'pipelined' ? sendPipelined : send)(commit, database);
    if (sent.kind === 'again') continue;
    if (sent.kind === 'key_taken' && !isLost && (await forgetExpiredKey(commit, database))) continue;
    if (sent.kind === 'lost') isLost = true;
    else if (!isLost || sent.kind === 'committed') return settled(sent);

    log({ event: 'commit_looked_up' });
    const found = await lookUpCommit(commit, database);
    if (found) return found;
    if (sent.kind !== 'lost') return settled(sent);
  }
  if (!isLost)
    throw new StorageFault('Limits were reached and not reached each time a commit was sent', { code: '40001' });
  throw new StorageFault('The connection to PostgreSQL failed each time a commit was sent', { code: CONNECTION });
}

type Sent =
  | CommitResult
  | { readonly kind: 'lost' }
  | { readonly kind: 'fault'; readonly fault: StorageFault }
  /** Nothing happened, and it may be tried again. */
  | { readonly kind: 'again' };

function settled(sent: Exclude<Sent, { kind: 'lost' | 'again' }>): CommitResult {
  if (sent.kind === 'fault') throw sent.fault;
  return sent;
}

async function send(commit: Commit, database: Database): Promise<Sent> {
  const composed = composeCommit(commit);
  try {
    const { merchantId } = commit.scope;
    const [row] = mayShareTransaction(commit)
      ? await database.sendTogether(composed, merchantId)
      : await database.send(composed, composed.values, merchantId);
    if (row?.holds) return { kind: 'committed', objects: commit.changes.map(objectIn(row)) };
    return (row && limitReached(commit, row)) ?? { kind: 'stale' };
  } catch (error) {
    // Thrown by us when nothing was sent.
    if (error instanceof StorageFault) throw error;
    return failed(error);
  }
}

/**
 * Whether it only adds rows, and locks at most a customer against change: then no two groups of such commits wait for each other, but
 * for callers who send the same two idempotency keys twice at the same moment, where PostgreSQL gives one group up.
 */
function mayShareTransaction({ changes }: Commit): boolean {
  return changes.every(
    ({ kind }) => kind === 'insert' || kind === 'require_customer' || kind === 'require_cards_available',
  );
}

function failed(error: unknown): Sent {
  if (isConnectionLost(error)) return { kind: 'lost' };
  const key = violatedKeyOf(error);
  const kind = key === null ? undefined : MEANING_OF_KEY[key];
  return kind ? { kind } : { kind: 'fault', fault: toStorageFault(error) };
}

async function sendPipelined(commit: Commit, database: Database): Promise<Sent> {
  const steps = composePipeline(commit);
  const transacted = await database.transact(steps, commit.scope.merchantId);
  if (transacted.kind === 'committed') {
    const events = steps.flatMap(({ kind, index }, at) =>
      kind === 'event' ? [[`object_${index}`, transacted.rows[at]?.[0]?.data]] : [],
    );
    return { kind: 'committed', objects: commit.changes.map(objectIn(Object.fromEntries(events))) };
  }
  const step = steps[transacted.failedAt];
  if (!step || !isUnmet(transacted.error)) return failed(transacted.error);
  if (step.kind === 'guard') return { kind: 'stale' };
  return step.kind === 'limit' ? countOnly(commit, step.index, database) : failed(transacted.error);
}

/** A limit was reached, and what had been counted before it went with the commit: it is counted by itself. */
async function countOnly(commit: Commit, index: number, database: Database): Promise<Sent> {
  const transacted = await database.transact(composeCounts(commit, index), commit.scope.merchantId);
  if (transacted.kind === 'committed') return limitReachedAt(index, commit, transacted.rows.at(-1)?.[0]);
  // Meanwhile the limit was not reached any more, or another one was.
  return isUnmet(transacted.error) ? { kind: 'again' } : { kind: 'fault', fault: toStorageFault(transacted.error) };
}

/** What it means that a commit met another row under one of these keys. */
const MEANING_OF_KEY: Readonly<Record<string, 'key_taken' | 'customer_id_taken' | 'stale'>> = {
  idempotency_records_pkey: 'key_taken',
  customers_pkey: 'customer_id_taken',
  customers_chosen_id: 'customer_id_taken',
  // Another customer has the external reference since it was looked for.
  customers_external_reference: 'stale',
  setup_attempts_one_open: 'stale',
};

function objectIn(row: Row) {
  return (change: Change, index: number): EventObjects[EventObjectType] | null =>
    change.kind === 'insert' || change.kind === 'update'
      ? readAnnounced(change.objectType, row[`object_${index}`] as Row)
      : null;
}

/** Whether the key's record was there, and too old to count. */
async function forgetExpiredKey({ scope, at, idempotency }: Commit, database: Database): Promise<boolean> {
  if (!idempotency) return false;
  const { operation, key } = idempotency.entry;
  const values = [scope.merchantId, scope.mode === 'live', operation, key, renderInstant(at)];
  return (await database.run(FORGET_EXPIRED_KEY, values)).length > 0;
}

const FORGET_EXPIRED_KEY = statement(`
  DELETE FROM idempotency_records
  WHERE merchant_id = $1 AND livemode = $2 AND operation = $3 AND key = $4 AND expires_at <= $5
  RETURNING true AS forgotten`);

/** A caller's mistakes that SQL would not notice: what one statement does to a row twice, it does once. */
function refuseImpossible({ scope, changes }: Commit): void {
  const rows = new Set<string>();
  for (const change of changes) {
    if (change.kind === 'insert' && !isSameScope(change.object.scope, scope)) {
      throw new Error(`A commit inserts a ${change.objectType} of another scope`);
    }
    const row = rowChangedBy(change);
    if (row !== null && rows.has(row)) throw new Error(`A commit changes ${row} twice`);
    if (row !== null) rows.add(row);
  }
}

function rowChangedBy(change: Change): string | null {
  switch (change.kind) {
    case 'insert':
      return `${change.objectType} ${change.object.id}`;
    case 'update':
      return `${change.objectType} ${change.id}`;
    case 'insert_draft':
      return `payment_method ${change.paymentMethod.id}`;
    case 'delete_draft':
      return `payment_method ${change.id}`;
    case 'insert_attempt':
      return `setup_attempt ${change.attempt.id}`;
    case 'update_attempt':
      return `setup_attempt ${change.id}`;
    case 'insert_sealed_card':
    case 'delete_sealed_card':
      return `sealed_card ${change.paymentMethodId}`;
    default:
      return null;
  }
}
