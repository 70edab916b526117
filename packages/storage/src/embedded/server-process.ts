import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresFault } from './fault.js';
import type { ServerUser } from './server-user.js';

export interface Launch {
  /** `null` runs the program as ourselves. */
  readonly user: ServerUser | null;
  /** The program's HOME; `/` when not given. */
  readonly home?: string;
  /** Sent by the kernel to the program when we end, however we end. Only Linux can. */
  readonly signalWhenWeEnd?: 'SIGINT' | 'SIGKILL';
  readonly onLine?: (line: string) => void;
}

export interface Launched {
  readonly child: ChildProcess;
  /** When the process has ended; `code` is `null` after a signal and when it could not be started. */
  readonly ended: Promise<Ending>;
  /** What it wrote last. */
  lastLines(): string;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const LAST_LINES_MAX = 20;

/**
 * Starts a program in a session of its own, so that Ctrl-C in our terminal does not reach it before us, and with an
 * environment of its own, so that neither our secrets nor `PG…` variables do.
 */
export async function launch(program: string, args: readonly string[], options: Launch): Promise<Launched> {
  const [file, ...rest] = [...(await parentDeathPrefix(options.signalWhenWeEnd)), program, ...args] as [string];
  const child = spawn(file, rest, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: options.home ?? '/', LC_ALL: 'C', TZ: 'UTC' },
    cwd: '/',
    ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
  });
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > LAST_LINES_MAX) lines.shift();
    options.onLine?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', keep);
  return { child, ended: endingOf(child, keep), lastLines: () => lines.join('\n') };
}

/** Runs a program to its end, at most `timeoutMs` long (10 s when not given). */
export async function run(
  program: string,
  args: readonly string[],
  { timeoutMs = 10_000, ...options }: Launch & { readonly timeoutMs?: number },
): Promise<Ending & { readonly output: string }> {
  const { child, ended, lastLines } = await launch(program, args, options);
  if (!(await settlesWithin(ended, timeoutMs))) child.kill('SIGKILL');
  return { ...(await ended), output: lastLines() };
}

/** Asks a server to end, first kindly, and answers when it has. */
export async function endServer(server: {
  readonly pid: number;
  send(signal: NodeJS.Signals): void;
  hasEndedWithin(timeoutMs: number): Promise<boolean>;
}): Promise<void> {
  for (const [signal, timeoutMs] of ENDING_STEPS) {
    server.send(signal);
    if (await server.hasEndedWithin(timeoutMs)) return;
  }
  throw new EmbeddedPostgresFault('end_failed', `PostgreSQL (pid ${server.pid}) did not end, not even by SIGKILL.`);
}

// SIGINT ends all sessions and writes a checkpoint; SIGQUIT leaves that to the recovery of the next start.
const ENDING_STEPS = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

export async function settlesWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const timer = new AbortController();
  const timedOut = delay(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  const settled = await Promise.race([promise.then(() => true), timedOut]);
  timer.abort();
  return settled;
}

function endingOf(child: ChildProcess, keep: (line: string) => void): Promise<Ending> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return new Promise((resolve) => {
    child.on('error', (fault) => {
      keep(String(fault));
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
    child.once('exit', async (code, signal) => {
      // A killed server's children may hold the pipes open for a while, and must not hold us.
      await settlesWithin(closed, PIPES_TIMEOUT_MS);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ code, signal });
    });
  });
}

const PIPES_TIMEOUT_MS = 500;

async function parentDeathPrefix(signal: Launch['signalWhenWeEnd']): Promise<readonly string[]> {
  if (signal === undefined || process.platform !== 'linux') return [];
  isSetprivUsable ??= run('setpriv', ['--pdeathsig', 'INT', '--', 'true'], { user: null }).then(
    ({ code }) => code === 0,
  );
  return (await isSetprivUsable) ? ['setpriv', '--pdeathsig', signal.slice('SIG'.length), '--'] : [];
}

// Tried rather than looked up: the setpriv of some distributions cannot do it.
let isSetprivUsable: Promise<boolean> | undefined;
