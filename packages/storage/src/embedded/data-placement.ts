import { access, chmod, constants, lstat, mkdir, readlink, realpath, rename, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EmbeddedPostgresLog } from './embedded-postgres-event.js';
import { EmbeddedPostgresFault } from './fault.js';
import { endOrphanedServer } from './orphaned-server.js';
import { pathDigest } from './path-digest.js';
import { socketDirOf } from './server-socket.js';
import { canEnter, type ServerUser } from './server-user.js';
import { syncToDisk } from './sync-to-disk.js';

/** The cluster of a data directory. In the directory that the caller named, it may be a symlink to another one's. */
export const clusterDirOf = (dataDir: string): string => join(dataDir, 'cluster');

/** Makes the directory that the caller named, and answers its one true path. */
export async function makeDataDirectory(wanted: string): Promise<string> {
  const made = await mkdir(wanted, { recursive: true });
  const dataDir = await realpath(wanted);
  if (made !== undefined) {
    await chmod(dataDir, 0o700);
    await syncToDisk(dirname(dataDir));
  }
  await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK).catch((fault: unknown) => {
    const message = `User ${process.getuid?.()} cannot write to ${dataDir}: choose another data directory.`;
    throw new EmbeddedPostgresFault('data_directory_owner', message, { cause: fault });
  });
  return dataDir;
}

interface Placement {
  /** The directory that the caller named. */
  readonly wantedDir: string;
  readonly user: ServerUser | null;
  readonly fallbackDir: string;
  readonly log: EmbeddedPostgresLog;
}

/**
 * The directory that holds the cluster: the wanted one, or one in `fallbackDir` when the server's user cannot enter
 * that. A symlink keeps the choice: it is the same at every start, and forgotten when the wanted directory is deleted.
 */
export async function placeData(placement: Placement): Promise<string> {
  const { wantedDir, user } = placement;
  const link = clusterDirOf(wantedDir);
  const elsewhere = join(placement.fallbackDir, 'data', pathDigest(wantedDir));

  const kept = await readKeptPlace(link);
  if (kept === clusterDirOf(elsewhere)) return useElsewhere(elsewhere, placement);
  if (kept !== null && kept !== link) refuseMoved({ link, kept, elsewhere });

  if (user === null || (await letEnter(user, wantedDir))) return wantedDir;
  if (kept !== null) refuseUnreachable(user, wantedDir);

  await setAside(elsewhere, placement);
  await symlink(clusterDirOf(elsewhere), link);
  await syncToDisk(wantedDir);
  return useElsewhere(elsewhere, placement);
}

/** `null` when there is no cluster yet, its own path when it is here, the link's target when it is elsewhere. */
async function readKeptPlace(link: string): Promise<string | null> {
  const found = await lstat(link).catch(() => null);
  if (found === null) return null;
  return found.isSymbolicLink() ? readlink(link) : link;
}

async function letEnter(user: ServerUser, directory: string): Promise<boolean> {
  if (await canEnter(user, directory)) return true;
  // What is inside is private itself, so that others may pass through.
  const { mode } = await lstat(directory);
  await chmod(directory, mode | 0o011);
  return canEnter(user, directory);
}

async function useElsewhere(elsewhere: string, { wantedDir, user, log }: Placement): Promise<string> {
  for (const directory of [dirname(dirname(elsewhere)), dirname(elsewhere), elsewhere]) await makePassable(directory);
  if (user !== null && !(await canEnter(user, elsewhere))) refuseUnreachable(user, elsewhere);
  log({ event: 'data_placed_elsewhere', wantedDir, dataDir: elsewhere });
  return elsewhere;
}

async function makePassable(directory: string): Promise<void> {
  if ((await mkdir(directory, { recursive: true })) === undefined) return;
  await chmod(directory, 0o755);
  await syncToDisk(dirname(directory));
}

/**
 * Data that no link leads to was the data of a directory that somebody deleted, as one does to begin anew. It must not
 * come back to life beside new keys, and is not ours to delete.
 */
async function setAside(elsewhere: string, { user, log }: Placement): Promise<void> {
  const found = await lstat(elsewhere).catch(() => null);
  if (found === null) return;
  const socketDir = socketDirOf(elsewhere, user);
  await endOrphanedServer({ clusterDir: clusterDirOf(elsewhere), socketDir, log });
  const movedTo = `${elsewhere}.set-aside-${Math.trunc(found.ctimeMs)}`;
  await rename(elsewhere, movedTo);
  log({ event: 'data_set_aside', dataDir: elsewhere, movedTo });
}

function refuseMoved({ link, kept, elsewhere }: { link: string; kept: string; elsewhere: string }): never {
  throw new EmbeddedPostgresFault(
    'data_directory_moved',
    `${link} leads to ${kept}, the data of a directory with another path. If that directory was moved here: ` +
      `mv ${dirname(kept)} ${elsewhere} && ln -sfn ${clusterDirOf(elsewhere)} ${link}. ` +
      `If it was copied, and this is to begin with an empty database: rm ${link}`,
  );
}

function refuseUnreachable(user: ServerUser, directory: string): never {
  throw new EmbeddedPostgresFault(
    'not_reachable',
    `The database runs as user ${user.name}, who cannot enter ${directory}: ` +
      'let that user pass through the folders above it, or choose another data directory.',
  );
}
