import type { Change, Commit } from '@onfile/core';
import { paymentMethods, setupAttempts } from '../tables.js';
import { announcing, deliveriesSql, eventSql, rowAfterChange, type Source } from './announcements.js';
import {
  announcedTable,
  assignments,
  availableCards,
  changeAt,
  type Held,
  heldRow,
  inOrderOfLocking,
  inOrderOfWriting,
  LOCKS,
  type NewRow,
  newRow,
  sealedRow,
  sightingRow,
} from './fragments.js';
import { idempotencySql } from './idempotency-step.js';
import { type Answering, calmSql, limitSql } from './limits.js';
import type { ComposedCommit } from './one-statement.js';
import { Parameters } from './parameters.js';

/** One statement of a commit's transaction. */
export interface Step extends ComposedCommit {
  /**
   * `guard` fails with a division by zero when the commit may not happen, `limit` when its limit is reached; `event` answers
   * the object's `data`.
   */
  readonly kind: 'guard' | 'limit' | 'write' | 'event';
  /** Of the change that it belongs to; -1 where it belongs to several. */
  readonly index: number;
}

/**
 * A commit as statements of one transaction that are sent one behind the other, with no look at any answer in between. Each
 * is about one table, or joins two, by one merchant: a distributed database hands it on to a node as it is.
 *
 * All or nothing: the rows that the commit expects something of are locked first, in the same order as everywhere, and who
 * does not find them as expected divides by zero. PostgreSQL then refuses all that follows, and turns COMMIT into ROLLBACK. What
 * is locked cannot change any more, so the writes ask for nothing but their row.
 */
export function composeAsPipeline(commit: Commit): readonly Step[] {
  return [...guards(commit), ...limits(commit), ...writes(commit)];
}

/**
 * Counts only, up to the limit at `index`, and fails if that one is not reached after all: what was counted with a commit
 * that a limit kept from happening went with it, and has to stay.
 */
export function composeCountsUpTo(commit: Commit, index: number): readonly Step[] {
  const counted = { ...commit, changes: commit.changes.slice(0, index) };
  return [...guards(commit), ...limits(counted), limitStep(commit.changes[index] as Change, index, reached)];
}

function guards(commit: Commit): readonly Step[] {
  const held = inOrderOfLocking(commit).map(([index, change]) =>
    step('guard', index, (parameters) => exists(lockedRow(change, index, parameters))),
  );
  const needsCards = commit.changes.some(({ kind }) => kind === 'require_cards_available');
  const cards = (parameters: Parameters) => exists(`SELECT id FROM ${availableCards(parameters)} LIMIT 1`);
  return needsCards ? [...held, step('guard', -1, cards)] : held;
}

function exists(rows: string): string {
  return `SELECT 1 / count(*) AS holds FROM (\n    ${rows}\n  ) AS expected`;
}

function lockedRow(change: Held, index: number, parameters: Parameters): string {
  const { table, conditions } = heldRow(change, index, parameters);
  return `SELECT id FROM ${table} WHERE ${conditions} FOR ${LOCKS[change.kind]}`;
}

function limits({ changes }: Pick<Commit, 'changes'>): readonly Step[] {
  return [...changes.entries()]
    .filter(([, { kind }]) => kind === 'count' || kind === 'require_no_attack')
    .map(([index, change]) => limitStep(change, index, within));
}

function limitStep(change: Change, index: number, answering: Answering): Step {
  return step('limit', index, (parameters) => {
    const chained = { conditions: [], parameters, answering };
    return change.kind === 'count' ? limitSql(change.limit, index, chained) : calmSql(chained);
  });
}

const within: Answering = (isWithin) => `1 / (${isWithin})::integer AS is_within`;
const reached: Answering = (isWithin, retryAt) =>
  `1 / (NOT (${isWithin}))::integer AS is_reached, ${retryAt} AS retry_at`;

function writes(commit: Commit): readonly Step[] {
  const steps = inOrderOfWriting(commit).flatMap(([index, change]) => stepsOf(change, index));
  const { idempotency } = commit;
  if (idempotency !== null) {
    const answerIndex = 'changeIndex' in idempotency ? idempotency.changeIndex : null;
    steps.push(
      step('write', -1, (parameters) => {
        const answer = answerIndex === null ? null : eventsMade([answerIndex], parameters);
        return idempotencySql(idempotency, { commit, parameters, answer, conditions: [] });
      }),
    );
  }
  const made = announcing(commit);
  if (made.length > 0) {
    steps.push(step('write', -1, (parameters) => deliveriesSql(eventsMade(made, parameters), parameters)));
  }
  return steps;
}

