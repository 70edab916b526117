import {
  type Change,
  type Commit,
  type EventObjectType,
  type Expectation,
  METADATA_KEYS_MAX,
  type MetadataChange,
  renderInstant,
} from '@onfile/core';
import { asBuffer } from '../fields.js';
import { announced, setupAttempts, type Table } from '../tables.js';
import type { Parameters, ValueOf } from './parameters.js';

// The pieces of SQL that a commit is made of, whatever form it is sent in.

export type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;
export type Held = ChangeOf<keyof typeof LOCKS>;

/** The change at a position, in whichever commit of this shape. */
export function changeAt<K extends Change['kind']>(commit: Commit, index: number, _kind: K): ChangeOf<K> {
  return commit.changes[index] as ChangeOf<K>;
}

/** Columns and values of a new row. */
export interface NewRow {
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
}

/** A row for a domain object, which a commit of this shape holds where `objectOf` finds it. */
export function newRow(table: Table<object>, objectOf: (commit: Commit) => object, parameters: Parameters): NewRow {
  const values = table.entries.flatMap(([property, field]) => {
    if (property === 'scope') return [parameters.merchantId, parameters.livemode];
    return field.columns.map((_, part) =>
      parameters.add((commit) => field.write(objectOf(commit)[property as never])[part]),
    );
  });
  return { table: table.name, columns: table.columns, values };
}

/**
 * The changes that lock a row, in the order in which every commit locks: by table, then by id. So two commits of the same
 * rows wait for each other one after the other, and never in a circle.
 */
export function inOrderOfLocking({ changes }: Commit): readonly [index: number, change: Held][] {
  const held = [...changes.entries()].filter((entry): entry is [number, Held] => isHeld(entry[1]));
  return held.sort(([, a], [, b]) => rankOf(a) - rankOf(b) || (a.id < b.id ? -1 : 1));
}

function isHeld({ kind }: Change): boolean {
  return kind in LOCKS;
}

function rankOf(change: Held): number {
  switch (change.kind) {
    case 'update':
      return LOCK_ORDER.indexOf(change.objectType);
    case 'update_attempt':
      return LOCK_ORDER.indexOf('setup_attempt');
    case 'require_customer':
      return LOCK_ORDER.indexOf('customer');
    case 'require_payment_method':
      return LOCK_ORDER.indexOf('payment_method');
  }
}

const LOCK_ORDER: readonly (EventObjectType | 'setup_attempt')[] = [
  'customer',
  'checkout_session',
  'setup_intent',
  'setup_attempt',
  'payment_method',
  'mandate',
  'payment_method_configuration',
];

/** The table and the row that a change needs to be as it expects. */
export function heldRow(change: Held, index: number, parameters: Parameters): { table: string; conditions: string } {
  const row = parameters.rowOfChange(index);
  switch (change.kind) {
    case 'update': {
      const conditions = [row, ...expectation(change, index, parameters)];
      return { table: announced[change.objectType].name, conditions: conditions.join(' AND ') };
    }
    case 'update_attempt': {
      const version = parameters.add((commit) => changeAt(commit, index, 'update_attempt').expectVersion);
      return { table: setupAttempts.name, conditions: `${row} AND version = ${version}` };
    }
    case 'require_customer': {
      const conditions = [row, 'deleted_at IS NULL', ...withoutDefault(change, index, parameters)];
      return { table: announced.customer.name, conditions: conditions.join(' AND ') };
    }
    case 'require_payment_method': {
      const owner = parameters.add((commit) => changeAt(commit, index, 'require_payment_method').customerId);
      // Not `=`, by which a planner without statistics would read all methods of the customer.
      const conditions = `${row} AND state = 'usable' AND customer_id IS NOT DISTINCT FROM ${owner}`;
      return { table: announced.payment_method.name, conditions };
    }
  }
}

function withoutDefault(change: ChangeOf<'require_customer'>, index: number, parameters: Parameters): string[] {
  if (change.withoutDefault === undefined) return [];
  const method = parameters.add((commit) => changeAt(commit, index, 'require_customer').withoutDefault);
  return [`default_payment_method_id IS DISTINCT FROM ${method}`];
}

