import { describe, expect, test } from 'vitest';
import type { Answer } from '../setup-flow.js';
import { LOOK_DELAYS_MS, LOOKS_MAX, watchFlow } from './watch-flow.js';

const WAITING = aFlow('requires_action');
const SAVED = aFlow('succeeded');
const FAILED = aFlow('requires_payment_method');
const OFFLINE: Answer = { kind: 'unreachable' };
const GONE: Answer = { kind: 'problem', status: 404, code: 'not_found', detail: '', errors: [] };
const BROKEN: Answer = { kind: 'problem', status: 503, code: 'storage_unavailable', detail: '', errors: [] };

function aFlow(status: string): Answer {
  const flow = { id: 'setfw_1', status, returnUrl: null, nextUrl: 'https://bank.example/', lastErrorCode: null };
  return { kind: 'flow', flow };
}

/** A watch whose pauses end at once, and are noted. */
function watched(answers: readonly Answer[], abandoned: Answer = FAILED) {
  const pauses: number[] = [];
  const heard: Answer[] = [];
  let reads = 0;
  const client = {
    read: async () => answers[Math.min(reads++, answers.length - 1)] as Answer,
    abandon: async () => abandoned,
  };
  const watch = watchFlow(
    client,
    (answer) => heard.push(answer),
    (ms, done) => {
      pauses.push(ms);
      queueMicrotask(done);
      return () => {};
    },
  );
  return { watch, pauses, heard };
}

describe('a challenge is watched', () => {
  // biome-ignore format: a table
  const endings = [
    // what the server says, look by look           what is made of it
    [[SAVED],                                       SAVED],
    [[WAITING, WAITING, SAVED],                     SAVED],
    [[WAITING, FAILED],                             FAILED],
    [[WAITING, OFFLINE, OFFLINE, SAVED],            SAVED],
    [[WAITING, BROKEN, SAVED],                      SAVED],
    [[WAITING, GONE],                               GONE],
  ] as const;
  test.each(endings)('until it is over: %j', async (answers, outcome) => {
    expect(await watched(answers).watch.outcome).toEqual(outcome);
  });

  test('less and less often, and as often as before once something happened', async () => {
    const { watch, pauses } = watched([...Array(7).fill(WAITING), SAVED]);
    await watch.outcome;
    const last = LOOK_DELAYS_MS.at(-1);
    expect(pauses).toEqual([...LOOK_DELAYS_MS, last, last, last]);
  });

  test('at once when it is nudged, however long the pause would have been', async () => {
    let reads = 0;
    const client = { read: async () => (reads++ === 0 ? WAITING : SAVED), abandon: async () => FAILED };
    let stopped = 0;
    let paused = () => {};
    const isPaused = new Promise<void>((resolve) => {
      paused = resolve;
    });
    const watch = watchFlow(
      client,
      () => {},
      () => {
        paused();
        return () => {
          stopped += 1;
        };
      },
    );
    await isPaused;
    watch.nudge();
    expect(await watch.outcome).toEqual(SAVED);
    expect(stopped).toBe(1);
  });

  test('not for ever: after the last look the attempt is given up', async () => {
    const { watch, heard } = watched([WAITING]);
    expect(await watch.outcome).toEqual(FAILED);
    expect(heard).toHaveLength(LOOKS_MAX);
  });
});