function stepsOf(change: Change, index: number): readonly Step[] {
  switch (change.kind) {
    case 'insert': {
      const object = (commit: Commit) => changeAt(commit, index, 'insert').object;
      return [
        insert(index, (parameters) => newRow(announcedTable(change), object, parameters)),
        step('event', index, (parameters) => eventOf(change, index, parameters)),
      ];
    }
    case 'update':
      return [
        update(change, index, announcedTable(change).name),
        step('event', index, (parameters) => eventOf(change, index, parameters)),
      ];
    case 'update_attempt':
      return [update(change, index, setupAttempts.name)];
    case 'insert_draft': {
      const draft = (commit: Commit) => changeAt(commit, index, 'insert_draft');
      const id = (commit: Commit) => draft(commit).paymentMethod.id;
      return [
        insert(index, (parameters) => newRow(paymentMethods, (commit) => draft(commit).paymentMethod, parameters)),
        insert(index, (parameters) => sealedRow({ id, sealed: (commit) => draft(commit).sealed }, parameters)),
      ];
    }
    case 'delete_draft':
      return deleteDraft(index);
    case 'insert_sealed_card': {
      const card = (commit: Commit) => changeAt(commit, index, 'insert_sealed_card');
      const id = (commit: Commit) => card(commit).paymentMethodId;
      return [insert(index, (parameters) => sealedRow({ id, sealed: (commit) => card(commit).sealed }, parameters))];
    }
    case 'delete_sealed_card':
      return [
        step('write', index, (parameters) => `DELETE FROM sealed_cards WHERE ${sealedCardOf(index, parameters)}`),
      ];
    case 'insert_attempt': {
      const attempt = (commit: Commit) => changeAt(commit, index, 'insert_attempt').attempt;
      return [insert(index, (parameters) => newRow(setupAttempts, attempt, parameters))];
    }
    case 'note_card':
      return [insert(index, (parameters) => sightingRow(index, parameters))];
    case 'count':
    case 'require_no_attack':
    case 'require_customer':
    case 'require_payment_method':
    case 'require_cards_available':
      return [];
  }
}

function insert(index: number, rowOf: (parameters: Parameters) => NewRow): Step {
  return step('write', index, (parameters) => {
    const { table, columns, values } = rowOf(parameters);
    return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values.join(', ')})`;
  });
}

function update(change: Extract<Change, { kind: 'update' | 'update_attempt' }>, index: number, table: string): Step {
  return step('write', index, (parameters) => {
    const row = parameters.rowOfChange(index);
    return `UPDATE ${table} SET ${assignments(change, index, parameters).join(', ')} WHERE ${row}`;
  });
}

function eventOf(change: Extract<Change, { kind: 'insert' | 'update' }>, index: number, parameters: Parameters) {
  return eventSql(change, index, { source: rowAfterChange(change, index, parameters), parameters });
}

/** The sealed card goes only where the method went: one that is no draft keeps it. */
function deleteDraft(index: number): readonly Step[] {
  return [
    step('write', index, (parameters) => {
      return `DELETE FROM payment_methods WHERE ${parameters.rowOfChange(index)} AND state = 'draft'`;
    }),
    step('write', index, (parameters) => {
      return `DELETE FROM sealed_cards WHERE ${sealedCardOf(index, parameters)}
    AND NOT EXISTS (SELECT FROM payment_methods WHERE ${parameters.rowOfChange(index)})`;
    }),
  ];
}

function sealedCardOf(index: number, parameters: Parameters): string {
  const { merchantId, livemode } = parameters;
  const id = parameters.share(`id ${index}`, ({ changes }) => {
    const change = changes[index] as Extract<Change, { kind: 'delete_draft' | 'delete_sealed_card' }>;
    return change.kind === 'delete_draft' ? change.id : change.paymentMethodId;
  });
  return `merchant_id = ${merchantId} AND livemode = ${livemode} AND payment_method_id = ${id}`;
}

/** Events that this transaction has written, as `e`. */
function eventsMade(indexes: readonly number[], parameters: Parameters): Source {
  const ids = parameters.add(({ changes }) =>
    indexes.map((index) => (changes[index] as Extract<Change, { kind: 'insert' | 'update' }>).event.id),
  );
  const { merchantId, livemode } = parameters;
  return {
    from: 'events',
    where: `e.merchant_id = ${merchantId} AND e.livemode = ${livemode} AND e.id = ANY (${ids}::uuid[])`,
  };
}

function step(kind: Step['kind'], index: number, sql: (parameters: Parameters) => string): Step {
  const parameters = new Parameters();
  const text = sql(parameters);
  return { kind, index, text, values: parameters.values };
}
