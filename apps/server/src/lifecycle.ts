import { describeError, type Log } from './log.js';

/** So long without an end of the stop, and the process ends as it is. */
const STOP_TIMEOUT_MS = 40_000;
/** Signals closer together than this are one: a terminal sends Ctrl-C to npm and to us, and npm passes its own on. */
const SAME_SIGNAL_MS = 750;

/**
 * Keeps the process until a signal or a fault ends it, then stops in order. Answers the exit code: 0 after a signal, 1 after a
 * fault. A second signal does not wait: the next start recovers, as it does after kill -9.
 */
export async function runUntilStopped(program: {
  readonly stop: (reason: string) => Promise<void>;
  /** Resolves with a sentence when the program cannot go on by itself. */
  readonly broken: Promise<string>;
  readonly log: Log;
}): Promise<number> {
  const { log } = program;
  const end = await firstEnd(program.broken, log);
  const endedAt = performance.now();
  const force = (code: number) => {
    if (performance.now() - endedAt > SAME_SIGNAL_MS) process.exit(code);
  };
  process.on('SIGINT', () => force(130)).on('SIGTERM', () => force(143));
  const overdue = setTimeout(() => process.exit(1), STOP_TIMEOUT_MS);
  try {
    await program.stop(end.reason);
    return end.code;
  } catch (error) {
    log.write('process.fault', { kind: 'stop', ...describeError(error) });
    return 1;
  } finally {
    clearTimeout(overdue);
  }
}

interface End {
  readonly reason: string;
  readonly code: number;
}

function firstEnd(broken: Promise<string>, log: Log): Promise<End> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve({ reason: 'SIGINT', code: 0 }));
    process.once('SIGTERM', () => resolve({ reason: 'SIGTERM', code: 0 }));
    broken.then((reason) => resolve({ reason, code: 1 }));
    for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(kind, (error: unknown) => {
        log.write('process.fault', { kind, ...describeError(error) });
        resolve({ reason: kind, code: 1 });
      });
    }
  });
}

const NODE_MAJOR_IN_SUPPORT = 22;

/** What to say about a Node version that gets no security fixes any more; `null` for one that does. */
export function nodeAdvice(version: string): string | null {
  const major = Number(/^v(\d+)/.exec(version)?.[1]);
  if (major >= NODE_MAJOR_IN_SUPPORT) return null;
  return 'Node 20 has had no security fixes since 2026-04-30: run Onfile on Node 24 where cards are real';
}
