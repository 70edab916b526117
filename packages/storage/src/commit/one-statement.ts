import type { Change, Commit, IdempotencyStep } from '@onfile/core';
import { paymentMethods, setupAttempts } from '../tables.js';
import { announcing, deliveriesSql, eventSql } from './announcements.js';
import {
  announcedTable,
  assignments,
  availableCards,
  type ChangeOf,
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
import { calmSql, limitSql } from './limits.js';
import { Parameters, type ValueOf } from './parameters.js';

/** SQL for all commits of one shape, and where their values are. */
export interface ComposedCommit {
  readonly text: string;
  readonly values: readonly ValueOf[];
}

/**
 * A commit as one data-modifying statement, which answers one row: `holds`, and `object_<index>` for each insert and
 * update.
 *
 * All or nothing, at READ COMMITTED: `held_<index>` locks each row that the commit expects something of, and finds it
 * only if its newest version is as expected; `guard` is true when all were found; every write depends on it. What one
 * statement reads is older than what it locks, so a write may meet a row that was changed in between. PostgreSQL then
 * applies it to the newest version, the one that is locked, and `guard` is not computed again.
 *
 * Where one row is all that the commit expects something of, its update carries the expectation, and `guard` asks
 * whether it took place.
 */
export function composeAsOneStatement(commit: Commit): ComposedCommit {
  const parameters = new Parameters();
  const composition = composeGuard(commit, parameters);
  for (const [index, change] of inOrderOfWriting(commit)) {
    if (index !== composition.carriedBy) composition.parts.push(...writesOf(change, index, composition));
  }
  if (commit.idempotency) composition.parts.push(idempotencyPart(commit.idempotency, composition));
  composition.parts.push(...deliveryParts(composition));

  return { text: render(composition), values: parameters.values };
}

interface Composition {
  readonly commit: Commit;
  readonly parameters: Parameters;
  readonly parts: Part[];
  /** The condition that every write depends on; `null` when the commit expects nothing. */
  readonly holds: string | null;
  /** The change whose own write carries the commit's only expectation. */
  readonly carriedBy: number | null;
}

/** One named query of the statement. */
interface Part {
  readonly name: string;
  readonly sql: string;
}

function composeGuard(commit: Commit, parameters: Parameters): Composition {
  const held = inOrderOfLocking(commit);
  const needsCards = commit.changes.some(({ kind }) => kind === 'require_cards_available');
  const nothing: Composition = { commit, parameters, parts: [], holds: null, carriedBy: null };
  const isLimited = commit.changes.some(({ kind }) => kind === 'count' || kind === 'require_no_attack');
  if (held.length === 0 && !needsCards && !isLimited) return nothing;

  const holds = '(SELECT holds FROM guard)';
  const [only] = held;
  if (only && isWritten(only[1]) && held.length === 1 && !needsCards && !isLimited) {
    const [index, change] = only;
    const conditions = [heldRow(change, index, parameters).conditions];
    const parts = [
      ...updateParts(change, index, { ...nothing, conditions }),
      guardOf([`EXISTS (SELECT FROM change_${index})`]),
    ];
    return { ...nothing, parts, holds, carriedBy: index };
  }
  const needed = held.map(([index, change]) => lockPart(change, index, parameters));
  if (needsCards) needed.push({ name: 'cards', sql: `SELECT FROM ${availableCards(parameters)}` });
  const found = needed.map(({ name }) => `EXISTS (SELECT FROM ${name})`);
  const { parts, within } = composeLimits(commit, found, parameters);
  return { ...nothing, parts: [...needed, ...parts, guardOf([...found, ...within])], holds };
}

function isWritten(change: Held): change is ChangeOf<'update' | 'update_attempt'> {
  return change.kind === 'update' || change.kind === 'update_attempt';
}

/** Each limit counts only when everything before it holds, so that what is refused uses up as little as can be. */
function composeLimits(
  commit: Commit,
  found: readonly string[],
  parameters: Parameters,
): { readonly parts: readonly Part[]; readonly within: readonly string[] } {
  const parts: Part[] = [];
  const within: string[] = [];
  for (const [index, change] of commit.changes.entries()) {
    const conditions = [...found, ...within];
    if (change.kind === 'require_no_attack') {
      parts.push({ name: 'calm', sql: calmSql({ conditions, parameters, answering }) });
      within.push('(SELECT is_within FROM calm)');
    } else if (change.kind === 'count') {
      const chained = { conditions, parameters, answering };
      parts.push({ name: `limit_${index}`, sql: limitSql(change.limit, index, chained) });
      within.push(`(SELECT is_within FROM limit_${index})`);
    }
  }
  return { parts, within };
}

function answering(isWithin: string, retryAt: string): string {
  return `${isWithin} AS is_within, ${retryAt} AS retry_at`;
}

function lockPart(change: Held, index: number, parameters: Parameters): Part {
  const { table, conditions } = heldRow(change, index, parameters);
  return { name: `held_${index}`, sql: `SELECT FROM ${table} WHERE ${conditions} FOR ${LOCKS[change.kind]}` };
}

function guardOf(conditions: readonly string[]): Part {
  return { name: 'guard', sql: `SELECT ${conditions.join(' AND ')} AS holds` };
}

function writesOf(change: Change, index: number, composition: Composition): readonly Part[] {
  const { parameters } = composition;
  switch (change.kind) {
    case 'insert': {
      const row = newRow(announcedTable(change), (commit) => changeAt(commit, index, 'insert').object, parameters);
      const { name, sql } = insertPart(`change_${index}`, row, composition);
      return [{ name, sql: `${sql}\n    RETURNING *` }, eventPart(change, index, parameters)];
    }
    case 'update':
    case 'update_attempt': {
      const conditions = [parameters.rowOfChange(index), ...conditionsOf(composition)];
      return updateParts(change, index, { parameters, conditions });
    }
    case 'insert_draft': {
      const draft = (commit: Commit) => changeAt(commit, index, 'insert_draft');
      const row = newRow(paymentMethods, (commit) => draft(commit).paymentMethod, parameters);
      const id: ValueOf = (commit) => draft(commit).paymentMethod.id;
      const sealed = sealedRow({ id, sealed: (commit) => draft(commit).sealed }, parameters);
      return [insertPart(`change_${index}`, row, composition), insertPart(`sealed_${index}`, sealed, composition)];
    }
    case 'delete_draft':
      return deleteDraft(index, composition);
    case 'insert_sealed_card': {
      const card = (commit: Commit) => changeAt(commit, index, 'insert_sealed_card');
      const id: ValueOf = (commit) => card(commit).paymentMethodId;
      return [
        insertPart(
          `change_${index}`,
          sealedRow({ id, sealed: (commit) => card(commit).sealed }, parameters),
          composition,
        ),
      ];
    }
    case 'delete_sealed_card':
      return [deleteSealedCard(index, composition)];
    case 'insert_attempt':
      return [insertAttempt(index, composition)];
    case 'note_card':
      return [insertPart(`change_${index}`, sightingRow(index, parameters), composition)];
    case 'count':
    case 'require_no_attack':
    case 'require_customer':
    case 'require_payment_method':
    case 'require_cards_available':
      return [];
  }
}

function conditionsOf({ holds }: Composition): readonly string[] {
  return holds === null ? [] : [holds];
}

function insertPart(name: string, row: NewRow, composition: Composition, ...more: readonly string[]): Part {
  return {
    name,
    sql: `INSERT INTO ${row.table} (${row.columns.join(', ')})
    SELECT ${row.values.join(', ')}${renderWhere([...conditionsOf(composition), ...more])}`,
  };
}

function updateParts(
  change: ChangeOf<'update' | 'update_attempt'>,
  index: number,
  { parameters, conditions }: { parameters: Parameters; conditions: readonly string[] },
): readonly Part[] {
  const update = {
    name: `change_${index}`,
    sql: `UPDATE ${change.kind === 'update' ? announcedTable(change).name : setupAttempts.name}
    SET ${assignments(change, index, parameters).join(', ')}
    WHERE ${conditions.join(' AND ')}
    RETURNING ${change.kind === 'update' ? '*' : 'id'}`,
  };
  return change.kind === 'update' ? [update, eventPart(change, index, parameters)] : [update];
}

function eventPart(change: ChangeOf<'insert' | 'update'>, index: number, parameters: Parameters): Part {
  const source = { from: `change_${index}`, where: 'true' };
  return { name: `event_${index}`, sql: eventSql(change, index, { source, parameters }) };
}

function deliveryParts({ commit, parameters }: Composition): readonly Part[] {
  const events = announcing(commit).map((index) => `SELECT id, type, object_id, sequence FROM event_${index}`);
  if (events.length === 0) return [];
  const source = { from: `(${events.join(' UNION ALL ')})`, where: 'true' };
  return [{ name: 'deliveries_made', sql: deliveriesSql(source, parameters) }];
}

function deleteDraft(index: number, composition: Composition): readonly Part[] {
  const { parameters } = composition;
  const conditions = [parameters.rowOfChange(index), "state = 'draft'", ...conditionsOf(composition)];
  return [
    {
      name: `change_${index}`,
      sql: `DELETE FROM payment_methods
    WHERE ${conditions.join(' AND ')}
    RETURNING id`,
    },
    {
      name: `sealed_${index}`,
      sql: `DELETE FROM sealed_cards
    WHERE merchant_id = ${parameters.merchantId} AND livemode = ${parameters.livemode}
      AND payment_method_id = (SELECT id FROM change_${index})`,
    },
  ];
}

function deleteSealedCard(index: number, composition: Composition): Part {
  const { parameters } = composition;
  const id = parameters.add((commit) => changeAt(commit, index, 'delete_sealed_card').paymentMethodId);
  const { merchantId, livemode } = parameters;
  const row = `merchant_id = ${merchantId} AND livemode = ${livemode} AND payment_method_id = ${id}`;
  const conditions = [row, ...conditionsOf(composition)];
  return { name: `change_${index}`, sql: `DELETE FROM sealed_cards${renderWhere(conditions)}` };
}

/** After the attempts that the same commit closes, for one setup intent has one open attempt at a time. */
function insertAttempt(index: number, composition: Composition): Part {
  const { commit, parameters } = composition;
  const row = newRow(setupAttempts, (commit) => changeAt(commit, index, 'insert_attempt').attempt, parameters);
  const closings = [...commit.changes.entries()].filter(([, { kind }]) => kind === 'update_attempt');
  const closed = closings.map(([closing]) => `EXISTS (SELECT FROM change_${closing})`);
  return insertPart(`change_${index}`, row, composition, ...closed);
}

function idempotencyPart(step: IdempotencyStep, composition: Composition): Part {
  const answer = 'changeIndex' in step ? { from: `event_${step.changeIndex}`, where: 'true' } : null;
  const conditions = conditionsOf(composition);
  return { name: 'idempotency', sql: idempotencySql(step, { ...composition, answer, conditions }) };
}

function renderWhere(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `\n    WHERE ${conditions.join(' AND ')}`;
}

function render({ commit, parts, holds }: Composition): string {
  const named = parts.map(({ name, sql }) => `${name} AS (\n    ${sql}\n  )`);
  const queries = named.length === 0 ? '' : `WITH\n  ${named.join(',\n  ')}\n`;
  const answers = [`${holds ?? 'true'} AS holds`];
  for (const [index, { kind }] of commit.changes.entries()) {
    if (kind === 'insert' || kind === 'update') answers.push(`(SELECT data FROM event_${index}) AS object_${index}`);
    if (kind === 'count') answers.push(`(SELECT row_to_json(l) FROM limit_${index} AS l) AS limit_${index}`);
    if (kind === 'require_no_attack') answers.push('(SELECT row_to_json(l) FROM calm AS l) AS calm');
  }
  return `${queries}SELECT\n  ${answers.join(',\n  ')}`;
}
