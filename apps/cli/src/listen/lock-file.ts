import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Makes a file the sign that this process has something. Whoever was killed leaves the file behind: it counts only while
 * its process lives. Answers what ends the hold.
 */
export async function holdLock(path: string, refusal: (pid: number) => Error): Promise<() => Promise<void>> {
  const own = `${path}.${process.pid}`;
  await writeFile(own, String(process.pid), { mode: 0o600 });
  try {
    await take(path, own, refusal);
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(path, { force: true });
}

async function take(path: string, own: string, refusal: (pid: number) => Error): Promise<void> {
  // A link is made whole or not at all, and never over another.
  const isFree = await link(own, path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  if (isFree) return;
  const holder = Number(await readFile(path, 'utf8').catch(() => ''));
  if (isAlive(holder)) throw refusal(holder);
  await rename(own, path);
  const winner = Number(await readFile(path, 'utf8'));
  if (winner !== process.pid) throw refusal(winner);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
