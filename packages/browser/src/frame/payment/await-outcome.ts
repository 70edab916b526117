import type { Answer, FlowClient } from '../setup-flow.js';

/** A processor that does not answer at once is asked for again by the server; so long the form waits for it. */
export const POLL_DELAYS_MS = [500, 1_000, 1_000, 2_000, 3_000, 5_000, 8_000, 10_000] as const;

/** The flow once it is no longer processing, or as it is after the last look. */
export async function awaitOutcome(
  answer: Answer,
  client: Pick<FlowClient, 'read'>,
  sleep: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<Answer> {
  let latest = answer;
  for (const delayMs of POLL_DELAYS_MS) {
    if (latest.kind !== 'flow' || latest.flow.status !== 'processing') break;
    await sleep(delayMs);
    const next = await client.read();
    // A moment without network is none of an answer.
    if (next.kind !== 'unreachable') latest = next;
  }
  return latest;
}
