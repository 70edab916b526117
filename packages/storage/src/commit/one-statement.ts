import type { Change, Commit, EventObjectType, IdempotencyStep } from '@onfile/core';
import { asBuffer, renderInstant } from '../fields.js';
import { paymentMethods, setupAttempts } from '../tables.js';
import {
  announcedChange,
  announcedTable,
  assignments,
  type ChangeOf,
  changeAt,
  type Held,
  heldRow,
  inOrderOfLocking,
  type NewRow,
  newRow,
} from './fragments.js';
import { calmPart, limitParts } from './limits.js';
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
  if (commit.idempotency) composition.parts.push(idempotencyWrite(commit.idempotency, composition));
  composition.parts.push(...deliveryParts(composition));

  return { text: render(composition), values: parameters.values };
}

/** New attempts come last: they depend on what closes others. */
function inOrderOfWriting({ changes }: Commit): readonly [number, Change][] {
  const isLast = ([, { kind }]: [number, Change]) => kind === 'insert_attempt';
  const entries = [...changes.entries()];
  return [...entries.filter((entry) => !isLast(entry)), ...entries.filter(isLast)];
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
export interface Part {
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
  if (only && held.length === 1 && !needsCards && !isLimited && only[1].kind !== 'require_customer') {
    const [index, change] = only;
    const conditions = [heldRow(change, index, parameters).conditions];
    const parts = [
      ...updateParts(change, index, { ...nothing, conditions }),
      guardOf([`EXISTS (SELECT FROM change_${index})`]),
    ];
    return { ...nothing, parts, holds, carriedBy: index };
  }
  const needed = held.map(([index, change]) => lockPart(change, index, parameters));
  if (needsCards) needed.push(cardsPart(parameters));
  const found = needed.map(({ name }) => `EXISTS (SELECT FROM ${name})`);
  const { parts, within } = composeLimits(commit, found, parameters);
  return { ...nothing, parts: [...needed, ...parts, guardOf([...found, ...within])], holds };
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
      parts.push(calmPart(conditions, parameters));
      within.push('(SELECT is_within FROM calm)');
    } else if (change.kind === 'count') {
      parts.push(...limitParts(change.limit, index, { conditions, parameters }));
      within.push(`(SELECT is_within FROM limit_${index})`);
    }
  }
  return { parts, within };
}

function lockPart(change: Held, index: number, parameters: Parameters): Part {
  const { table, conditions } = heldRow(change, index, parameters);
  return { name: `held_${index}`, sql: `SELECT FROM ${table} WHERE ${conditions} FOR ${LOCKS[change.kind]}` };
}

/** A row that is to be changed is locked against all others; one that only has to stay, against change. */
const LOCKS = { update: 'NO KEY UPDATE', update_attempt: 'NO KEY UPDATE', require_customer: 'SHARE' } as const;

