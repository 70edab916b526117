import { readFileSync } from 'node:fs';
import { url as inspectorUrl } from 'node:inspector';

/**
 * How this process was started that lets its memory out, which can hold card numbers for a moment: each with what to do
 * instead.
 */
export function unsafeStart(execArgv: readonly string[], limits: string = readLimits()): readonly string[] {
  const found: string[] = [];
  if (inspectorUrl() !== undefined || execArgv.some((flag) => flag.startsWith('--inspect'))) {
    found.push('The inspector is on: whoever reaches it reads memory. Start without --inspect');
  }
  if (execArgv.some((flag) => flag.startsWith('--heapsnapshot-signal'))) {
    found.push('A signal writes heap snapshots: start without --heapsnapshot-signal');
  }
  const coreLimit = /^Max core file size\s+(\S+)/m.exec(limits)?.[1];
  if (coreLimit !== undefined && coreLimit !== '0') {
    found.push(
      'Core dumps are on, and would hold memory: run `ulimit -c 0` before the start, or LimitCORE=0 in systemd',
    );
  }
  return found;
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
