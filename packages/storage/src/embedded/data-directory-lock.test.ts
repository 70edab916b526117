import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtModule, scriptBeside } from '../../testing/built-module.js';
import { lockDataDirectory } from './data-directory-lock.js';
import type { EmbeddedPostgresEvent } from './embedded-postgres-event.js';
import { nameThisProcess } from './running-process.js';

let dataDir: string;
let events: EmbeddedPostgresEvent[];
const contenders: Contender[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'onfile-lock-'));
  events = [];
});
afterEach(async () => {
  for (const contender of contenders.splice(0)) await kill(contender);
  await rm(dataDir, { recursive: true });
});

test('the lock is refused while it is held, and given again after its release', async () => {
  const first = await lock();
  await expect(lock()).rejects.toMatchObject({ code: 'data_directory_in_use' });
  await first.release();
  const second = await lock();
  await second.release();
  expect(await readdir(dataDir)).toEqual([]);
  expect(events).toEqual([]);
});

test('the refusal names the process that holds the lock and says what to do', async () => {
  const holder = await startContender();
  expect(await tryToLock(holder)).toBe('held');
  await expect(lock()).rejects.toThrow(`Process ${holder.child.pid} already runs the database in ${dataDir}. Stop it`);
});

test('the lock of a process that was killed is taken over', async () => {
  const holder = await startContender();
  expect(await tryToLock(holder)).toBe('held');
  await kill(holder);
  const taken = await lock();
  expect(events).toEqual([{ event: 'lock_taken_over', pid: holder.child.pid }]);
  await taken.release();
});

test('the lock of a dead process is taken over also when its pid belongs to another process now', async () => {
  await leaveLock(`${process.pid}-otherboot.1-0123456789ab`);
  const taken = await lock();
  expect(events).toEqual([{ event: 'lock_taken_over', pid: process.pid }]);
  await taken.release();
});

test('a lock left empty by a holder that was killed while it released is free', async () => {
  await mkdir(join(dataDir, 'lock'));
  await (await lock()).release();
});

test('a late release removes nothing of the next holder', async () => {
  const first = await lock();
  await first.release();
  const second = await lock();
  await first.release();
  await expect(lock()).rejects.toMatchObject({ code: 'data_directory_in_use' });
  await second.release();
});

test('a file in the lock that this program did not make is named, and left alone', async () => {
  await leaveLock('somebody');
  await expect(lock()).rejects.toThrow(`${join(dataDir, 'lock', 'somebody')} is not a lock of this program`);
  expect(await readdir(join(dataDir, 'lock'))).toEqual(['somebody']);
});

test('the next holder removes what contenders left that were killed before they had the lock', async () => {
  const own = await nameThisProcess();
  await mkdir(join(dataDir, 'lock-1-otherboot.1-0123456789ab'));
  await mkdir(join(dataDir, `lock-${own}`));
  const holder = await lock();
  expect((await readdir(dataDir)).sort()).toEqual(['lock', `lock-${own}`]);
  await holder.release();
});

test('of many processes that want a dead process’s lock at the same time, exactly one gets it', async () => {
  await leaveLock('1-otherboot.1-0123456789ab');
  for (let round = 0; round < 5; round += 1) {
    const racers = await Promise.all(Array.from({ length: 5 }, startContender));
    const outcomes = await Promise.all(racers.map(tryToLock));
    expect(outcomes.sort()).toEqual([...Array(4).fill('data_directory_in_use'), 'held']);
    // The winner dies too: the next round finds its lock.
    for (const racer of racers) await kill(racer);
  }
});

const lock = () => lockDataDirectory(dataDir, (event) => events.push(event));

async function leaveLock(owner: string): Promise<void> {
  await mkdir(join(dataDir, 'lock'));
  await writeFile(join(dataDir, 'lock', owner), '');
}

interface Contender {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly lines: AsyncIterator<string>;
}

async function startContender(): Promise<Contender> {
  const args = [scriptBeside('hold-lock.mjs'), builtModule('data-directory-lock'), dataDir];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const contender = { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  contenders.push(contender);
  expect(await contender.lines.next()).toMatchObject({ value: 'ready' });
  return contender;
}

async function tryToLock({ child, lines }: Contender): Promise<string> {
  child.stdin.write('go\n');
  return (await lines.next()).value;
}

async function kill({ child }: Contender): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
