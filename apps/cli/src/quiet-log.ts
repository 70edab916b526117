import { createLog, type Log } from '@onfile/server';

/** For commands that say themselves what went wrong. */
export function quietLog(): Log {
  return createLog({ level: 'error', format: 'json', writeLine: (line) => process.stderr.write(line) });
}
