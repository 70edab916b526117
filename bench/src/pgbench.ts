import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { BenchDatabase } from './bench-database.js';
import { isAccessible } from './is-accessible.js';
import type { PgbenchScript } from './pgbench-script.js';

export const HOW_TO_GET_PGBENCH =
  'pgbench is not on PATH nor in /usr/lib/postgresql/*/bin, so there are no ratios to it. It comes with PostgreSQL: apt-get install postgresql-contrib postgresql (Debian, Ubuntu), dnf install postgresql-contrib (Fedora), brew install postgresql (macOS).';

const DEBIAN_FOLDER = '/usr/lib/postgresql';
const GRACE_MS = 30_000;

/** The path of the newest pgbench of the distribution, or of the one on PATH; `null` where there is none. */
export async function findPgbench(): Promise<string | null> {
  const versions = await readdir(DEBIAN_FOLDER).catch(() => []);
  const newestFirst = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN_FOLDER, version, 'bin'));
  for (const folder of [...newestFirst, ...(process.env.PATH ?? '').split(delimiter)]) {
    const path = join(folder, 'pgbench');
    if (await isAccessible(path, constants.X_OK)) return path;
  }
  return null;
}

export interface Pgbench {
  /** Runs scripts for so long, and answers transactions per second; each transaction is one of the scripts. */
  perSecond(scripts: readonly PgbenchScript[], seconds: number): Promise<number>;
  /** Runs a number of transactions, one after another. */
  runTransactions(scripts: readonly PgbenchScript[], transactions: number): Promise<void>;
}

export function createPgbench(
  path: string,
  { database, directory, clients }: { database: BenchDatabase; directory: string; clients: number },
): Pgbench {
  const { host, port, user, database: name } = database.connection;
  const address = ['-h', host, '-p', String(port), '-U', user];
  let runs = 0;

  async function run(scripts: readonly PgbenchScript[], amount: readonly string[]): Promise<string> {
    runs += 1;
    const work: string[] = [];
    for (const [index, { text, variables }] of scripts.entries()) {
      const file = join(directory, `run-${runs}-${index}.sql`);
      await writeFile(file, text);
      work.push('-f', file, ...Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]));
    }
    // Far enough apart that no run makes the ids of another.
    const begin = `n=${Date.now() + runs * 10_000_000}`;
    return answerOf(path, [...address, '--no-vacuum', '-M', 'prepared', '-D', begin, ...amount, ...work, name]);
  }

  return {
    async perSecond(scripts, seconds) {
      const output = await run(scripts, ['-c', String(clients), '-T', String(seconds)]);
      return parsePerSecond(output);
    },
    async runTransactions(scripts, transactions) {
      await run(scripts, ['-c', '1', '-t', String(transactions)]);
    },
  };
}

/** What pgbench prints last: its rate without the time that connecting took. */
export function parsePerSecond(output: string): number {
  const rate = /^tps = ([\d.]+) /m.exec(output)?.[1];
  if (rate === undefined) throw new Error(`pgbench printed no rate: ${output}`);
  return Number(rate);
}

async function answerOf(path: string, args: readonly string[]): Promise<string> {
  // As the server's own sessions are set.
  const PGOPTIONS = '-c plan_cache_mode=force_generic_plan -c jit=off -c timezone=UTC';
  const seconds = Number(args[args.indexOf('-T') + 1]) || 0;
  const child = spawn(path, args, {
    env: { PATH: process.env.PATH, PGOPTIONS },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: seconds * 1_000 + GRACE_MS,
  });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4_000);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`pgbench ended with ${code}: ${complaint}`);
  return output;
}
