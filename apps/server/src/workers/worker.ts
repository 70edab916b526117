import cluster, { type Worker } from 'node:cluster';
import type { Config } from '../config.js';
import { runUntilStopped } from '../lifecycle.js';
import type { Log, LogEventName } from '../log.js';
import { startServer } from '../server.js';
import type { ToPrimary } from './messages.js';
import { joinSiblings } from './siblings.js';

/**
 * One worker: a server whose ports its siblings share. Answers the exit code. When the primary is gone Node ends this process at
 * once, and whoever starts the next one recovers, as after kill -9.
 */
export async function runWorker(config: Config, log: Log): Promise<number> {
  const worker = cluster.worker;
  if (worker === undefined) throw new Error('Only a process that a primary started is a worker.');
  try {
    const siblings = joinSiblings({ tell: tellPrimary, listen: (take) => worker.on('message', take) });
    const server = await startServer(config, { log: withoutRepeats(log, worker), siblings });
    const ended = runUntilStopped({ stop: (reason) => server.stop(reason), broken: server.broken, log });
    tellPrimary({ kind: 'listening' });
    return await ended;
  } finally {
    // The channel to the primary would keep the process.
    if (worker.isConnected()) worker.disconnect();
  }
}

function tellPrimary(message: ToPrimary): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** A server that is several processes starts and stops once: its first worker tells of the start, the primary of the stop. */
function withoutRepeats(log: Log, { id }: Worker): Log {
  const untold = new Set<LogEventName>(id === 1 ? STOPS : [...STARTS, ...STOPS]);
  return {
    ...log,
    write(event, fields) {
      if (!untold.has(event)) log.write(event, fields);
    },
  };
}

const STARTS: readonly LogEventName[] = [
  'server.starting',
  'server.node_out_of_support',
  'server.unsafe_setting',
  'server.listening',
];
const STOPS: readonly LogEventName[] = ['server.stopping', 'server.stopped'];
