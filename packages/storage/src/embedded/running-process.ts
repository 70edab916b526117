import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * One process among all that ever had its pid. `birth` differs between two processes with the same pid; it holds only
 * letters, digits and dots, and is `unknown` where the system does not tell.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly birth: string;
}

/** False for a process that ended, a zombie, and a pid that another process has by now. In doubt it is true. */
export async function isStillRunning({ pid, birth }: ProcessIdentity): Promise<boolean> {
  const running = await identifyProcess(pid);
  if (running === null) return false;
  return birth === 'unknown' || running.birth === 'unknown' || birth === running.birth;
}

/** `null` when nothing runs under this pid; a zombie no longer runs. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  if (!pidExists(pid)) return null;
  const seen = HAS_PROCFS ? await readProcfs(pid) : await readPs(pid);
  if (seen === 'zombie') return null;
  // A pid that exists and cannot be looked at belongs to somebody else (`hidepid`), unless it has just gone.
  if (seen === null) return pidExists(pid) ? { pid, birth: 'unknown' } : null;
  return { pid, birth: seen };
}

/** Whether the pid is taken, be it by a zombie. */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The arguments of a running process, as one line on systems without /proc; empty when they cannot be read. */
export async function readCommandLine(pid: number): Promise<string> {
  if (!HAS_PROCFS) return runPs(pid, 'args=');
  const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return raw.replaceAll('\0', ' ').trim();
}

/** A name that no other process has had or will have; it says which process took it. */
export async function nameThisProcess(): Promise<string> {
  const own = await identifyProcess(process.pid);
  return `${process.pid}-${own?.birth ?? 'unknown'}-${randomBytes(6).toString('hex')}`;
}

/** `null` for what `nameThisProcess` did not make. */
export function parseProcessName(name: string): ProcessIdentity | null {
  const [, pid, birth] = /^(\d+)-([\w.]+)-[0-9a-f]{12}$/.exec(name) ?? [];
  return pid === undefined || birth === undefined ? null : { pid: Number(pid), birth };
}

const HAS_PROCFS = existsSync('/proc/self/stat');

async function readProcfs(pid: number): Promise<string | 'zombie' | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The program's name stands in parentheses and may hold spaces and parentheses itself. Source: proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return 'zombie';
  // Start time in ticks since boot, so the boot is part of the name.
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'boot');
  return `${boot.slice(0, 8)}.${fields[19]}`;
}

/** Exported for its test: Linux never takes this way. */
export async function readPs(pid: number): Promise<string | 'zombie' | null> {
  const [state, ...started] = (await runPs(pid, 'state=,lstart=')).split(/\s+/);
  if (!state) return null;
  if (state.startsWith('Z')) return 'zombie';
  const startedAt = Date.parse(`${started.join(' ')} UTC`);
  return Number.isNaN(startedAt) ? 'unknown' : String(startedAt / 1000);
}

async function runPs(pid: number, columns: string): Promise<string> {
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  const printed = await promisify(execFile)('ps', ['-ww', '-o', columns, '-p', String(pid)], { env }).catch(() => null);
  return printed?.stdout.trim() ?? '';
}
