import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EmbeddedPostgresLog } from './embedded-postgres-event.js';
import { EmbeddedPostgresFault } from './fault.js';
import {
  identifyProcess,
  isStillRunning,
  type ProcessIdentity,
  pidExists,
  readCommandLine,
} from './running-process.js';
import { endServer } from './server-process.js';
import { socketPathOf } from './server-socket.js';

/**
 * Ends a server that lost its supervisor, and clears what would keep the next one from starting. Only for the holder of
 * the data directory's lock: nobody else may be supervising this server.
 */
export async function endOrphanedServer(options: {
  readonly clusterDir: string;
  readonly socketDir: string;
  readonly log: EmbeddedPostgresLog;
}): Promise<void> {
  const { clusterDir, socketDir, log } = options;
  const status = await readPostmasterStatus(clusterDir);
  if (status === null) return;
  const server = await identifyServer({ clusterDir, pid: status.pid });
  if (server !== null) {
    log({ event: 'orphan_ending', pid: server.pid });
    return endServer(asEnding(server));
  }
  await refuseInvisibleServer(clusterDir, socketDir);
  // PostgreSQL clears up by itself after a pid that nobody has. A zombie's and a reused one it takes for a running
  // server. Processes of a dead server that still use its memory it finds without this file.
  if (!pidExists(status.pid)) return;
  await rm(join(clusterDir, 'postmaster.pid'), { force: true });
  await rm(`${socketPathOf(socketDir)}.lock`, { force: true });
}

/** What a server writes into `postmaster.pid`. Source: src/include/utils/pidfile.h of PostgreSQL, lines 1 and 8. */
export async function readPostmasterStatus(clusterDir: string): Promise<{ pid: number; isReady: boolean } | null> {
  const lines = (await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  return pid > 0 ? { pid, isReady: lines[7]?.trim() === 'ready' } : null;
}

async function identifyServer(of: { clusterDir: string; pid: number }): Promise<ProcessIdentity | null> {
  const found = await identifyProcess(of.pid);
  if (found === null) return null;
  const commandLine = `${await readCommandLine(of.pid)} `;
  return commandLine.includes(` -D ${of.clusterDir} `) ? found : null;
}

function asEnding(server: ProcessIdentity): Parameters<typeof endServer>[0] {
  return {
    pid: server.pid,
    send(signal) {
      try {
        process.kill(server.pid, signal);
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code !== 'ESRCH') throw fault;
      }
    },
    hasEndedWithin: (timeoutMs) => endsWithin(server, timeoutMs),
  };
}

const POLL_MS = 20;

// Not our child, so the system does not tell us when it ends.
async function endsWithin(server: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += POLL_MS) {
    if (!(await isStillRunning(server))) return true;
    await delay(POLL_MS);
  }
  return false;
}

/** Two containers on one volume see each other's socket and not each other's processes. */
async function refuseInvisibleServer(clusterDir: string, socketDir: string): Promise<void> {
  const socket = connect(socketPathOf(socketDir));
  const isAnswering = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  if (!isAnswering) return;
  throw new EmbeddedPostgresFault(
    'data_directory_in_use',
    `A database server that is not visible from here, perhaps in another container, runs on ${clusterDir}: stop it.`,
  );
}
