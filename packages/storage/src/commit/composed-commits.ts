import type { Commit } from '@onfile/core';
import { type FilledStatement, type Statement, statement } from '../statement.js';
import { type ComposedCommit, composeAsOneStatement } from './one-statement.js';
import { composeAsPipeline, composeCountsUpTo, type Step } from './pipelined.js';
import { shapeOf } from './shape.js';

/** A statement of a commit's transaction; {@link Step} tells what it is there for. */
export type CommitStep = FilledStatement & Pick<Step, 'kind' | 'index'>;

/** Commits that change more than this are rare and come in many shapes, so they are not worth a place on each connection. */
const CHANGES_PREPARED_MAX = 14;
const SHAPES_MAX = 300;

const shapes = new Map<string, ComposedCommit & Statement>();
const pipelines = new Map<string, readonly (Step & Statement)[]>();

/** The statement of a commit: composed once for each shape of its changes, then only filled with values. */
export function composeCommit(commit: Commit): FilledStatement {
  const { name, text, values } = composedFor(commit);
  return { name, text, values: values.map((valueIn) => valueIn(commit)) };
}

/** The statements of a commit's transaction, composed once for each shape as well. Those of many shapes are the same. */
export function composePipeline(commit: Commit): readonly CommitStep[] {
  return filled(pipelineFor(commit), commit);
}

/** The transaction that only counts, after the limit at `index` kept the commit from happening; made anew each time. */
export function composeCounts(commit: Commit, index: number): readonly CommitStep[] {
  return filled(composeCountsUpTo(commit, index).map(named), commit);
}

function composedFor(commit: Commit): ComposedCommit & Statement {
  if (!isPrepared(commit)) return { name: null, ...composeAsOneStatement(commit) };

  const shape = shapeOf(commit);
  const known = shapes.get(shape);
  if (known) return known;

  const composed = composeAsOneStatement(commit);
  if (shapes.size >= SHAPES_MAX) return { name: null, ...composed };
  const prepared = { ...composed, ...statement(composed.text) };
  shapes.set(shape, prepared);
  return prepared;
}

function pipelineFor(commit: Commit): readonly (Step & Statement)[] {
  if (!isPrepared(commit)) return composeAsPipeline(commit).map(named);

  const shape = shapeOf(commit);
  const known = pipelines.get(shape);
  if (known) return known;

  const steps = composeAsPipeline(commit).map(named);
  if (pipelines.size < SHAPES_MAX) pipelines.set(shape, steps);
  return steps;
}

function isPrepared({ changes }: Commit): boolean {
  return changes.length > 0 && changes.length <= CHANGES_PREPARED_MAX;
}

function named(step: Step): Step & Statement {
  return { ...step, ...statement(step.text) };
}

function filled(steps: readonly (Step & Statement)[], commit: Commit): readonly CommitStep[] {
  return steps.map(({ name, text, kind, index, values }) => {
    return { name, text, kind, index, values: values.map((valueIn) => valueIn(commit)) };
  });
}
