import { readFile, stat } from 'node:fs/promises';
import { EmbeddedPostgresFault } from './fault.js';
import { run } from './server-process.js';

/** The unprivileged system user that the server runs as. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * `null` when we are not root: the server is then our own user's. As root, which PostgreSQL refuses: the owner of the
 * data that is there already, else `runAs`, else the first of `onfile`, `postgres`, `nobody` that the system knows.
 */
export async function chooseServerUser(wanted: {
  readonly clusterDir: string;
  readonly runAs: string | undefined;
}): Promise<ServerUser | null> {
  const owner = await readOwner(wanted.clusterDir);
  if (process.getuid?.() !== 0) return refuseOthersData(wanted.clusterDir, owner);

  const users = await readSystemUsers();
  const chosen = pickUser(users, wanted.runAs);
  if (chosen === undefined && (owner === null || wanted.runAs !== undefined)) refuseMissing(wanted.runAs);
  if (chosen && (owner === null || owner.uid === chosen.uid)) return chosen;
  if (owner && owner.uid !== 0 && wanted.runAs === undefined) {
    return { name: users.find(({ uid }) => uid === owner.uid)?.name ?? String(owner.uid), ...owner };
  }
  throw new EmbeddedPostgresFault(
    'data_directory_owner',
    `${wanted.clusterDir} belongs to user ${owner?.uid}, and the database is to run as ` +
      `${chosen?.name ?? 'another'}: give it to that user (chown -R), or choose its owner.`,
  );
}

/** Whether the user can enter the directory, by trying it: access lists and mount options count too. */
export async function canEnter(user: ServerUser, directory: string): Promise<boolean> {
  return (await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], { user })).code === 0;
}

/** Whether the user can execute the program: it is asked for its version. */
export async function canExecute(user: ServerUser, program: string): Promise<boolean> {
  return (await run(program, ['--version'], { user })).code === 0;
}

function refuseOthersData(clusterDir: string, owner: { uid: number } | null): null {
  const uid = process.getuid?.();
  if (owner === null || owner.uid === uid) return null;
  throw new EmbeddedPostgresFault(
    'data_directory_owner',
    `${clusterDir} belongs to user ${owner.uid} and we are user ${uid}: ` +
      'start as its owner or as root, or use another data directory.',
  );
}

function refuseMissing(runAs: string | undefined): never {
  throw new EmbeddedPostgresFault(
    'server_user_missing',
    `PostgreSQL does not run as root, and there is no unprivileged user ${runAs ?? PREFERRED_USERS.join(', ')} in ` +
      '/etc/passwd. Create one (useradd --system onfile) or start as a user who is not root.',
  );
}

const PREFERRED_USERS = ['onfile', 'postgres', 'nobody'];

function pickUser(users: readonly ServerUser[], runAs: string | undefined): ServerUser | undefined {
  const names = runAs === undefined ? PREFERRED_USERS : [runAs];
  const found = names.map((name) => users.find((user) => user.name === name && user.uid !== 0));
  return found.find((user) => user !== undefined);
}

async function readSystemUsers(): Promise<readonly ServerUser[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    // Negative on macOS, where `nobody` is -2.
    return name && uid && gid ? [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }] : [];
  });
}

async function readOwner(path: string): Promise<{ uid: number; gid: number } | null> {
  const found = await stat(path).catch(() => null);
  return found && { uid: found.uid, gid: found.gid };
}
