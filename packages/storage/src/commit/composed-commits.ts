import type { Commit } from '@onfile/core';
import { type Statement, statement } from '../statement.js';
import { type ComposedCommit, composeAsOneStatement } from './one-statement.js';
import { shapeOf } from './shape.js';

/** A commit, ready to be sent. */
export interface CommitStatement extends Statement {
  readonly values: readonly unknown[];
}

/** Commits that change more than this are rare and come in many shapes, so they are not worth a place on each connection. */
const CHANGES_PREPARED_MAX = 14;
const SHAPES_MAX = 300;

const shapes = new Map<string, ComposedCommit & Statement>();

/** The statement of a commit: composed once for each shape of its changes, then only filled with values. */
export function composeCommit(commit: Commit): CommitStatement {
  const { name, text, values } = composedFor(commit);
  return { name, text, values: values.map((valueIn) => valueIn(commit)) };
}

function composedFor(commit: Commit): ComposedCommit & Statement {
  if (commit.changes.length > CHANGES_PREPARED_MAX) return { name: null, ...composeAsOneStatement(commit) };

  const shape = shapeOf(commit);
  const known = shapes.get(shape);
  if (known) return known;

  const composed = composeAsOneStatement(commit);
  if (shapes.size >= SHAPES_MAX) return { name: null, ...composed };
  const prepared = { ...composed, ...statement(composed.text) };
  shapes.set(shape, prepared);
  return prepared;
}