/** Not locked: a commit that does not see a configuration's change came before it. */
function cardsPart({ merchantId, livemode }: Parameters): Part {
  return {
    name: 'cards',
    sql: `SELECT FROM payment_method_configurations
    WHERE merchant_id = ${merchantId} AND livemode = ${livemode} AND active AND preferences ->> 'card' <> 'off'`,
  };
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

function eventPart({ objectType }: { objectType: EventObjectType }, index: number, parameters: Parameters): Part {
  const event = (commit: Commit) => (commit.changes[index] as ChangeOf<'insert' | 'update'>).event;
  const id = parameters.add((commit) => event(commit).id);
  const type = parameters.add((commit) => event(commit).type);
  return {
    name: `event_${index}`,
    sql: `INSERT INTO events (merchant_id, livemode, id, type, object_type, object_id, sequence, data, created_at)
    SELECT c.merchant_id, c.livemode, ${id}, ${type}, '${objectType}', c.id, c.version, to_jsonb(c), ${parameters.at}
    FROM change_${index} AS c
    RETURNING data, id, type, object_id, sequence`,
  };
}

/**
 * A delivery of each event to each enabled endpoint that wants its type. Where a merchant has no endpoint this is one look
 * into an index.
 */
function deliveryParts({ commit, parameters }: Composition): readonly Part[] {
  const events = [...commit.changes.entries()]
    .filter(([, { kind }]) => kind === 'insert' || kind === 'update')
    .map(([index]) => `SELECT id, type, object_id, sequence FROM event_${index}`);
  if (events.length === 0) return [];
  const { at, merchantId, livemode } = parameters;
  return [
    {
      name: 'deliveries_made',
      sql: `INSERT INTO deliveries (merchant_id, livemode, event_id, endpoint_id, object_id, sequence, state, attempts,
      claim, scheduled_at, due_at, created_at)
    SELECT w.merchant_id, w.livemode, e.id, w.id, e.object_id, e.sequence, 'pending', 0, 0, ${at}, ${at}, ${at}
    FROM webhook_endpoints AS w
    JOIN (${events.join(' UNION ALL ')}) AS e ON e.type = ANY (w.event_types)
    WHERE w.merchant_id = ${merchantId} AND w.livemode = ${livemode} AND w.state = 'enabled'`,
    },
  ];
}

function sealedRow(card: { readonly id: ValueOf; readonly sealed: ValueOf }, parameters: Parameters): NewRow {
  return {
    table: 'sealed_cards',
    columns: ['merchant_id', 'livemode', 'payment_method_id', 'sealed', 'created_at'],
    values: [
      parameters.merchantId,
      parameters.livemode,
      parameters.add(card.id),
      parameters.add((commit) => asBuffer(card.sealed(commit) as Uint8Array)),
      parameters.at,
    ],
  };
}

function sightingRow(index: number, parameters: Parameters): NewRow {
  const noted = (commit: Commit) => changeAt(commit, index, 'note_card');
  return {
    table: 'card_sightings',
    columns: ['merchant_id', 'livemode', 'attempt_id', 'card', 'neighbours', 'seen_at'],
    values: [
      parameters.merchantId,
      parameters.livemode,
      parameters.add((commit) => noted(commit).attemptId),
      parameters.add((commit) => noted(commit).card),
      parameters.add((commit) => noted(commit).neighbours),
      parameters.at,
    ],
  };
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

function idempotencyWrite(step: IdempotencyStep, composition: Composition): Part {
  const { commit, parameters } = composition;
  const entry = (commit: Commit) => (commit.idempotency as IdempotencyStep).entry;
  const row: [string, string][] = [
    ['merchant_id', parameters.merchantId],
    ['livemode', parameters.livemode],
    ['operation', parameters.add((commit) => entry(commit).operation)],
    ['key', parameters.add((commit) => entry(commit).key)],
    ['request_digest', parameters.add((commit) => asBuffer(entry(commit).requestDigest))],
  ];
  if (step.step === 'finish') {
    const answer = announcedChange(commit, step.changeIndex);
    return {
      name: 'idempotency',
      sql: `UPDATE idempotency_records AS r
    SET state = 'done', answer = e.data, answer_type = '${answer.objectType}'
    FROM event_${step.changeIndex} AS e
    WHERE ${row.map(([column, value]) => `r.${column} = ${value}`).join(' AND ')} AND r.state = 'running'`,
    };
  }
  row.push(['created_at', parameters.at]);
  row.push(['expires_at', parameters.add((commit) => renderInstant(entry(commit).expiresAt))]);
  if (step.step === 'begin') {
    row.push(['state', "'running'"]);
    row.push(['attempt_id', parameters.add((commit) => (commit.idempotency as typeof step).attemptId)]);
  } else {
    row.push(['state', "'done'"], ['answer', 'e.data']);
    row.push(['answer_type', `'${announcedChange(commit, step.changeIndex).objectType}'`]);
  }
  const from = step.step === 'done' ? `\n    FROM event_${step.changeIndex} AS e` : '';
  const where = step.step === 'done' ? '' : renderWhere(conditionsOf(composition));
  return {
    name: 'idempotency',
    sql: `INSERT INTO idempotency_records (${row.map(([column]) => column).join(', ')})
    SELECT ${row.map(([, value]) => value).join(', ')}${from}${where}`,
  };
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
