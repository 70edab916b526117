import { chown, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EmbeddedPostgresLog } from './embedded-postgres-event.js';
import { EmbeddedPostgresFault } from './fault.js';
import type { ServerBinaries } from './server-binaries.js';
import { run } from './server-process.js';
import type { ServerUser } from './server-user.js';
import { syncToDisk } from './sync-to-disk.js';

/** The database superuser; the system user has no say in it, as only one can reach the socket. */
export const SUPERUSER = 'onfile';

/**
 * Makes the cluster when there is none. It appears whole and on the disk, or not at all: it is built beside its place
 * and renamed. What an interrupted start left behind is removed first.
 */
export async function ensureCluster(options: {
  readonly clusterDir: string;
  readonly binaries: ServerBinaries;
  readonly user: ServerUser | null;
  readonly log: EmbeddedPostgresLog;
}): Promise<void> {
  const { clusterDir, binaries, user, log } = options;
  const unfinished = `${clusterDir}.unfinished-${process.pid}`;
  await removeUnfinished(dirname(clusterDir));
  if (await exists(clusterDir)) return;

  const startedAt = performance.now();
  await mkdir(unfinished, { mode: 0o700 });
  if (user) await chown(unfinished, user.uid, user.gid);
  await initialize({ directory: unfinished, binaries, user });
  await rename(unfinished, clusterDir);
  await syncToDisk(dirname(clusterDir));
  log({ event: 'initialized', clusterDir, durationMs: Math.round(performance.now() - startedAt) });
}

const INITIALIZE_TIMEOUT_MS = 120_000;

async function initialize(target: {
  directory: string;
  binaries: ServerBinaries;
  user: ServerUser | null;
}): Promise<void> {
  const { directory, binaries, user } = target;
  const initdb = join(binaries.nativeDir, 'bin', 'initdb');
  const { code, signal, output } = await run(initdb, ['-D', directory, ...INITIALIZE_OPTIONS], {
    user,
    home: directory,
    signalWhenWeEnd: 'SIGKILL',
    timeoutMs: INITIALIZE_TIMEOUT_MS,
  });
  if (code === 0) return;
  await rm(directory, REMOVE);
  throw new EmbeddedPostgresFault(
    'initialization_failed',
    `initdb ended with ${signal ?? code} instead of 0. Its last lines:\n${output}`,
  );
}

// Sorted by code point, on every machine alike: the system's locales change with its C library and break indexes.
const INITIALIZE_OPTIONS = [
  ...['--username', SUPERUSER],
  ...['--encoding', 'UTF8'],
  ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C'],
  ...['--auth-local', 'trust', '--auth-host', 'reject'],
  '--data-checksums',
  '--no-instructions',
];

// An initdb that was killed with us may still be writing for a moment.
const REMOVE = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 } as const;

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith('cluster.unfinished-')) await rm(join(dataDir, name), REMOVE);
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
