import { createPostgresStorage as create } from '@onfile/storage';
import { hold, planted } from './points.mjs';

export * from '@onfile/storage';

/** The real storage; commits are held by what they are for. */
export function createPostgresStorage(settings) {
  const storage = create(settings);
  return {
    ...storage,
    commit: (commit) => held(nameOf(commit), () => plantedCommit(storage, commit)),
    settleDelivery: (settlement) => held('commit of a delivery', () => storage.settleDelivery(settlement)),
  };
}

async function held(name, act) {
  await hold(`before ${name}`);
  const result = await act();
  await hold(`after ${name}`);
  return result;
}

function nameOf({ changes }) {
  if (changes.some(({ kind }) => kind === 'insert_attempt')) return 'commit of an attempt';
  const ended = changes.find(({ kind }) => kind === 'update_attempt');
  if (ended?.patch.state === 'awaiting_authentication') return 'commit of a challenge';
  if (ended?.patch.outcome === 'approved') return 'commit of an approval';
  if (ended?.patch.outcome === 'declined') return 'commit of a decline';
  if (ended?.patch.outcome === 'not_processed') return 'commit of not processed';
  if (ended?.patch.state === 'voiding') return 'commit of giving up';
  if (ended) return 'commit of another look';
  const created = changes.some(({ kind, objectType }) => kind === 'insert' && objectType === 'setup_intent');
  return created ? 'commit of a setup' : 'other commit';
}

function plantedCommit(storage, commit) {
  if (planted === 'acknowledges before it writes' && commit.changes.some(isNewSetup)) {
    hold('before what was acknowledged is written')
      .then(() => storage.commit(commit))
      .catch(() => undefined);
    return { kind: 'committed', objects: commit.changes.map(({ object }) => object ?? null) };
  }
  if (planted === 'begins whatever the status is') {
    return storage.commit({ ...commit, changes: commit.changes.map(withoutGuard) });
  }
  if (planted === 'forgets to undo') return storage.commit({ ...commit, changes: commit.changes.map(withoutUndoing) });
  return storage.commit(commit);
}

function withoutUndoing(change) {
  const isGivenUp = change.kind === 'update_attempt' && change.patch.state === 'voiding';
  return isGivenUp ? { ...change, patch: { ...change.patch, state: 'closed', nextCheckAt: null } } : change;
}

function isNewSetup({ kind, objectType }) {
  return kind === 'insert' && objectType === 'setup_intent';
}

const STATUSES = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'processing', 'succeeded'];

function withoutGuard(change) {
  return change.takesAttempt ? { ...change, expect: { statusIn: STATUSES } } : change;
}
