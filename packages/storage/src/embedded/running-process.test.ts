import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { identifyProcess, isStillRunning, nameThisProcess, parseProcessName, readPs } from './running-process.js';

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
});

test('this process is still running', async () => {
  const own = parseProcessName(await nameThisProcess());
  expect(own?.pid).toBe(process.pid);
  expect(own && (await isStillRunning(own))).toBe(true);
});

test('a process that ended is not running', async () => {
  const child = startProcess('sleep', '60');
  const identity = await identifyProcess(child.pid ?? 0);
  expect(identity).not.toBeNull();
  await end(child);
  expect(identity && (await isStillRunning(identity))).toBe(false);
});

test('another process with the same pid is not the one that was named', async () => {
  expect(await isStillRunning({ pid: process.pid, birth: 'other.1' })).toBe(false);
});

test('a process of unknown birth counts as running while its pid is taken', async () => {
  expect(await isStillRunning({ pid: process.pid, birth: 'unknown' })).toBe(true);
});

test('a zombie is not running, though its pid is taken', async () => {
  // The shell turns into a sleep that never collects its dead child; before that it would.
  const parent = startProcess('sh', '-c', 'sleep 60 & echo $!; exec sleep 60');
  const [pid] = await once(createInterface({ input: parent.stdout as NodeJS.ReadableStream }), 'line');
  const nameOfParent = () => execFileSync('ps', ['-o', 'comm=', '-p', String(parent.pid)], { encoding: 'utf8' });
  await expect.poll(nameOfParent).toMatch(/sleep\s*$/);
  process.kill(Number(pid));
  await expect.poll(() => identifyProcess(Number(pid))).toBeNull();
  expect(() => process.kill(Number(pid), 0)).not.toThrow();
});

test('two names of one process differ, and both name it', async () => {
  const [first, second] = [await nameThisProcess(), await nameThisProcess()];
  expect(first).not.toBe(second);
  expect(parseProcessName(first)).toEqual(parseProcessName(second));
});

test.each(['', 'postgres', '12', '12-x', '12-x-zzzzzzzzzzzz', '-1-x-0123456789ab'])('%j names no process', (name) => {
  expect(parseProcessName(name)).toBeNull();
});

test('where there is no /proc, ps tells the birth of a process, and that it is gone', async () => {
  expect(await readPs(process.pid)).toMatch(/^\d+$/);
  const child = startProcess('sleep', '60');
  await end(child);
  expect(await readPs(child.pid ?? 0)).toBeNull();
});

function startProcess(file: string, ...args: string[]): ChildProcess {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
