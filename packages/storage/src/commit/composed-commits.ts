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

/** The statement of a commit: composed once for each shape of its changes, then only filled with values. */
export function composeCommit(commit: Commit): FilledStatement {
  const { name, text, values } = composedFor(commit);
  return { name, text, values: values.map((valueIn) => valueIn(commit)) };
}

/** The statements of a commit's transaction, composed once for each shape as well. */
export function composePipeline(commit: Commit): readonly CommitStep[] {
  return filled(pipelineFor(commit), commit);
}

/** The transaction that only counts, after the limit at `index` kept the commit from happening; made anew each time. */
export function composeCounts(commit: Commit, index: number): readonly CommitStep[] {
  return filled(composeCountsUpTo(commit, index).map(named), commit);
}

const composedFor = onceForEachShape((commit, { isKept }): ComposedCommit & Statement => {
  const composed = composeAsOneStatement(commit);
  return isKept ? { ...composed, ...statement(composed.text) } : { name: null, ...composed };
});

/** Statements are named even where the shape is not kept: they are the same for many shapes. */
const pipelineFor = onceForEachShape((commit): readonly (Step & Statement)[] => composeAsPipeline(commit).map(named));

function onceForEachShape<Composed>(compose: (commit: Commit, { isKept }: { readonly isKept: boolean }) => Composed) {
  const shapes = new Map<string, Composed>();
  return (commit: Commit): Composed => {
    if (!isPrepared(commit)) return compose(commit, { isKept: false });

    const shape = shapeOf(commit);
    const known = shapes.get(shape);
    if (known) return known;
    if (shapes.size >= SHAPES_MAX) return compose(commit, { isKept: false });

    const composed = compose(commit, { isKept: true });
    shapes.set(shape, composed);
    return composed;
  };
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
