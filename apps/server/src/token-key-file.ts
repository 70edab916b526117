import { randomBytes } from 'node:crypto';
import { link, mkdir, open, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generateTokenKey, importTokenKey, type TokenKey } from '@onfile/dialects';

/** The file of the key that signs tokens cannot be used; the message says what the operator can do. */
export class TokenKeyFault extends Error {
  override readonly name = 'TokenKeyFault';
}

/**
 * Reads the key that signs tokens, creating its file first, for our own user alone, when there is none. Of several
 * processes that start at once, one creates it and all read the same key. A file that others may read is refused.
 */
export async function openTokenKey(path: string, log: (event: { readonly path: string }) => void): Promise<TokenKey> {
  const pem = (await readPem(path)) ?? (await createPem(path, log));
  try {
    return await importTokenKey(pem);
  } catch (cause) {
    throw new TokenKeyFault(
      `The token key file ${path} holds no RSA key. Move it away, and a new one is made; tokens given out so far end.`,
      { cause },
    );
  }
}

async function readPem(path: string): Promise<string | null> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw new TokenKeyFault(`The token key file ${path} cannot be read (${cause.code ?? 'unknown'}).`, { cause });
  });
  if (file === null) return null;
  try {
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0) {
      throw new TokenKeyFault(`Others than its owner may use the token key file ${path}. Run: chmod 600 '${path}'`);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Written whole under another name first, and linked to its own: it is there as a whole, or somebody else's is. */
async function createPem(path: string, log: (event: { readonly path: string }) => void): Promise<string> {
  const pem = await generateTokenKey();
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o711 });
  try {
    await writeFile(draft, pem, { mode: 0o600, flag: 'wx', flush: true });
    await link(draft, path);
    log({ path });
    return pem;
  } catch (cause) {
    const theirs = (cause as NodeJS.ErrnoException).code === 'EEXIST' ? await readPem(path) : null;
    if (theirs !== null) return theirs;
    throw new TokenKeyFault(`The token key file ${path} cannot be created.`, { cause });
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}
