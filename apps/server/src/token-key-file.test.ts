import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTokenKey, TokenKeyFault } from './token-key-file.js';

let directory: string;
let path: string;
let created: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'onfile-token-key-'));
  path = join(directory, 'keys', 'tokens.pem');
  created = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = () => openTokenKey(path, (event) => created.push(event.path));

describe('the key that signs tokens', () => {
  test('is made once, for our own user alone, whichever of several processes comes first', async () => {
    const keys = await Promise.all([open(), open(), open()]);
    expect(new Set(keys.map(({ publicJwk }) => publicJwk.n)).size).toBe(1);
    expect(created).toEqual([path]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(directory, 'keys'))).toEqual(['tokens.pem']);
    expect((await open()).publicJwk).toEqual(keys[0]?.publicJwk);
  });

  test('is refused where others may read it, with what to do', async () => {
    await open();
    await chmod(path, 0o644);
    await expect(open()).rejects.toThrow(TokenKeyFault);
    await expect(open()).rejects.toThrow(`chmod 600 '${path}'`);
  });

  test('is refused, and left as it is, where the file holds something else', async () => {
    await open();
    await writeFile(path, 'not a key');
    await expect(open()).rejects.toThrow('holds no RSA key');
    expect((await stat(path)).size).toBe('not a key'.length);
  });
});
