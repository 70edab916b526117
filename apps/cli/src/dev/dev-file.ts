import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `onfile dev` prints and writes to `dev.json`. What this release does not have yet is `null`. */
export interface DevFile {
  readonly apiUrl: string;
  readonly vaultUrl: string;
  readonly dashboardUrl: null;
  readonly simulatorUrl: string;
  readonly demoUrl: string;
  readonly merchant: {
    readonly id: string;
    readonly secretKey: string;
    readonly publicKey: string;
    readonly toast: null;
    readonly webhookToken: null;
  };
}

const FILE = 'dev.json';

/** The keys that an earlier start made, if the file is there and whole; whether they still work is another question. */
export async function readDevKeys(
  directory: string,
): Promise<{ readonly secretKey: string; readonly publicKey: string } | null> {
  try {
    const { merchant } = JSON.parse(await readFile(join(directory, FILE), 'utf8'));
    const { secretKey, publicKey } = merchant;
    return typeof secretKey === 'string' && typeof publicKey === 'string' ? { secretKey, publicKey } : null;
  } catch {
    return null;
  }
}

/** For our user alone, and whole or not at all. */
export async function writeDevFile(directory: string, content: DevFile): Promise<string> {
  const path = join(directory, FILE);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
  return path;
}
