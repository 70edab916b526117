import { mkdir, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddedPostgresLog } from './embedded-postgres-event.js';
import { EmbeddedPostgresFault } from './fault.js';
import { isStillRunning, nameThisProcess, parseProcessName } from './running-process.js';

export interface DataDirectoryLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only one that works on the data directory, or refuses at once with `data_directory_in_use`.
 *
 * The lock is a directory `lock` that holds one file, named after its owner: pid, birth of the process, random digits.
 * Whoever wants it builds such a directory beside it and renames it onto `lock`. The kernel lets a directory replace
 * only an empty one, so exactly one contender gets it. A dead owner's file is deleted by its name, which nobody ever
 * uses again: a contender that judged long ago deletes nothing of a newer owner, and the rename decides again.
 */
export async function lockDataDirectory(dataDir: string, log: EmbeddedPostgresLog): Promise<DataDirectoryLock> {
  const owner = await nameThisProcess();
  const lockDir = join(dataDir, 'lock');
  const ownDir = join(dataDir, `lock-${owner}`);
  await mkdir(ownDir);
  await writeFile(join(ownDir, owner), '');
  try {
    await takeOver({ dataDir, lockDir, ownDir, log });
  } catch (fault) {
    await rm(ownDir, { recursive: true, force: true });
    throw fault;
  }
  await removeAbandonedAttempts(dataDir);
  return {
    async release() {
      await unlink(join(lockDir, owner)).catch(ignoreCode('ENOENT'));
      // Fails when the next owner is there already.
      await rmdir(lockDir).catch(ignoreCode('ENOENT', 'ENOTEMPTY', 'EEXIST'));
    },
  };
}

const TRIES_MAX = 50;

async function takeOver(place: {
  dataDir: string;
  lockDir: string;
  ownDir: string;
  log: EmbeddedPostgresLog;
}): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (await replacesEmpty(place.ownDir, place.lockDir)) return;
    await removeDeadOwners(place);
  }
  throw new EmbeddedPostgresFault(
    'data_directory_in_use',
    `Too many processes want ${place.dataDir} at the same time.`,
  );
}

async function replacesEmpty(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (fault) {
    ignoreCode('ENOTEMPTY', 'EEXIST')(fault as NodeJS.ErrnoException);
    return false;
  }
}

async function removeDeadOwners({ dataDir, lockDir, log }: Parameters<typeof takeOver>[0]): Promise<void> {
  for (const name of await readdir(lockDir).catch(() => [])) {
    const owner = parseProcessName(name);
    if (owner === null) throw inUse(`${join(lockDir, name)} is not a lock of this program; remove it and start again.`);
    if (await isStillRunning(owner)) {
      throw inUse(
        `Process ${owner.pid} already runs the database in ${dataDir}. ` +
          `Stop it (kill ${owner.pid}), or give this one a data directory of its own.`,
      );
    }
    await unlink(join(lockDir, name)).then(
      () => log({ event: 'lock_taken_over', pid: owner.pid }),
      ignoreCode('ENOENT'),
    );
  }
}

async function removeAbandonedAttempts(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const owner = name.startsWith('lock-') ? parseProcessName(name.slice('lock-'.length)) : null;
    if (owner === null || (await isStillRunning(owner))) continue;
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

function inUse(message: string): EmbeddedPostgresFault {
  return new EmbeddedPostgresFault('data_directory_in_use', message);
}

function ignoreCode(...codes: readonly string[]) {
  return (fault: NodeJS.ErrnoException): void => {
    if (!codes.includes(fault.code ?? '')) throw fault;
  };
}
