import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureCluster, SUPERUSER } from './cluster.js';
import { lockDataDirectory } from './data-directory-lock.js';
import { clusterDirOf, makeDataDirectory, placeData } from './data-placement.js';
import type { EmbeddedPostgresLog } from './embedded-postgres-event.js';
import { EmbeddedPostgresFault } from './fault.js';
import { endOrphanedServer, readPostmasterStatus } from './orphaned-server.js';
import { findInstalledBinaries, placeBinaries, type ServerBinaries } from './server-binaries.js';
import { type Ending, endServer, type Launched, launch, settlesWithin } from './server-process.js';
import { renderServerOptions } from './server-settings.js';
import { makePrivateSocketDirectory, SOCKET_PORT, socketDirOf } from './server-socket.js';
import { chooseServerUser, type ServerUser } from './server-user.js';

export interface EmbeddedPostgresOptions {
  /** Ours alone; made when it is not there. Everything of this database lies in it, or in `fallbackDir`. */
  readonly dataDir: string;
  readonly log: EmbeddedPostgresLog;
  /** PostgreSQL's own settings, by name. What durability and secrecy rest on is refused with `setting_refused`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** As root: the system user to run as. Not given: the data's owner, else `onfile`, `postgres` or `nobody`. */
  readonly runAs?: string;
  /** As root: where binaries and data go when that user cannot reach them where they are. */
  readonly fallbackDir?: string;
}

export interface EmbeddedPostgres {
  /** For `pg`, whose `host` may be a socket's directory. There is no password: only our user and root can connect. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** The directory that holds the data: the wanted one, or one in `fallbackDir`. */
  readonly dataDir: string;
  readonly pid: number;
  /** Resolves when the server ends though nobody called `stop`, which still has to be called. */
  readonly exited: Promise<Ending>;
  /** Ends all sessions and the server, within 30 s, and frees the data directory. Calling it again does no harm. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL server that npm installed, on a data directory of its own, reachable through a Unix socket only.
 *
 * Throws an `EmbeddedPostgresFault`, among them `data_directory_in_use` at once when another process has the directory.
 * A process that was killed leaves nothing that a later start does not clear up. On Linux the server ends with the
 * thread that started it, so call this from the main thread.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const installed = await findInstalledBinaries();
  const wantedDir = await makeDataDirectory(options.dataDir);
  const lock = await lockDataDirectory(wantedDir, options.log);
  try {
    const site = await prepareSite({ ...options, wantedDir, installed });
    const server = await startServer(site, options);
    return supervise(server, { site, lock, log: options.log });
  } catch (fault) {
    await lock.release();
    throw fault;
  }
}

interface Site {
  readonly binaries: ServerBinaries;
  readonly user: ServerUser | null;
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly socketDir: string;
  readonly serverOptions: readonly string[];
}

async function prepareSite(
  wanted: EmbeddedPostgresOptions & { wantedDir: string; installed: ServerBinaries },
): Promise<Site> {
  const { wantedDir, installed, log, settings = {}, runAs, fallbackDir = '/var/lib/onfile' } = wanted;
  const user = await chooseServerUser({ clusterDir: clusterDirOf(wantedDir), runAs });
  const [binaries, dataDir] = await Promise.all([
    placeBinaries({ installed, user, fallbackDir, log }),
    placeData({ wantedDir, user, fallbackDir, log }),
  ]);
  const clusterDir = clusterDirOf(dataDir);
  const socketDir = socketDirOf(dataDir, user);
  const serverOptions = renderServerOptions({ socketDir, settings });
  await endOrphanedServer({ clusterDir, socketDir, log });
  await ensureCluster({ clusterDir, binaries, user, log });
  await makePrivateSocketDirectory(socketDir, user);
  return { binaries, user, dataDir, clusterDir, socketDir, serverOptions };
}

// A crash recovery is bounded by max_wal_size (1 GB), which a slow disk reads and applies in this time.
const START_TIMEOUT_MS = 180_000;
// How long the processes of a killed server may keep its memory before we give up.
const LEFTOVERS_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

async function startServer(site: Site, { log }: { log: EmbeddedPostgresLog }): Promise<Launched & { pid: number }> {
  const startedAt = performance.now();
  for (;;) {
    const server = await launch(
      join(site.binaries.nativeDir, 'bin', 'postgres'),
      ['-D', site.clusterDir, ...site.serverOptions],
      {
        user: site.user,
        home: site.clusterDir,
        signalWhenWeEnd: 'SIGINT',
        onLine: (line) => log({ event: 'server_log', line }),
      },
    );
    const waitedMs = () => Math.round(performance.now() - startedAt);
    if (await becomesReady(server, site.clusterDir)) {
      const { dataDir, socketDir, user } = site;
      const pid = server.child.pid ?? 0;
      log({ event: 'started', pid, dataDir, socketDir, user: user?.name ?? null, durationMs: waitedMs() });
      return { ...server, pid };
    }
    if (!isHeldByLeftovers(server) || waitedMs() > LEFTOVERS_TIMEOUT_MS) throw await startFault(server);
    await delay(100);
  }
}

/** False when the server ended instead, or did not get ready in time and was killed. */
async function becomesReady(server: Launched, clusterDir: string): Promise<boolean> {
  let hasEnded = false;
  void server.ended.then(() => {
    hasEnded = true;
  });
  const startedAt = performance.now();
  while (!hasEnded) {
    const status = await readPostmasterStatus(clusterDir);
    if (status?.isReady && status.pid === server.child.pid) return true;
    if (performance.now() - startedAt > START_TIMEOUT_MS) await endServer(asEnding(server));
    await delay(POLL_MS);
  }
  return false;
}

function isHeldByLeftovers(server: Launched): boolean {
  return /pre-existing shared memory block/.test(server.lastLines());
}

async function startFault(server: Launched): Promise<EmbeddedPostgresFault> {
  const { code, signal } = await server.ended;
  const ending = signal ?? (code === null ? 'no exit code' : `exit code ${code}`);
  return new EmbeddedPostgresFault(
    'start_failed',
    `PostgreSQL ended with ${ending} before it was ready. Its last lines:\n${server.lastLines()}`,
  );
}

function supervise(
  server: Launched & { pid: number },
  { site, lock, log }: { site: Site; lock: { release(): Promise<void> }; log: EmbeddedPostgresLog },
): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  async function end(): Promise<void> {
    await endServer(asEnding(server));
    // Not empty after a crash; the next start clears it.
    await rmdir(site.socketDir).catch(() => undefined);
    await lock.release();
    log({ event: 'stopped', pid: server.pid });
  }
  const exited = new Promise<Ending>((resolve) => {
    void server.ended.then((ending) => stopping ?? resolve(ending));
  });
  return {
    connection: { host: site.socketDir, port: SOCKET_PORT, user: SUPERUSER, database: 'postgres' },
    dataDir: site.dataDir,
    pid: server.pid,
    exited,
    stop() {
      stopping ??= end();
      return stopping;
    },
  };
}

function asEnding({ child, ended }: Launched): Parameters<typeof endServer>[0] {
  return {
    pid: child.pid ?? 0,
    send: (signal) => void child.kill(signal),
    hasEndedWithin: (timeoutMs) => settlesWithin(ended, timeoutMs),
  };
}
