import { CommandFault, EXIT_CODES } from './output.js';

/** Work that Ctrl-C or SIGTERM ends in an orderly way: it is given a signal, and answers its own exit code. */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new CommandFault('Stopped before it was done.', EXIT_CODES.interrupted));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
