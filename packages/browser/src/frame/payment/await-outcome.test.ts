import { expect, test } from 'vitest';
import type { Answer } from '../setup-flow.js';
import { awaitOutcome, POLL_DELAYS_MS } from './await-outcome.js';

const flow = (status: string): Answer => ({
  kind: 'flow',
  flow: { id: 'setfw_1', status, returnUrl: null, nextUrl: null, lastErrorCode: null },
});

async function awaiting(first: Answer, ...next: Answer[]) {
  const slept: number[] = [];
  const client = { read: async () => next.shift() ?? flow('processing') };
  const answer = await awaitOutcome(first, client, async (ms) => void slept.push(ms));
  return { answer, slept };
}

test('an answer that is none of processing is the outcome at once', async () => {
  for (const first of [flow('succeeded'), flow('requires_action'), { kind: 'unreachable' } as const]) {
    expect(await awaiting(first)).toEqual({ answer: first, slept: [] });
  }
});

test('a flow that is processing is looked at again, longer and longer, also without network for a moment', async () => {
  const { answer, slept } = await awaiting(
    flow('processing'),
    flow('processing'),
    { kind: 'unreachable' },
    flow('succeeded'),
  );
  expect(answer).toEqual(flow('succeeded'));
  expect(slept).toEqual([500, 1_000, 1_000]);
});

test('it has an end', async () => {
  const { answer, slept } = await awaiting(flow('processing'));
  expect(answer).toEqual(flow('processing'));
  expect(slept).toEqual(POLL_DELAYS_MS);
});
