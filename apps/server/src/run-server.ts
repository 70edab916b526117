import cluster from 'node:cluster';
import type { Config } from './config.js';
import { runUntilStopped } from './lifecycle.js';
import { createLog, type Log } from './log.js';
import { startServer } from './server.js';
import { runPrimary } from './workers/primary.js';
import { runWorker } from './workers/worker.js';

/**
 * The server as a program: runs until a signal ends it, in as many processes as the configuration says, with JSON lines on the
 * standard output. Answers the exit code; rejects when it cannot start. With workers, each is this same program again.
 */
export function runServer(config: Config): Promise<number> {
  const log = createLog({
    level: config.logLevel,
    format: 'json',
    namesProcess: config.workers > 1,
    writeLine: (line) => process.stdout.write(line),
  });
  if (cluster.isWorker) return runWorker(config, log);
  return config.workers > 1 ? runPrimary(config.workers, log) : runAlone(config, log);
}

async function runAlone(config: Config, log: Log): Promise<number> {
  const server = await startServer(config, { log });
  return runUntilStopped({ stop: (reason) => server.stop(reason), broken: server.broken, log });
}
