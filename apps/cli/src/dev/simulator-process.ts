import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CommandFault, EXIT_CODES } from '../output.js';

export interface SimulatorProcess {
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process ends, whoever ended it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 5_000;
/** It holds a few hundred verifications at most: small heaps keep `onfile dev` small. */
const NODE_FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=128'];

/**
 * Starts the test processor as its own program. It watches its standard input, which closes with us however we end, so that it
 * never outlives us; and it is in its own process group, so that Ctrl-C does not end it before requests under way are done.
 */
export async function startSimulatorProcess(options: {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
}): Promise<SimulatorProcess> {
  const program = fileURLToPath(new URL('main.js', import.meta.resolve('@onfile/simulator')));
  const child = spawn(
    process.execPath,
    [
      ...NODE_FLAGS,
      program,
      '--exit-with-parent',
      ...['--host', options.host, '--port', String(options.port), '--data', options.dataDirectory],
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  const ended = once(child, 'exit').then(() => undefined);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2_000);
  });

  const url = await Promise.race([
    firstLine(child.stdout),
    ended.then(() => null),
    new Promise<null>((resolve) => setTimeout(resolve, START_TIMEOUT_MS, null).unref()),
  ]);
  if (url === null) {
    child.kill('SIGKILL');
    throw new CommandFault(`The simulator did not start. ${complaint.trim()}`, EXIT_CODES.fault);
  }
  return {
    url,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

async function firstLine(output: NodeJS.ReadableStream): Promise<string | null> {
  for await (const line of createInterface({ input: output })) {
    const { url } = JSON.parse(line) as { url: string };
    return url;
  }
  return null;
}
