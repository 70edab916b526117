import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `onfile dev` prints and writes to `dev.json`. What this release does not have yet is `null`. */
export interface DevFile {
  readonly apiUrl: string;
  readonly vaultUrl: string;
  readonly dashboardUrl: string | null;
  readonly simulatorUrl: string;
  readonly demoUrl: string;
  /** For the operator API, every merchant's; left out by releases that had none. */
  readonly operatorKey?: string;
  readonly merchant: {
    readonly id: string;
    readonly secretKey: string;
    readonly publicKey: string;
    readonly toast: ToastCredentials;
    /** What PAY.JP-shaped deliveries carry in `X-Payjp-Webhook-Token`. */
    readonly webhookToken: string | null;
  };
}

/** The merchant as one of Toast's locations, with a credential set for its server and one for its pages. */
export interface ToastCredentials {
  readonly merchantId: string;
  readonly payment: ClientCredentials;
  readonly iframe: ClientCredentials;
}

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const FILE = 'dev.json';

/** The keys that an earlier start made, if the file is there and whole; whether they still work is another question. */
export async function readDevKeys(
  directory: string,
): Promise<{ readonly secretKey: string; readonly publicKey: string; readonly toast: ToastCredentials | null } | null> {
  try {
    const { merchant } = JSON.parse(await readFile(join(directory, FILE), 'utf8'));
    const { secretKey, publicKey, toast } = merchant;
    const isWhole = typeof secretKey === 'string' && typeof publicKey === 'string';
    return isWhole ? { secretKey, publicKey, toast: readToastCredentials(toast) } : null;
  } catch {
    return null;
  }
}

/** What a running or former `onfile dev` wrote; `null` when there is no such file, or none that names a server and a key. */
export async function readDevFile(directory: string): Promise<DevFile | null> {
  try {
    const content = JSON.parse(await readFile(join(directory, FILE), 'utf8'));
    const isWhole = typeof content.apiUrl === 'string' && typeof content.merchant?.secretKey === 'string';
    return isWhole ? (content as DevFile) : null;
  } catch {
    return null;
  }
}

function readToastCredentials(toast: unknown): ToastCredentials | null {
  const { merchantId, payment, iframe } = (toast ?? {}) as Partial<ToastCredentials>;
  const isWhole = typeof merchantId === 'string' && isClient(payment) && isClient(iframe);
  return isWhole ? { merchantId, payment, iframe } : null;
}

function isClient(client: ClientCredentials | undefined): client is ClientCredentials {
  return typeof client?.clientId === 'string' && typeof client.clientSecret === 'string';
}

/** For our user alone, and whole or not at all. */
export async function writeDevFile(directory: string, content: DevFile): Promise<string> {
  const path = join(directory, FILE);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
  return path;
}
