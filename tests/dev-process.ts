import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** What `onfile dev --json` prints when everything answers. */
export interface DevDescription {
  readonly apiUrl: string;
  readonly vaultUrl: string;
  readonly simulatorUrl: string;
  readonly demoUrl: string;
  readonly merchant: { readonly id: string; readonly secretKey: string; readonly publicKey: string };
}

/** A running `onfile dev`, as a user starts it: the built command in a process of its own. */
export interface DevProcess {
  readonly description: DevDescription;
  readonly pid: number;
  /** Everything that it has written so far, to either stream. */
  output(): string;
  /** Ends it as Ctrl-C does, and answers its exit code. */
  stop(): Promise<number | null>;
  /** Ends it with kill -9, and waits until it is gone. */
  kill(): Promise<void>;
}

export async function startDev(options: {
  dataDir: string;
  port: number;
  env?: NodeJS.ProcessEnv;
}): Promise<DevProcess> {
  const { child, ...onfile } = startCommand(['dev', '--json'], options);
  return { ...onfile, description: await described(child, onfile.output) };
}

/** A running `onfile serve`: the server alone, with every role in one process. */
export async function startServe(options: {
  dataDir: string;
  port: number;
  env?: NodeJS.ProcessEnv;
}): Promise<Omit<DevProcess, 'description'>> {
  const { child, ...onfile } = startCommand(['serve'], options);
  await printed(child, onfile.output, (line) => line.includes('"server.listening","origin":"vault"'));
  return onfile;
}

function startCommand(args: readonly string[], options: { dataDir: string; port: number; env?: NodeJS.ProcessEnv }) {
  const child = spawn(process.execPath, [join(ROOT, 'apps/cli/dist/main.js'), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...options.env, ONFILE_DATA_DIR: options.dataDir, ONFILE_PORT: String(options.port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  const gone = once(child, 'exit');
  return {
    child,
    pid: child.pid as number,
    output: () => chunks.join(''),
    stop: async () => {
      child.kill('SIGINT');
      const [code] = await gone;
      return code as number | null;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function described(child: ChildProcess, output: () => string): Promise<DevDescription> {
  return JSON.parse(await printed(child, output, (line) => line.startsWith('{"apiUrl"'))) as DevDescription;
}

/** The first line like this; fails when the command ends before it. */
function printed(child: ChildProcess, output: () => string, isIt: (line: string) => boolean): Promise<string> {
  return new Promise((found, failed) => {
    child.stdout?.on('data', () => {
      const line = output().split('\n').find(isIt);
      if (line) found(line);
    });
    child.once('exit', (code) => failed(new Error(`onfile ended with ${code} before it was ready:\n${output()}`)));
  });
}

/** The first of five ports in a row that nobody listens on. */
export async function freePorts(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    // Below the ports that systems give to outgoing connections, one of which could take it before the server does.
    const first = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await Promise.all([0, 1, 2, 3, 4].map((offset) => isFree(first + offset)));
    if (free.every(Boolean)) return first;
  }
  throw new Error('no five free ports in a row');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer()
      .once('error', () => answer(false))
      .once('listening', () => server.close(() => answer(true)))
      .listen(port, '127.0.0.1');
  });
}
