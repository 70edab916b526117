import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgresFault } from './fault.js';
import { pathDigest } from './path-digest.js';
import type { ServerUser } from './server-user.js';

/** The one port number; with no listening address it only names the socket. */
export const SOCKET_PORT = 5432;

export const socketPathOf = (socketDir: string): string => join(socketDir, `.s.PGSQL.${SOCKET_PORT}`);

/** The socket's directory: with the data where its path is short enough for a socket address, else a temporary one. */
export function socketDirOf(dataDir: string, user: ServerUser | null): string {
  const name = `onfile-${pathDigest(dataDir)}`;
  // TMPDIR may be a folder that only root can enter.
  const candidates = [join(dataDir, 'socket'), join(user ? '/tmp' : tmpdir(), name), join('/tmp', name)];
  const fitting = candidates.find((path) => Buffer.byteLength(socketPathOf(path)) <= SOCKET_PATH_BYTES_MAX);
  if (fitting !== undefined) return fitting;
  throw new EmbeddedPostgresFault('not_reachable', 'No path is short enough for a socket.');
}

// The size of sun_path less its closing zero: 108 on Linux (unix(7)), 104 on macOS and the BSDs (unix(4)).
const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;

/** Nobody but the server's user and root can connect: this directory is what guards the password-less server. */
export async function makePrivateSocketDirectory(socketDir: string, user: ServerUser | null): Promise<void> {
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  const found = await lstat(socketDir);
  if (!found.isDirectory() || ![process.getuid?.(), user?.uid].includes(found.uid)) {
    throw new EmbeddedPostgresFault(
      'data_directory_owner',
      `${socketDir}, where the database's socket is to be, belongs to user ${found.uid}: remove it and start again.`,
    );
  }
  if (user) await chown(socketDir, user.uid, user.gid);
  await chmod(socketDir, 0o700);
}
