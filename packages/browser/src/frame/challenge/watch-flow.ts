import { awaitOutcome } from '../payment/await-outcome.js';
import type { Answer, FlowClient } from '../setup-flow.js';

/** Between looks at the flow, from the first or from a nudge on; then as the last. */
export const LOOK_DELAYS_MS = [1_000, 2_000, 3_000, 5_000] as const;

/** Some twenty minutes, where the server gives a cardholder fifteen. */
export const LOOKS_MAX = 240;

export interface Watch {
  /** Something happened that may have ended the challenge: look now. */
  nudge(): void;
  /** What the server knows once the flow no longer waits for its cardholder. */
  readonly outcome: Promise<Answer>;
}

/**
 * Asks our own server, again and again, how the challenge went; nothing that the card company's page says is listened to. A
 * server that cannot be reached is asked on. After the last look the attempt is given up.
 */
export function watchFlow(
  client: Pick<FlowClient, 'read' | 'abandon'>,
  heard: (answer: Answer) => void,
  timer: (ms: number, done: () => void) => () => void = startTimer,
): Watch {
  let endPause = () => {};
  let step = 0;

  async function watch(): Promise<Answer> {
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const answer = await client.read();
      heard(answer);
      if (isOver(answer)) return awaitOutcome(answer, client);
      await pause();
    }
    return awaitOutcome(await client.abandon(), client);
  }

  function pause(): Promise<void> {
    const delayMs = LOOK_DELAYS_MS[step] ?? (LOOK_DELAYS_MS.at(-1) as number);
    step += 1;
    return new Promise((resolve) => {
      const stop = timer(delayMs, resolve);
      endPause = () => {
        stop();
        resolve();
      };
    });
  }

  return {
    nudge() {
      step = 0;
      endPause();
    },
    outcome: watch(),
  };
}

function isOver(answer: Answer): boolean {
  return answer.kind === 'problem'
    ? answer.status < 500
    : answer.kind === 'flow' && answer.flow.status !== 'requires_action';
}

function startTimer(ms: number, done: () => void): () => void {
  const timer = setTimeout(done, ms);
  return () => clearTimeout(timer);
}
