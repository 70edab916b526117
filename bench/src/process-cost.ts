import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Linux shows CPU time in hundredths of a second, whatever the kernel's own clock does. */
const TICK_MS = 10;

/** CPU that a process has used so far and all of its children, those that have ended included; in milliseconds, user and system. */
export function cpuMsOfFamily(pid: number): number {
  const parent = statOf(pid);
  const children = childrenOf(pid).map((id) => statOf(id)?.ownMs ?? 0);
  return (parent?.ownMs ?? 0) + (parent?.endedChildrenMs ?? 0) + children.reduce((sum, ms) => sum + ms, 0);
}

/** The most memory that a process, or one of its children, had in RAM since it began, or since {@link forgetPeakMemory}, in bytes. */
export function peakMemoryBytesOf(pid: number): number {
  const peaks = [pid, ...childrenOf(pid)].map((id) => {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
  });
  return Math.max(...peaks);
}

export function forgetPeakMemory(pid: number): void {
  // Source: Linux, proc_pid_clear_refs(5): 5 sets the peak to what is in RAM now.
  for (const id of [pid, ...childrenOf(pid)]) writeFileSync(`/proc/${id}/clear_refs`, '5');
}

function childrenOf(pid: number): readonly number[] {
  return processIds().filter((id) => statOf(id)?.parentId === pid);
}

function processIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** `null` for a process that has ended meanwhile. */
function statOf(pid: number) {
  try {
    // The second field, the name, is in parentheses and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const ticks = (first: number) => ((fields[first] ?? 0) + (fields[first + 1] ?? 0)) * TICK_MS;
    return { parentId: fields[1], ownMs: ticks(11), endedChildrenMs: ticks(13) };
  } catch {
    return null;
  }
}
