import { type Commit, type IdempotencyStep, renderInstant } from '@onfile/core';
import { asBuffer } from '../fields.js';
import type { Source } from './announcements.js';
import { announcedChange } from './fragments.js';
import type { Parameters } from './parameters.js';

interface Writing {
  readonly commit: Commit;
  readonly parameters: Parameters;
  /** The event, as `e`, of the object that is the answer; only where the step has one. */
  readonly answer: Source | null;
  /** What has to hold for a key to be begun. */
  readonly conditions: readonly string[];
}

/** What a commit writes about its caller's idempotency key. Fails on the record's primary key when the key is taken. */
export function idempotencySql(step: IdempotencyStep, writing: Writing): string {
  const { commit, parameters, answer, conditions } = writing;
  const entry = (commit: Commit) => (commit.idempotency as IdempotencyStep).entry;
  const row: [string, string][] = [
    ['merchant_id', parameters.merchantId],
    ['livemode', parameters.livemode],
    ['operation', parameters.add((commit) => entry(commit).operation)],
    ['key', parameters.add((commit) => entry(commit).key)],
    ['request_digest', parameters.add((commit) => asBuffer(entry(commit).requestDigest))],
  ];
  if (step.step === 'finish') {
    const { objectType } = announcedChange(commit, step.changeIndex);
    const found = row.map(([column, value]) => `r.${column} = ${value}`);
    return `UPDATE idempotency_records AS r
    SET state = 'done', answer = e.data, answer_type = '${objectType}'
    FROM ${answer?.from} AS e
    WHERE ${found.join(' AND ')} AND r.state = 'running' AND ${answer?.where}`;
  }
  row.push(['created_at', parameters.at]);
  row.push(['expires_at', parameters.add((commit) => renderInstant(entry(commit).expiresAt))]);
  if (step.step === 'begin') {
    row.push(['state', "'running'"]);
    row.push(['attempt_id', parameters.add((commit) => (commit.idempotency as typeof step).attemptId)]);
    if (conditions.length === 0) return `${into(row)}\n    VALUES (${valuesOf(row)})`;
    return `${into(row)}\n    SELECT ${valuesOf(row)}\n    WHERE ${conditions.join(' AND ')}`;
  }
  row.push(['state', "'done'"], ['answer', 'e.data']);
  row.push(['answer_type', `'${announcedChange(commit, step.changeIndex).objectType}'`]);
  return `${into(row)}\n    SELECT ${valuesOf(row)}\n    FROM ${answer?.from} AS e\n    WHERE ${answer?.where}`;
}

type Row = readonly (readonly [column: string, value: string])[];

function into(row: Row): string {
  return `INSERT INTO idempotency_records (${row.map(([column]) => column).join(', ')})`;
}

function valuesOf(row: Row): string {
  return row.map(([, value]) => value).join(', ');
}
