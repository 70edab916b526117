import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small file system of its own, in memory, that can be filled. */
export interface SmallDisk {
  readonly directory: string;
  fill(): Promise<void>;
  empty(): Promise<void>;
  remove(): Promise<void>;
}

/** Why there is none here; `null` when there can be one. */
export function whyNoSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'only Linux mounts a file system in memory like this';
  return process.getuid?.() === 0 ? null : 'only root may mount a file system';
}

export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'onfile-small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'onfile-test', directory]);
  const ballast = join(directory, 'ballast');
  return {
    directory,
    async fill() {
      const file = await open(ballast, 'w');
      try {
        for (;;) await file.write(Buffer.alloc(4096));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        await file.close();
      }
      if ((await statfs(directory)).bavail > 0) throw new Error('The disk is not full');
    },
    empty: () => rm(ballast, { force: true }),
    async remove() {
      execFileSync('umount', ['-l', directory]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