function expectation(
  { expect, objectType, patch, takesAttempt }: ChangeOf<'update'>,
  index: number,
  parameters: Parameters,
): string[] {
  const expected = (commit: Commit) => changeAt(commit, index, 'update').expect;
  const conditions: string[] = [];
  if ('version' in expect) {
    conditions.push(`version = ${parameters.add((commit) => (expected(commit) as { version: number }).version)}`);
  } else {
    if (objectType !== 'setup_intent') throw new Error(`A ${objectType} is expected by its version, not by a status`);
    const guard = (commit: Commit) => expected(commit) as Extract<Expectation, { statusIn: unknown }>;
    conditions.push(`status = ANY (${parameters.add((commit) => guard(commit).statusIn)})`);
    if (expect.withoutCheckoutSession) conditions.push('checkout_session_id IS NULL');
    if (expect.isPlain) conditions.push('draft IS NULL AND payment_method_id IS NULL');
    if (expect.notExpiredAt !== undefined) {
      const moment = parameters.add((commit) => renderInstant(guard(commit).notExpiredAt as number));
      conditions.push(`(expires_at IS NULL OR expires_at > ${moment})`);
    }
  }
  if (takesAttempt) conditions.push('(attempts_left IS NULL OR attempts_left > 0)');
  if (patch.metadata !== undefined) {
    const merged = mergedMetadata(index, parameters);
    conditions.push(`(SELECT count(*) FROM jsonb_object_keys(${merged})) <= ${METADATA_KEYS_MAX}`);
  }
  return conditions;
}

/** What an update sets, besides counting the version and noting the moment. */
export function assignments(
  change: ChangeOf<'update' | 'update_attempt'>,
  index: number,
  parameters: Parameters,
): readonly string[] {
  const table: Table<object> = change.kind === 'update' ? announced[change.objectType] : setupAttempts;
  const set = patchedProperties(change.patch).flatMap((property) => {
    const field = table.entries.find(([name]) => name === property)?.[1];
    if (field === undefined) throw new Error(`${table.name} has no column for ${property}`);
    if (property === 'metadata') return [`metadata = ${mergedMetadata(index, parameters)}`];
    const patched = (commit: Commit) => (commit.changes[index] as typeof change).patch[property as never];
    return field.columns.map(
      (column, part) => `${column} = ${parameters.add((commit) => field.write(patched(commit))[part])}`,
    );
  });
  if (change.kind === 'update' && change.takesAttempt) set.push('attempts_left = attempts_left - 1');
  set.push('version = version + 1');
  if (change.kind === 'update') set.push(`updated_at = ${parameters.at}`);
  return set;
}

/** Sorted, so that a patch has one shape whatever order it was written in. */
export function patchedProperties(patch: object): readonly string[] {
  const properties = Object.keys(patch).filter((property) => patch[property as never] !== undefined);
  return properties.sort();
}

function mergedMetadata(index: number, parameters: Parameters): string {
  const change = (commit: Commit) => changeAt(commit, index, 'update').patch.metadata as MetadataChange;
  const set = parameters.share(`set ${index}`, (commit) => JSON.stringify(change(commit).set));
  const remove = parameters.share(`remove ${index}`, (commit) => change(commit).remove);
  return `(metadata || ${set}::jsonb) - ${remove}::text[]`;
}

export function announcedTable({ objectType }: { readonly objectType: EventObjectType }): Table<object> {
  return announced[objectType];
}

/** The change that an update or insert of an announced object is, or a refusal to compose anything else. */
export function announcedChange({ changes }: Commit, index: number): ChangeOf<'insert' | 'update'> {
  const change = changes[index];
  if (change?.kind !== 'insert' && change?.kind !== 'update') {
    throw new Error(`An answer must be an insert or update, and change ${index} is ${change?.kind ?? 'none'}`);
  }
  return change;
}

/** New attempts come last: they depend on what closes others. */
export function inOrderOfWriting({ changes }: Commit): readonly [number, Change][] {
  const isLast = ([, { kind }]: [number, Change]) => kind === 'insert_attempt';
  const entries = [...changes.entries()];
  return [...entries.filter((entry) => !isLast(entry)), ...entries.filter(isLast)];
}

/** A row that is to be changed is locked against all others; one that only has to stay, against change. */
export const LOCKS = {
  update: 'NO KEY UPDATE',
  update_attempt: 'NO KEY UPDATE',
  require_customer: 'SHARE',
  require_payment_method: 'SHARE',
} as const;

/** Not locked: a commit that does not see a configuration's change came before it. */
export function availableCards({ merchantId, livemode }: Parameters): string {
  return `payment_method_configurations
    WHERE merchant_id = ${merchantId} AND livemode = ${livemode} AND active AND preferences ->> 'card' <> 'off'`;
}

export function sealedRow(card: { readonly id: ValueOf; readonly sealed: ValueOf }, parameters: Parameters): NewRow {
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

export function sightingRow(index: number, parameters: Parameters): NewRow {
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
