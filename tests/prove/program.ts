import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A program of the tests, in a process of its own: whatever happens to the others, it does not happen to it. */
export interface Program {
  readonly child: ChildProcess;
  /** What it has written to its standard output, once it has ended with 0. */
  readonly answer: Promise<string>;
}

/** `source` is a TypeScript file, which Node 20 does not run as it is; `settings` is what its `main` is given. */
export async function startProgram(source: string, directory: string, settings: object): Promise<Program> {
  const outfile = join(directory, `${source.replace(/\W+/g, '-')}-${process.pid}.cjs`);
  const external = ['pg-native', 'cloudflare:sockets'];
  await build({
    entryPoints: [source],
    outfile,
    external,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [outfile, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { child, answer: answerOf(child, source) };
}

async function answerOf(child: ChildProcess, source: string): Promise<string> {
  const chunks: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${source} ended with ${code}: ${chunks.join('')}`);
  return chunks.join('');
}
