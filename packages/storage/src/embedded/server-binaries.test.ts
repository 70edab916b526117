import { access, chmod, cp, mkdir, mkdtemp, readdir, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EmbeddedPostgresEvent } from './embedded-postgres-event.js';
import { findInstalledBinaries, hydrateSymlinks, placeBinaries } from './server-binaries.js';
import { chooseServerUser } from './server-user.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'onfile-binaries-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('the installed binaries are found with their version', async () => {
  const { nativeDir, version } = await findInstalledBinaries();
  await access(join(nativeDir, 'bin', 'postgres'));
  expect(version).toContain(`-${process.platform}-${process.arch}`);
});

test('symlinks that the package’s own script did not make are made, and kept where they are', async () => {
  await mkdir(join(directory, 'native', 'lib'), { recursive: true });
  await writeFile(join(directory, 'native', 'lib', 'libpq.so.5.18'), '');
  await symlink('libpq.so.5.18', join(directory, 'native', 'lib', 'libpq.so'));
  const listed = ['libpq.so', 'libpq.so.5'].map((name) => ({
    source: 'native/lib/libpq.so.5.18',
    target: `native/lib/${name}`,
  }));
  await writeFile(join(directory, 'native', 'pg-symlinks.json'), JSON.stringify(listed));
  await hydrateSymlinks(directory);
  await hydrateSymlinks(directory);
  expect(await readlink(join(directory, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
});

test('a package without a list of symlinks needs none', async () => {
  await mkdir(join(directory, 'native'));
  await hydrateSymlinks(directory);
  expect(await readdir(join(directory, 'native'))).toEqual([]);
});

test('binaries that the server’s user cannot reach are copied once, readable whatever the umask was', {
  timeout: 60_000,
}, async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root starts the server as another user');
  const user = await chooseServerUser({ clusterDir: join(directory, 'none'), runAs: undefined });
  const installed = await privateCopyOf(await findInstalledBinaries());
  const fallbackDir = await reachable('fallback');
  const abandoned = join(fallbackDir, 'binaries', 'unfinished-1-otherboot.1-0123456789ab');
  await mkdir(abandoned, { recursive: true });
  const events: EmbeddedPostgresEvent[] = [];
  const place = () => placeBinaries({ installed, user, fallbackDir, log: (event) => events.push(event) });

  const placed = await place();
  expect(await place()).toEqual(placed);
  expect(events).toEqual([{ event: 'binaries_copied', binariesDir: placed.nativeDir }]);
  expect(dirname(placed.nativeDir)).toBe(join(fallbackDir, 'binaries'));
  expect(await readdir(join(fallbackDir, 'binaries'))).toEqual([`postgres-${installed.version}`]);
  expect((await stat(join(placed.nativeDir, 'share', 'postgresql', 'postgres.bki'))).mode & 0o777).toBe(0o644);
});

test('binaries that can be reached stay where they are', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root starts the server as another user');
  const user = await chooseServerUser({ clusterDir: join(directory, 'none'), runAs: undefined });
  const nativeDir = await reachable('native');
  await mkdir(join(nativeDir, 'bin'));
  await writeFile(join(nativeDir, 'bin', 'postgres'), '#!/bin/sh\n', { mode: 0o755 });
  const installed = { nativeDir, version: '1' };
  expect(await placeBinaries({ installed, user, fallbackDir: directory, log: () => {} })).toBe(installed);
});

async function privateCopyOf(installed: { nativeDir: string; version: string }) {
  const nativeDir = join(directory, 'home', 'native');
  await mkdir(join(directory, 'home'), { mode: 0o700 });
  await cp(installed.nativeDir, nativeDir, { recursive: true, verbatimSymlinks: true });
  await chmod(join(nativeDir, 'share', 'postgresql', 'postgres.bki'), 0o600);
  return { ...installed, nativeDir };
}

async function reachable(name: string): Promise<string> {
  const path = join(directory, name);
  await mkdir(path);
  await chmod(directory, 0o755);
  return path;
}
