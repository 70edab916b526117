import type { Output } from '../output.js';

/** What somebody at the terminal asks for by a key. */
export type Wish = 'repeat' | 'retry_failed' | 'open';

export interface Wishes {
  /** The next one, whenever that is. */
  next(): Promise<Wish>;
}

const KEYS: Readonly<Record<string, Wish>> = { r: 'repeat', f: 'retry_failed', o: 'open' };
/** Ctrl-C and Ctrl-D come as these while the terminal gives us each key at once. */
const ENDING_KEYS = ['q', '\u0003', '\u0004'];

/** Reads keys while there are people at both ends of the terminal; otherwise nobody wishes anything. */
export function readKeys(
  { isForPeople }: Pick<Output, 'isForPeople'>,
  input: NodeJS.ReadStream = process.stdin,
  end: () => void = () => process.kill(process.pid, 'SIGINT'),
): { readonly wishes: Wishes; stop(): void } {
  if (!isForPeople || input.isTTY !== true) return { wishes: { next: () => NEVER }, stop: () => undefined };

  const waiting: Wish[] = [];
  let take: ((wish: Wish) => void) | null = null;
  let pending: Promise<Wish> | null = null;
  const listen = (typed: Buffer) => {
    for (const key of typed.toString()) {
      if (ENDING_KEYS.includes(key)) end();
      const wish = KEYS[key];
      if (wish === undefined) continue;
      if (take === null) waiting.push(wish);
      else take(wish);
      take = null;
    }
  };
  input.setRawMode(true).on('data', listen).resume();
  return {
    wishes: {
      next() {
        const first = waiting.shift();
        if (first !== undefined) return Promise.resolve(first);
        if (take === null || pending === null) {
          pending = new Promise((resolve) => {
            take = resolve;
          });
        }
        return pending;
      },
    },
    stop() {
      input.off('data', listen).setRawMode(false).pause();
    },
  };
}

const NEVER = new Promise<never>(() => undefined);
