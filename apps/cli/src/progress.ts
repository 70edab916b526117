import type { Output } from './output.js';

/** How far long work is. */
export interface Progress {
  /** `share` is from 0 to 1. */
  at(share: number, text: string): void;
  end(): void;
}

const STEPS = 100;
/** What is over sooner needs no bar. */
const PATIENCE_MS = 500;

/** A bar on the terminal once the work takes long; nothing where nobody looks. */
export async function startProgress({ isForPeople }: Pick<Output, 'isForPeople'>): Promise<Progress> {
  if (!isForPeople) return { at: () => undefined, end: () => undefined };
  const { progress } = await import('@clack/prompts');
  const bar = progress({ max: STEPS, output: process.stderr });
  const startedAt = performance.now();
  let isShown = false;
  let steps = 0;
  return {
    at(share, text) {
      if (!isShown && performance.now() - startedAt < PATIENCE_MS) return;
      if (!isShown) bar.start(text);
      isShown = true;
      const reached = Math.floor(share * STEPS);
      bar.advance(reached - steps, text);
      steps = reached;
    },
    end() {
      if (isShown) bar.clear();
    },
  };
}
