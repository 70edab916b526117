import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../apps/cli/dist/main.js');

export interface Place {
  /** Where it runs: what it keeps and looks for by default is below. */
  readonly cwd: string;
  /** The whole environment but `PATH`. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

// biome-ignore lint/suspicious/noExplicitAny: every command answers another shape
export type Line = any;

/** A command that runs until it is ended. */
export interface RunningCommand {
  readonly pid: number;
  /** What it has written to the standard output so far, as JSON lines. */
  lines(): readonly Line[];
  stderr(): string;
  /** The first line like this; fails when the command ends before it. */
  until(isIt: (line: Line) => boolean): Promise<Line>;
  /** Sends a signal, and answers how it ended. */
  end(signal: NodeJS.Signals): Promise<Ended>;
  readonly ended: Promise<Ended>;
}

/** Runs the built command to its end, as a user does who is no terminal. */
export function runOnfile(args: readonly string[], place: Place): Promise<Ended> {
  return startOnfileCommand(args, place).ended;
}

export function startOnfileCommand(args: readonly string[], { cwd, env }: Place): RunningCommand {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
      for (const look of watchers) look();
    });
  }
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, ...written })));
  const lines = () => linesOf(written);
  return {
    pid: child.pid as number,
    lines,
    stderr: () => written.stderr,
    ended,
    until: (isIt) =>
      new Promise((found, failed) => {
        const look = () => {
          const line = lines().find(isIt);
          if (line === undefined) return;
          watchers.delete(look);
          found(line);
        };
        watchers.add(look);
        ended.then(({ code, stdout, stderr }) => failed(new Error(`It ended with ${code}:\n${stdout}${stderr}`)));
        look();
      }),
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Whole lines only: the last may still be on its way. */
export function linesOf({ stdout }: Pick<Ended, 'stdout'>): readonly Line[] {
  return stdout
    .slice(0, stdout.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
